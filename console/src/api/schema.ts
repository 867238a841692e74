// Generated from docs/openapi.json by `make codegen` (here: `npm run codegen`). Do not edit.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says `ok` while the server answers. Public, so it says nothing else. */
        get: operations["health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/admission/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says whether the images of a workload may run. An answer of 200 may be a refusal. */
        post: operations["image_admit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/advisories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The advisories that scans ask, or how to get them. */
        get: operations["advisories_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is protected, and how it stands. */
        get: operations["asset_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/assignees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names of those who can work on incidents. */
        get: operations["assignee_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who changed what, the latest first. */
        get: operations["audit_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Checks that no row of the audit trail was changed, added or taken out. */
        get: operations["audit_verify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What webhooks are told, the latest first. */
        get: operations["delivery_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends again what was given up. */
        post: operations["delivery_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tables that can be asked. */
        get: operations["event_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is wrong. The findings come without evidence; ask for one of them to get it. */
        get: operations["finding_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/findings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One finding with its evidence. */
        get: operations["finding_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Decides about a finding. */
        patch: operations["finding_update"];
        trace?: never;
    };
    "/v1/findings/{id}/incident": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The incident a finding belongs to, if any. */
        get: operations["finding_incident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/findings/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decides about up to 500 findings at once: all of them or, when the decision is not accepted, none. Those that are not
         *     there (any more) are left out of the answer.
         */
        post: operations["finding_decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hunt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answers a question in SQL over everything that was stored. */
        post: operations["hunt_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Images (or assets of another kind) that were scanned, and how they stand. */
        get: operations["image_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incident-metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How incidents went: how many there were, and how long it took to detect, take up and close them. */
        get: operations["incident_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Findings that belong together, what happened last first. */
        get: operations["incident_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One incident with its findings, what they share, and what people wrote. */
        get: operations["incident_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Takes an incident up, closes it, or opens it again. Closing decides about its open findings too: `false` makes them
         *     false alarms, `real` makes them fixed, `accepted` accepts them until the date.
         */
        patch: operations["incident_update"];
        trace?: never;
    };
    "/v1/incidents/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Writes something down about an incident. */
        post: operations["incident_comment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An incident with its findings and their evidence, as a document for others: Markdown, JSON, OCSF (Incident Finding,
         *     class 2005) or STIX 2.1.
         */
        get: operations["incident_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{id}/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an incident is about and how it hangs together, made from the evidence of its findings. */
        get: operations["incident_graph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets the password of who was invited, and signs them in. */
        post: operations["invitation_complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitation/question": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** For whom an invitation is. A token does not travel in an address, where logs would keep it. */
        post: operations["invitation_ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics in Prometheus' text format. */
        get: operations["metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The description of this API. */
        get: operations["openapi_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How things stand, on one page. */
        get: operations["overview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where packages are installed: asset, file and layer, in the order of their names. */
        get: operations["package_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes one's own password. Ends all one's sessions and begins a new one. */
        put: operations["password_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/proofs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What emulated attacks proved, the latest first. */
        get: operations["proof_list"];
        put?: never;
        /** Records what emulated attacks proved. */
        post: operations["proof_record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every saved query. */
        get: operations["query_list"];
        put?: never;
        /** Saves a query. */
        post: operations["query_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes a saved query. */
        delete: operations["query_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rule-files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rule files that are kept here, deleted ones among them. */
        get: operations["rule_file_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rule-files/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A rule file: its newest version, or the one asked for. */
        get: operations["rule_file_get"];
        /** Saves a rule file and puts its rules in force. One whose rules have errors is refused. */
        put: operations["rule_file_put"];
        post?: never;
        /** Deletes a rule file; its rules are no longer in force. Saving a version of it again brings it back. */
        delete: operations["rule_file_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rule-files/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The versions of a rule file, the newest first. */
        get: operations["rule_file_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every rule, and what could not be loaded. */
        get: operations["rule_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One rule with its text. */
        get: operations["rule_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Switches a rule on or off, from now on and after a restart. */
        patch: operations["rule_update"];
        trace?: never;
    };
    "/v1/rules/lint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Checks the text of a rule file, as it would be loaded beside the others, without loading it. */
        post: operations["rule_lint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rules/trial": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says what rules would have found in the stored events, without putting them in force. Exceptions, and other rules that
         *     would come first, are left aside.
         */
        post: operations["rule_trial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scan-schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is scanned again and again. */
        get: operations["scan_schedule_list"];
        put?: never;
        /** Has a target scanned again and again, the first time at once. */
        post: operations["scan_schedule_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scan-schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a schedule away. What its scans found stays. */
        delete: operations["scan_schedule_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Scans, the newest first. */
        get: operations["scan_list"];
        put?: never;
        /** Starts a scan, or lets it wait for those before it. */
        post: operations["scan_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One scan, and how far it is. */
        get: operations["scan_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scans/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops a scan that waits or runs. What it had found is not recorded. */
        post: operations["scan_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sensor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the sensor sees, what it cannot see, and what it lost. */
        get: operations["sensor_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is asking, and what they may do. */
        get: operations["session_get"];
        put?: never;
        /** Signs in. */
        post: operations["session_create"];
        /** Signs out. */
        delete: operations["session_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the first administrator is still to be made. */
        get: operations["setup_get"];
        put?: never;
        /** Makes the first administrator with the one-time token, and signs them in. */
        post: operations["setup_complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens now, as server-sent events. `event: finding` carries a Finding that just happened or was decided about,
         *     with its latest piece of evidence; `event: event` an event in OCSF form; `event: sensor` a SensorStatus once a
         *     second; `event: missed` a StreamMissed when the client was too slow or too much happened at once.
         */
        get: operations["stream_open"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every API token, without its secret. */
        get: operations["token_list"];
        put?: never;
        /** Makes an API token. Its secret is shown this once. */
        post: operations["token_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends an API token. */
        delete: operations["token_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everyone who may sign in. */
        get: operations["user_list"];
        put?: never;
        /** Invites someone. They choose their password with the token, which is shown this once. */
        post: operations["user_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes someone out. Their name stays in the audit trail. */
        delete: operations["user_delete"];
        options?: never;
        head?: never;
        /** Changes what someone may do, or keeps them from signing in. Nobody takes their own rights away. */
        patch: operations["user_update"];
        trace?: never;
    };
    "/v1/users/{id}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets someone choose a new password with a token, which is shown this once. Their sessions end now. */
        post: operations["user_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vulnerabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Known vulnerabilities, the riskiest first. */
        get: operations["vulnerability_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vulnerabilities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One vulnerability with its proof. */
        get: operations["vulnerability_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vulnerability-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Known vulnerabilities in groups, those with the highest risk first; at most 1,000 groups. */
        get: operations["vulnerability_group_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everyone who is told of findings. Secrets are never shown again. */
        get: operations["webhook_list"];
        put?: never;
        /** Adds a webhook. It is told of every finding that is new or opens again, and severe enough. */
        post: operations["webhook_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a webhook. */
        put: operations["webhook_update"];
        post?: never;
        /** Takes a webhook away, with the list of what it was told. */
        delete: operations["webhook_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a made-up finding to a webhook now, and says how that went. A refusal is an answer, no error. */
        post: operations["webhook_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The answer. */
        AdmissionAnswer: {
            /** @description As in the question. */
            apiVersion: string;
            /** @description `AdmissionReview`. */
            kind: string;
            /** @description The answer itself. */
            response: components["schemas"]["AdmissionResponse"];
        };
        /** @description What is asked. */
        AdmissionRequest: {
            /** @description A pod, or whatever holds a template of one. */
            object?: Record<string, never>;
            /** @description Id of the question; the answer repeats it. */
            uid: string;
        };
        /** @description The answer itself. */
        AdmissionResponse: {
            /** @description Whether it may run. */
            allowed: boolean;
            status?: null | components["schemas"]["AdmissionStatus"];
            /** @description As in the question. */
            uid: string;
            /** @description What whoever asked should know. */
            warnings: string[];
        };
        /** @description Kubernetes' question (`admission.k8s.io/v1`). Fields that are not named here are passed over. */
        AdmissionReview: {
            /** @description `admission.k8s.io/v1`. */
            apiVersion: string;
            /** @description `AdmissionReview`. */
            kind: string;
            /** @description What is asked. */
            request: components["schemas"]["AdmissionRequest"];
        };
        /** @description Why it may not run. */
        AdmissionStatus: {
            /**
             * Format: int32
             * @description 403.
             */
            code: number;
            /** @description Image by image: the vulnerabilities, or that it was never scanned. */
            message: string;
        };
        /** @description The advisories that scans ask. */
        AdvisoriesWire: {
            /**
             * Format: int64
             * @description How many advisories it holds.
             */
            advisories: number;
            built?: null | components["schemas"]["Timestamp"];
            /** @description The command that fills it. */
            command: string;
            /**
             * Format: int32
             * @description Hours between scans of this host; `None` where they are switched off.
             */
            host_every_hours?: number | null;
            /** @description Where the database is looked for. */
            path: string;
            /** @description Why it cannot be used, where there is one. */
            problem?: string | null;
        };
        /** @description A key for a program, without its secret. */
        ApiToken: {
            /** @description When it was made. */
            created: components["schemas"]["Timestamp"];
            /** @description Who made it. */
            created_by: string;
            expires?: null | components["schemas"]["Timestamp"];
            /** @description Random id. */
            id: string;
            last_used?: null | components["schemas"]["Timestamp"];
            /** @description What it is for. */
            name: string;
            /** @description What it may do. */
            role: components["schemas"]["Role"];
        };
        /** @description Something that is protected: a host, a container, an image, a folder. */
        Asset: {
            /** @description Facts about it (operating system, kernel, addresses, image …), one value a name. */
            facts: {
                [key: string]: string;
            };
            /** @description When it was first seen. */
            first_seen: components["schemas"]["Timestamp"];
            /** @description Stable id: the machine id of a host, the container's id, the image's digest. */
            id: string;
            /** @description What it is. */
            kind: components["schemas"]["AssetKind"];
            /** @description When it was last seen. */
            last_seen: components["schemas"]["Timestamp"];
            /** @description Name people know it by. */
            name: string;
        };
        /**
         * @description What an asset is.
         * @enum {string}
         */
        AssetKind: "host" | "container" | "image" | "folder";
        /** @description One page of assets. */
        AssetPage: {
            /** @description The assets. */
            items: components["schemas"]["AssetSummary"][];
            /** @description Where the next page begins; `None` on the last one. */
            next?: string | null;
        };
        /** @description An asset and how it stands. */
        AssetSummary: {
            /** @description The asset. */
            asset: components["schemas"]["Asset"];
            /**
             * Format: int64
             * @description Open findings of what happened on it; vulnerabilities and secrets are counted with its image or scan.
             */
            findings_open: number;
            severity_max?: null | components["schemas"]["Severity"];
        };
        /** @description One row of the audit trail. */
        AuditEntry: {
            /** @description What was done, for example `finding_set_status`. */
            action: string;
            /** @description Who. */
            actor: string;
            /** @description From which address. */
            address?: string | null;
            /** @description Further values, as a person reads them. Never a secret. */
            detail: string;
            /** @description SHA-256 over the hash before and this row, in hexadecimal. */
            hash: string;
            /**
             * Format: int64
             * @description Counts from 1 without gaps.
             */
            number: number;
            /** @description To what: an id or a name. */
            object: string;
            /** @description When. */
            time: components["schemas"]["Timestamp"];
        };
        /** @description One page of the audit trail. */
        AuditPage: {
            /** @description The rows, latest first. */
            items: components["schemas"]["AuditEntry"][];
            /**
             * Format: int64
             * @description `before` of the next page; `None` on the last one.
             */
            next?: number | null;
        };
        /** @description What checking the whole chain found. */
        AuditVerdict: {
            /**
             * Format: int64
             * @description The first row that does not fit the one before it; `None` when the chain is whole.
             */
            broken_at?: number | null;
            /**
             * Format: int64
             * @description Rows checked.
             */
            entries: number;
            /** @description Hash of the last row. Kept elsewhere, it also proves that no row was cut off at the end. */
            head: string;
        };
        /** @description Something that cannot be seen. */
        BlindSpot: {
            /** @description Rules that cannot fire, or not fully, because of it. */
            rules: string[];
            /** @description What is not seen. */
            what: string;
            /** @description Why, and what would help. */
            why: string;
        };
        /**
         * @description How a caller proved who they are.
         * @enum {string}
         */
        CallerKind: "session" | "token" | "local";
        /** @description Something that was tried at start. */
        Capability: {
            /** @description Whether it works here. */
            available: boolean;
            /** @description Why not, or what it is used for. */
            detail: string;
            /** @description What, for example `tp_btf/sched_process_exec`. */
            name: string;
        };
        /** @description A column of a table. */
        ColumnWire: {
            /** @description Its type. */
            data_type: string;
            /** @description What is in it. */
            description: string;
            /** @description Its name in SQL. */
            name: string;
        };
        /** @description Writes something down. */
        CommentRequest: {
            /** @description What. */
            text: string;
        };
        /** @description One finding on its way to one webhook. */
        Delivery: {
            /**
             * Format: int32
             * @description How often it was tried.
             */
            attempts: number;
            /** @description When it was written down. */
            created: components["schemas"]["Timestamp"];
            /** @description Of which finding. */
            finding_id: components["schemas"]["FindingId"];
            finished?: null | components["schemas"]["Timestamp"];
            /** @description Random id; it goes along, so that the other side can tell a repetition. */
            id: string;
            /** @description Why the latest try failed. */
            last_error?: string | null;
            /** @description When it is tried next. */
            next_try: components["schemas"]["Timestamp"];
            /** @description How severe it is. */
            severity: components["schemas"]["Severity"];
            /** @description How the delivery stands. */
            status: components["schemas"]["DeliveryStatus"];
            /** @description Its title. */
            title: string;
            /** @description To which webhook. */
            webhook_id: string;
            /** @description What that is called. */
            webhook_name: string;
        };
        /**
         * @description How a delivery stands.
         * @enum {string}
         */
        DeliveryStatus: "pending" | "delivered" | "dead";
        /**
         * @description How bad a diagnostic is.
         * @enum {string}
         */
        DiagnosticLevel: "error" | "warning" | "info";
        /** @description Something that is wrong with a rule or its file. */
        DiagnosticWire: {
            /** @description Stable short code. */
            code: string;
            /**
             * Format: int32
             * @description In which column, from 1.
             */
            column?: number | null;
            /** @description In which file. */
            file?: string | null;
            /** @description What to do about it. */
            help?: string | null;
            /** @description How bad it is. */
            level: components["schemas"]["DiagnosticLevel"];
            /**
             * Format: int32
             * @description On which line, from 1.
             */
            line?: number | null;
            /** @description What is wrong. */
            message: string;
            /** @description In which rule, list or macro. */
            rule?: string | null;
        };
        /**
         * @description What findings can share.
         * @enum {string}
         */
        EntityKind: "process" | "container" | "address" | "file" | "user" | "host";
        /** @description Events of one kind. */
        EventRate: {
            /**
             * Format: int64
             * @description Events since start.
             */
            count: number;
            /** @description Kind of event. */
            kind: string;
            /**
             * Format: double
             * @description Events per second over the last seconds.
             */
            per_second: number;
        };
        /** @description A piece of proof. */
        Evidence: {
            /** @description The event in OCSF form, with the process tree. */
            event: unknown;
            explanation?: null | components["schemas"]["Explanation"];
            /** @description The rule's output fields and their values. */
            fields: {
                [key: string]: unknown;
            };
            /** @description What happened, as the rule words it. */
            message: string;
            /** @description When it happened. */
            time: components["schemas"]["Timestamp"];
        };
        /**
         * @description A part of a rule's condition and what it came to for one event. The whole condition is the outermost part.
         *
         *     Only what decided is kept: of an `any` that holds the parts that hold, of an `all` that does not hold those that do
         *     not. How many of them there is no room for is counted.
         */
        Explanation: {
            /** @description Whether it holds. */
            holds: boolean;
            /** @description What kind of part it is. */
            kind: components["schemas"]["ExplanationKind"];
            /** @description Of a test with a list that holds: the item of the list that fits. */
            matched?: string | null;
            /** @description The macro it stands for, where it is one. */
            name?: string | null;
            /** @description The parts of `all`, `any` and `not` that decided. */
            parts?: components["schemas"]["Explanation"][];
            /**
             * Format: int32
             * @description How many further parts decided that there was no room for.
             */
            parts_left_out?: number;
            /** @description Of a test: what is tested, as rules write it: `proc.name`, `tolower(fd.name)`. */
            term?: string;
            /** @description Of a test: what must be true of it, as rules write it: `in (sh, bash)`. */
            test?: string;
            /** @description Of a test: the values the event has there; none where it has no value. */
            values?: string[];
        };
        /**
         * @description What kind of part of a condition it is.
         * @enum {string}
         */
        ExplanationKind: "all" | "any" | "not" | "test" | "constant";
        /**
         * @description The form of an exported incident.
         * @enum {string}
         */
        ExportFormat: "markdown" | "json" | "ocsf" | "stix";
        /** @description Something is wrong. What happens again with the same cause adds to `count` of the finding that is there. */
        Finding: {
            accepted_until?: null | components["schemas"]["Timestamp"];
            /** @description Id of the asset it was found on. */
            asset_id: string;
            /** @description That asset's name. */
            asset_name: string;
            /**
             * Format: int32
             * @description How sure it is, 0 to 100.
             */
            confidence: number;
            /** @description Container, where there is one: its short id. */
            container_id?: string | null;
            /**
             * Format: int64
             * @description How often it happened.
             */
            count: number;
            /** @description The proof: the first and the latest events, at most [`Finding::EVIDENCE_MAX`]. */
            evidence: components["schemas"]["Evidence"][];
            /** @description When it first happened. */
            first_seen: components["schemas"]["Timestamp"];
            /** @description Same cause, same id. */
            id: components["schemas"]["FindingId"];
            /** @description What kind of thing found it. */
            kind: components["schemas"]["FindingKind"];
            /** @description When it last happened. */
            last_seen: components["schemas"]["Timestamp"];
            /** @description What happened, with the values of the latest event. */
            message: string;
            /** @description Path of the program that did it. */
            process_path?: string | null;
            /** @description What to do about it. */
            remediation?: string | null;
            /** @description The rule that found it. */
            rule: string;
            /** @description The file and version the rule came from. */
            rule_source: string;
            /** @description How bad it is. */
            severity: components["schemas"]["Severity"];
            /** @description What was decided about it. */
            status: components["schemas"]["FindingStatus"];
            /** @description Why that was decided. */
            status_reason?: string | null;
            /** @description The rule's tags. */
            tags: string[];
            /** @description ATT&CK techniques. */
            techniques: components["schemas"]["Technique"][];
            /** @description What is wrong, in a few words: for a rule, its name. */
            title: string;
            /** @description User that did it. */
            user_name?: string | null;
        };
        /** @description How many findings there are of what happened; vulnerabilities and secrets are counted apart. */
        FindingCounts: {
            /** @description How often something happened in each hour that was asked for, and how severe it was; hours without are left out. */
            by_hour: components["schemas"]["HourCount"][];
            /** @description By status; every status is there. */
            by_status: components["schemas"]["StatusCount"][];
            /** @description The open ones by severity, worst first; every severity is there. */
            open_by_severity: components["schemas"]["SeverityCount"][];
            /** @description Rules with the most open findings. */
            top_rules: components["schemas"]["RuleCount"][];
        };
        /** @description Id of a finding: 32 hexadecimal digits made from its cause. */
        FindingId: string;
        /** @description The incident a finding belongs to. */
        FindingIncident: {
            incident?: null | components["schemas"]["Incident"];
        };
        /**
         * @description What kind of thing found it.
         * @enum {string}
         */
        FindingKind: "runtime" | "vulnerability" | "secret" | "malware" | "posture" | "web" | "identity";
        /**
         * @description In which order findings are listed.
         * @enum {string}
         */
        FindingOrder: "newest" | "severity" | "count";
        /** @description One page of findings. */
        FindingPage: {
            /** @description The findings, without their evidence: ask for one of them to get it. */
            items: components["schemas"]["Finding"][];
            /** @description Where the next page begins; `None` on the last one. */
            next?: string | null;
        };
        /** @description Decides about a finding. */
        FindingPatch: {
            accepted_until?: null | components["schemas"]["Timestamp"];
            /** @description Why. Needed for everything but `open`. */
            reason?: string | null;
            /** @description The decision. */
            status: components["schemas"]["FindingStatus"];
        };
        /** @description Findings that were decided about. */
        FindingsDecided: {
            /** @description Their ids. */
            ids: string[];
        };
        /** @description Decides about many findings. */
        FindingsPatch: {
            accepted_until?: null | components["schemas"]["Timestamp"];
            /** @description Which: at most 500. */
            ids: string[];
            /** @description Why. Needed for everything but `open`. */
            reason?: string | null;
            /** @description The decision. */
            status: components["schemas"]["FindingStatus"];
        };
        /**
         * @description What was decided about a finding.
         * @enum {string}
         */
        FindingStatus: "open" | "accepted" | "fixed" | "false";
        /** @description What one thing has to do with another. */
        GraphEdge: {
            /** @description Id of the node it begins at. */
            from: string;
            /** @description What it says. */
            relation: components["schemas"]["GraphRelation"];
            /** @description Id of the node it leads to. */
            to: string;
        };
        /** @description A thing that an incident is about. */
        GraphNode: {
            /** @description Names it within the graph. */
            id: string;
            /** @description What it is. */
            kind: components["schemas"]["EntityKind"];
            /** @description As a person reads it. */
            label: string;
            severity?: null | components["schemas"]["Severity"];
            /** @description Titles of the findings about it itself. */
            titles: string[];
        };
        /**
         * @description What one thing does to another.
         * @enum {string}
         */
        GraphRelation: "started" | "connected_to" | "ran" | "ran_as" | "ran_in" | "on";
        /** @description What happened in one hour. */
        HourCount: {
            /**
             * Format: int64
             * @description How often.
             */
            count: number;
            /** @description When the hour began. */
            hour: components["schemas"]["Timestamp"];
            /** @description How severe it was. */
            severity: components["schemas"]["Severity"];
        };
        /** @description A question in SQL. */
        HuntRequest: {
            /** @description Most rows to return: 1 to 10,000, 1,000 when left out. */
            limit?: number | null;
            /** @description One SELECT statement. */
            sql: string;
        };
        /** @description One page of what was scanned. */
        ImagePage: {
            /** @description What was scanned. */
            items: components["schemas"]["ScannedImage"][];
            /** @description Cursor of the next page; `None` on the last. */
            next?: string | null;
        };
        /** @description Findings that belong together. */
        Incident: {
            acknowledged?: null | components["schemas"]["Timestamp"];
            /** @description Where that happened. */
            asset_name: string;
            /** @description Who works on it. */
            assignee?: string | null;
            closed?: null | components["schemas"]["Timestamp"];
            /** @description Who closed it. */
            closed_by?: string | null;
            /** @description When it was detected. */
            detected: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description How many findings belong to it.
             */
            findings: number;
            /** @description When its first finding happened. */
            first_seen: components["schemas"]["Timestamp"];
            /** @description Random id. */
            id: string;
            /** @description When its latest finding happened. */
            last_seen: components["schemas"]["Timestamp"];
            /** @description Why it was closed so. */
            reason?: string | null;
            /** @description Severity of that. */
            severity: components["schemas"]["Severity"];
            /** @description Whether it is being worked on. */
            status: components["schemas"]["IncidentStatus"];
            /** @description Title of its most severe finding. */
            title: string;
            verdict?: null | components["schemas"]["Verdict"];
        };
        /** @description What someone wrote about an incident. */
        IncidentComment: {
            /** @description Who. */
            author: string;
            /** @description What. */
            text: string;
            /** @description When. */
            time: components["schemas"]["Timestamp"];
        };
        /** @description One day of incidents. */
        IncidentDay: {
            /**
             * Format: int64
             * @description Median time from detection until somebody took it up, of those that were detected on this day.
             */
            acknowledge_ms?: number | null;
            /** @description When it begins. */
            begin: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description Incidents that were closed.
             */
            closed: number;
            /**
             * Format: int64
             * @description Incidents that were detected.
             */
            detected: number;
            /**
             * Format: int64
             * @description Median time from detection until it was closed, of those that were detected on this day.
             */
            recover_ms?: number | null;
        };
        /** @description An incident with everything that belongs to it. */
        IncidentDetail: {
            /** @description What people wrote about it, the first first. */
            comments: components["schemas"]["IncidentComment"][];
            /** @description What its findings are about, what most of them share first. */
            entities: components["schemas"]["IncidentEntity"][];
            /** @description The incident. */
            incident: components["schemas"]["Incident"];
            /** @description What elsewhere has to do with it, the first first. */
            links: components["schemas"]["IncidentLink"][];
            /** @description Its findings without their evidence, what happened first first. */
            timeline: components["schemas"]["Finding"][];
        };
        /** @description Something that findings of an incident are about. */
        IncidentEntity: {
            /**
             * Format: int64
             * @description How many findings of the incident are about it.
             */
            findings: number;
            /** @description What it is. */
            kind: components["schemas"]["EntityKind"];
            /** @description As a person reads it. */
            label: string;
        };
        /** @description What an incident is about, and how it hangs together. */
        IncidentGraph: {
            /** @description What they have to do with each other. */
            edges: components["schemas"]["GraphEdge"][];
            /**
             * Format: int64
             * @description Findings and things that there was no room for.
             */
            left_out: number;
            /** @description The things. */
            nodes: components["schemas"]["GraphNode"][];
        };
        /** @description Something elsewhere that has to do with an incident: a ticket, a report. */
        IncidentLink: {
            /** @description When it was linked. */
            created: components["schemas"]["Timestamp"];
            /** @description Who linked it. */
            created_by: string;
            /** @description Random id. */
            id: string;
            /** @description What it is. */
            title: string;
            /** @description Where it is. */
            url: string;
        };
        /** @description How incidents went in a time. */
        IncidentMetrics: {
            /**
             * Format: int64
             * @description Half of those that were taken up were so within so many milliseconds of their detection.
             */
            acknowledge_ms?: number | null;
            /** @description Each day, the earliest first; the last one ends now. */
            days: components["schemas"]["IncidentDay"][];
            /**
             * Format: int64
             * @description Half of the incidents were detected within so many milliseconds of their first finding.
             */
            detect_ms?: number | null;
            /**
             * Format: int64
             * @description Incidents that were detected.
             */
            detected: number;
            /**
             * Format: int64
             * @description Incidents that were closed as false alarms.
             */
            false_alarms: number;
            /**
             * Format: int64
             * @description Incidents that were closed as real.
             */
            real: number;
            /**
             * Format: int64
             * @description Half of those that were closed were so within so many milliseconds of their detection.
             */
            recover_ms?: number | null;
        };
        /** @description One page of incidents. */
        IncidentPage: {
            /** @description The incidents, what happened last first. */
            items: components["schemas"]["Incident"][];
            /** @description Where the next page begins; `None` on the last one. */
            next?: string | null;
            /**
             * Format: int64
             * @description How many are open, whatever the page shows.
             */
            open: number;
        };
        /** @description What is done with an incident. */
        IncidentPatch: {
            /** @enum {string} */
            action: "take";
        } | {
            /** @enum {string} */
            action: "assign";
            /** @description Who: a user that can work on incidents. */
            name: string;
        } | {
            /** @enum {string} */
            action: "release";
        } | {
            accepted_until?: null | components["schemas"]["Timestamp"];
            /** @enum {string} */
            action: "close";
            /** @description Why. */
            reason: string;
            /** @description What it turned out to be. */
            verdict: components["schemas"]["Verdict"];
        } | {
            /** @enum {string} */
            action: "reopen";
        } | {
            /** @enum {string} */
            action: "link";
            /** @description What it is. */
            title: string;
            /** @description Where: an address with `https://` or `http://`. */
            url: string;
        } | {
            /** @enum {string} */
            action: "unlink";
            /** @description Its id. */
            id: string;
        };
        /**
         * @description Whether an incident is being worked on.
         * @enum {string}
         */
        IncidentStatus: "open" | "closed";
        /** @description A package in a place of an asset. */
        InstalledPackage: {
            /** @description The asset it is installed in. */
            asset_id: string;
            /** @description That asset's name; filled in when listed. */
            asset_name?: string;
            /** @description Digest of the image layer that file is in. */
            layer?: string | null;
            /** @description Licences. */
            licences: string[];
            /** @description The file that says so. */
            location: string;
            /** @description Name with its namespace. */
            name: string;
            /** @description The distribution's package that brought that file. */
            owned_by?: string | null;
            /** @description Type of the package URL: `deb`, `npm`, `maven` … */
            package_type: string;
            /** @description Package URL. */
            purl: string;
            used?: null | components["schemas"]["PackageUse"];
            /** @description Version as its ecosystem writes it. */
            version: string;
        };
        /** @description Asks for whom an invitation is. */
        InvitationQuestion: {
            /** @description The token of the invitation. */
            token: string;
        };
        /** @description Takes an invitation. */
        InvitationRequest: {
            /** @description Password, at least 12 characters. */
            password: string;
            /** @description The token of the invitation. */
            token: string;
        };
        /** @description Someone who is invited, and the token with which they choose their password, which is shown this once. */
        InvitationWire: {
            /** @description Until when it works. */
            expires: components["schemas"]["Timestamp"];
            /** @description The token: the console takes it at `/invitation?token=…`. */
            token: string;
            /** @description For whom. */
            user: components["schemas"]["User"];
        };
        /** @description For whom an invitation is. */
        InvitedWire: {
            /** @description Name they sign in with. */
            name: string;
            /** @description Shortest password that is accepted, in characters. */
            password_chars_min: number;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
        };
        /** @description Rules to be checked. */
        LintRequest: {
            /** @description The rule file it is a new version of, where it is one. */
            file?: string | null;
            /** @description Text of a rule file. */
            text: string;
        };
        /** @description Events lost in one place. */
        Loss: {
            /**
             * Format: int64
             * @description Events lost there since start.
             */
            count: number;
            /** @description What the reader of the number should know. */
            detail: string;
            /** @description Where, for example `ring_buffer` or `store_queue`. */
            place: string;
        };
        /** @description Something that would improve protection. */
        NextStep: {
            /** @description What to do; the console words it. */
            code: components["schemas"]["NextStepCode"];
            /**
             * Format: int64
             * @description How many things it is about, where that can be said.
             */
            count?: number | null;
        };
        /**
         * @description What to do next.
         * @enum {string}
         */
        NextStepCode: "start_sensor" | "improve_sensor" | "load_rules" | "fix_rules" | "run_verify" | "fix_proofs" | "review_findings" | "add_token";
        /** @description How things stand, on one page. */
        OverviewWire: {
            /** @description The findings of what happened, in numbers; hours cover the last 24. */
            findings: components["schemas"]["FindingCounts"];
            /** @description The protected host. */
            host: components["schemas"]["Asset"];
            /** @description What would improve protection, the most important first. */
            next_steps: components["schemas"]["NextStep"][];
            /** @description The proofs in short. */
            proofs: components["schemas"]["ProofSummary"];
            /** @description The rules in short. */
            rules: components["schemas"]["RuleCounts"];
            /** @description The sensor in short. */
            sensor: components["schemas"]["SensorSummary"];
            /** @description When this server started. */
            started: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description How long it has been running.
             */
            uptime_ms: number;
            /** @description Version of Yagura. */
            version: string;
            /** @description What scans found in the assets, in numbers. */
            vulnerabilities: components["schemas"]["VulnerabilityCounts"];
        };
        /** @description One page of packages, in the order of their names. */
        PackagePage: {
            /** @description The packages. */
            items: components["schemas"]["InstalledPackage"][];
            /** @description Cursor of the next page; `None` on the last. */
            next?: string | null;
        };
        /** @description Who uses a package: the process seen last to run it or to have one of its files mapped or open. */
        PackageUse: {
            /** @description Id of the container it ran in. */
            container_id?: string | null;
            /** @description That container's name. */
            container_name?: string | null;
            /** @description The package's file it uses. */
            file: string;
            /** @description When it was last seen to. */
            last_seen: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description Its process, if it still ran.
             */
            process_id?: number | null;
            /** @description Path of the program. */
            program: string;
        };
        /** @description Changes one's own password. */
        PasswordRequest: {
            /** @description The present password. */
            current: string;
            /** @description The new one, at least 12 characters. */
            new: string;
        };
        /** @description Why a request was not answered (RFC 9457, `application/problem+json`). */
        Problem: {
            /** @description Stable short code, for example `not_found`. */
            code: string;
            /** @description What was tried and why it failed. */
            detail: string;
            /** @description What to do about it. */
            hint?: string | null;
            /**
             * Format: int32
             * @description Seconds to wait before trying again.
             */
            retry_after_s?: number | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What went wrong, in a few words. */
            title: string;
            /** @description `urn:yagura:problem:` and the code. */
            type: string;
        };
        /** @description What one emulation proved. */
        Proof: {
            /** @description Whether it was stopped. */
            blocked: boolean;
            /** @description Why it was not seen, or what else is worth knowing. */
            detail?: string;
            /** @description Id of the emulation. */
            emulation: string;
            /**
             * Format: int32
             * @description Time from the act to the finding, in milliseconds.
             */
            latency_ms?: number | null;
            /** @description The rule that should see it, or saw it. */
            rule?: string | null;
            /** @description Whether a finding came of it. */
            seen: boolean;
            technique?: null | components["schemas"]["Technique"];
            /** @description When it ran. */
            time: components["schemas"]["Timestamp"];
        };
        /** @description How the latest run of each emulation ended. */
        ProofSummary: {
            /**
             * Format: int64
             * @description Of those, blocked in their latest run.
             */
            blocked: number;
            /**
             * Format: int64
             * @description Emulations that ran at least once.
             */
            emulations: number;
            /**
             * Format: int64
             * @description Of those, seen in their latest run.
             */
            seen: number;
            time?: null | components["schemas"]["Timestamp"];
        };
        /** @description A column of an answer. */
        QueryColumn: {
            /** @description Its type. */
            data_type: string;
            /** @description Its name. */
            name: string;
        };
        /** @description The answer to a question in SQL. */
        QueryWire: {
            /** @description Its columns. */
            columns: components["schemas"]["QueryColumn"][];
            /**
             * Format: int64
             * @description How long it took.
             */
            elapsed_ms: number;
            /** @description Its rows: one value a column, in their order. */
            rows: unknown[][];
            /** @description Whether there are more rows than were asked for. */
            truncated: boolean;
        };
        /**
         * @description What someone may do. Each role may do everything the ones before it may.
         * @enum {string}
         */
        Role: "viewer" | "responder" | "analyst" | "admin";
        /** @description Open findings of one rule. */
        RuleCount: {
            /**
             * Format: int64
             * @description How many findings are open.
             */
            findings: number;
            /**
             * Format: int64
             * @description How often they happened.
             */
            occurrences: number;
            /** @description The rule. */
            rule: string;
            /** @description Severity of the worst of them. */
            severity: components["schemas"]["Severity"];
        };
        /** @description The rules in short. */
        RuleCounts: {
            /** @description Of those, blind to some kind of event they ask for. */
            blind: number;
            /** @description Of those, switched on. */
            enabled: number;
            /** @description Rules and files that could not be loaded. */
            errors: number;
            /** @description When they were loaded. */
            loaded: components["schemas"]["Timestamp"];
            /** @description Rules loaded. */
            total: number;
        };
        /** @description A version of a rule file with its text. */
        RuleFile: components["schemas"]["RuleFileVersion"] & {
            /** @description Its text; empty for a deletion. */
            text: string;
        };
        /** @description What a rule file is to be. */
        RuleFileRequest: {
            /**
             * Format: int64
             * @description The version it was made from, 0 for none. Where the file has moved on since, nothing is saved.
             */
            based_on?: number | null;
            /** @description What changed and why, for whoever reads the versions. */
            note?: string;
            /** @description Its text: rules, macros and lists in Falco's YAML. */
            text: string;
        };
        /** @description One version of a rule file. */
        RuleFileVersion: {
            /**
             * Format: int64
             * @description Its length.
             */
            bytes: number;
            /** @description When it was saved. */
            created: components["schemas"]["Timestamp"];
            /** @description Who saved it. */
            created_by: string;
            /** @description Whether this version is the file's deletion. */
            deleted: boolean;
            /** @description Name of the file, without folder and ending. */
            name: string;
            /** @description What whoever saved it says about it. */
            note: string;
            /**
             * Format: int64
             * @description Counts the versions of this name, from 1.
             */
            version: number;
        };
        /** @description What is told about a rule. */
        RuleInfo: {
            /** @description Fields in its condition that this system never has: comparing them is never true. */
            blind_fields: string[];
            /** @description Of those, the kinds that this sensor does not capture: the rule is blind to them. */
            blind_kinds: string[];
            /** @description Types of events it names that never occur in this system. */
            blind_types: string[];
            /** @description The condition as written, after appends and overrides. */
            condition: string;
            /** @description What it is for. */
            description: string;
            /** @description Whether it is on. */
            enabled: boolean;
            /** @description Kinds of event that can trigger it. */
            event_kinds: string[];
            /** @description Exceptions that are about it, by name. */
            exceptions: string[];
            /** @description The file it was loaded from. */
            file: string;
            /** @description The language it is written in. */
            language: components["schemas"]["RuleLanguage"];
            /**
             * Format: int32
             * @description The line it begins on, from 1.
             */
            line: number;
            /**
             * Format: int64
             * @description How often it matched since the engine started.
             */
            matches: number;
            /** @description Its name; unique within its language. */
            name: string;
            /** @description The output template as written. */
            output: string;
            /** @description Priority or level in the language's own word. */
            priority: string;
            /** @description Severity of its findings. */
            severity: components["schemas"]["Severity"];
            /**
             * Format: int64
             * @description How often an exception kept it from matching since the engine started.
             */
            suppressed: number;
            /** @description Its tags. */
            tags: string[];
            /** @description ATT&CK techniques among the tags. */
            techniques: components["schemas"]["Technique"][];
        };
        /**
         * @description A rule language.
         * @enum {string}
         */
        RuleLanguage: "falco" | "sigma";
        /** @description Switches a rule. */
        RulePatch: {
            /** @description Whether it is on. */
            enabled: boolean;
        };
        /** @description Every rule, and what could not be loaded. */
        RulesView: {
            /** @description What is wrong with rules and files. */
            diagnostics: components["schemas"]["DiagnosticWire"][];
            /** @description When they were loaded. */
            loaded: components["schemas"]["Timestamp"];
            /** @description The rules. */
            rules: components["schemas"]["RuleInfo"][];
        };
        /** @description What rules would have found. */
        RuleTrial: {
            /** @description What is wrong with the text. Rules with errors were not tried. */
            diagnostics: components["schemas"]["DiagnosticWire"][];
            /**
             * Format: int64
             * @description How long it took.
             */
            elapsed_ms: number;
            /**
             * Format: int64
             * @description Stored events that were looked at.
             */
            events: number;
            /** @description Each rule of the text. */
            rules: components["schemas"]["RuleTrialMatches"][];
            /** @description Whether time ran out before all of them were. */
            truncated: boolean;
        };
        /** @description An event that a rule matches. */
        RuleTrialExample: {
            /** @description What happened, as the rule words it. */
            message: string;
            /** @description When it happened. */
            time: components["schemas"]["Timestamp"];
        };
        /** @description What one rule would have found. */
        RuleTrialMatches: {
            /** @description The same by day, the earliest first; the last one is today. */
            days: number[];
            /** @description Some of them. */
            examples: components["schemas"]["RuleTrialExample"][];
            /**
             * Format: int64
             * @description Events it matches.
             */
            matches: number;
            /** @description Its name. */
            rule: string;
        };
        /** @description Rules to be tried on what was stored. */
        RuleTrialRequest: {
            /**
             * Format: int32
             * @description How many days back to look, at most 30.
             */
            days: number;
            /** @description The rule file it is a new version of: its stored text is left out. */
            file?: string | null;
            /** @description Text of a rule file. */
            text: string;
        };
        /** @description One rule with its text. */
        RuleWire: {
            /** @description What is wrong with it. */
            diagnostics: components["schemas"]["DiagnosticWire"][];
            /** @description What is told about it. */
            rule: components["schemas"]["RuleInfo"];
            /** @description Its text as it stands in its file, where it is at hand. */
            source?: string | null;
        };
        /** @description A question worth asking again. */
        SavedQuery: {
            /** @description When it was saved. */
            created: components["schemas"]["Timestamp"];
            /** @description Who saved it. */
            created_by: string;
            /** @description Random id. */
            id: string;
            /** @description What it asks. */
            name: string;
            /** @description The SQL. */
            sql: string;
        };
        /** @description Saves a query. */
        SavedQueryRequest: {
            /** @description What it asks. */
            name: string;
            /** @description The SQL. */
            sql: string;
        };
        /** @description One scan of one target. */
        Scan: {
            /** @description The advisories it was matched against: their generation; `None` without any. */
            advisories?: string | null;
            /** @description The asset it turned out to be; `None` until that is known. */
            asset_id?: string | null;
            /** @description Why it failed, or what else is worth knowing. */
            detail: string;
            finished?: null | components["schemas"]["Timestamp"];
            /** @description Random id. */
            id: string;
            /**
             * Format: int64
             * @description Malicious files that were found.
             */
            malware: number;
            /**
             * Format: int64
             * @description Packages that were found.
             */
            packages: number;
            /**
             * Format: int64
             * @description Files, layers and records that could not be read.
             */
            problems: number;
            /**
             * Format: int64
             * @description Secrets that were found.
             */
            secrets: number;
            /** @description When it was asked for. */
            started: components["schemas"]["Timestamp"];
            /** @description Who asked for it. */
            started_by: string;
            /** @description How it stands. */
            status: components["schemas"]["ScanStatus"];
            /** @description What was looked at: `host`, or a kind and a path or reference (`image:registry/app:1`, `fs:/srv/app`). */
            target: string;
            /**
             * Format: int64
             * @description Vulnerabilities that were found.
             */
            vulnerabilities: number;
        };
        /** @description An asset that was scanned, and how it stands. */
        ScannedImage: {
            /** @description The asset. */
            asset: components["schemas"]["Asset"];
            /**
             * Format: int64
             * @description Of those, fixed by a newer version.
             */
            fixable: number;
            /**
             * Format: int64
             * @description Open findings of malicious files.
             */
            malware: number;
            /**
             * Format: int64
             * @description Packages in it.
             */
            packages: number;
            /** @description When its latest scan ended. */
            scanned: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description Open findings of secrets in its files.
             */
            secrets: number;
            /** @description Open vulnerabilities by severity, the worst first; severities without are left out. */
            vulnerabilities: components["schemas"]["SeverityCount"][];
        };
        /** @description One page of scans, the newest first. */
        ScanPageWire: {
            /** @description The scans. */
            items: components["schemas"]["ScanWire"][];
            /** @description Cursor of the next page; `None` on the last. */
            next?: string | null;
        };
        /** @description How far a scan is. */
        ScanProgress: {
            /**
             * Format: int64
             * @description Bytes dealt with.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Bytes in all; 0 where that is not known.
             */
            bytes_total: number;
            /**
             * Format: int64
             * @description Files and folders seen.
             */
            entries: number;
            /** @description What it is doing. */
            step: components["schemas"]["ScanStep"];
        };
        /** @description Asks for a scan. */
        ScanRequest: {
            /** @description `host`, `fs:/path`, `repo:/path`, `rootfs:/path`, `image:NAME-or-path` or `sbom:/path`. */
            target: string;
        };
        /** @description A target that is scanned again and again. */
        ScanSchedule: {
            /** @description When the schedule was made. */
            created: components["schemas"]["Timestamp"];
            /** @description Who made it. */
            created_by: string;
            /**
             * Format: int32
             * @description Hours from one scan to the next: 1 to 8784.
             */
            every_hours: number;
            /** @description Random id. */
            id: string;
            /** @description When it is due. */
            next: components["schemas"]["Timestamp"];
            /** @description What is scanned, written as for a scan. */
            target: string;
        };
        /** @description Asks for a scan again and again. */
        ScanScheduleRequest: {
            /**
             * Format: int32
             * @description Hours from one scan to the next: 1 to 8784.
             */
            every_hours: number;
            /** @description As for one scan. */
            target: string;
        };
        /**
         * @description How a scan stands.
         * @enum {string}
         */
        ScanStatus: "running" | "done" | "failed" | "cancelled";
        /**
         * @description What a scan is doing.
         * @enum {string}
         */
        ScanStep: "waiting" | "opening" | "reading" | "recording";
        /** @description A scan, and how far it is. */
        ScanWire: {
            progress?: null | components["schemas"]["ScanProgress"];
            /** @description The scan. */
            scan: components["schemas"]["Scan"];
        };
        /**
         * @description How the sensor listens to the kernel, best first.
         * @enum {string}
         */
        SensorMode: "ebpf" | "proc_connector" | "procfs" | "off";
        /** @description What the sensor sees, what it cannot see, and what it lost. */
        SensorStatus: {
            /** @description What it cannot see and which rules that blinds. */
            blind_spots: components["schemas"]["BlindSpot"][];
            /** @description What was tried at start, and the result. */
            capabilities: components["schemas"]["Capability"][];
            /**
             * Format: int64
             * @description Containers known.
             */
            containers: number;
            /**
             * Format: int64
             * @description Events delivered since start.
             */
            events: number;
            /** @description Kernel release. */
            kernel: string;
            /** @description Losses by place. */
            losses: components["schemas"]["Loss"][];
            /**
             * Format: int64
             * @description Events lost since start.
             */
            lost: number;
            /**
             * Format: int64
             * @description Resident memory of this program in bytes.
             */
            memory_bytes: number;
            /** @description How it listens. */
            mode: components["schemas"]["SensorMode"];
            /** @description Why it does not listen in a better way; empty in the best mode. */
            mode_reasons: string[];
            /**
             * Format: int64
             * @description Processes in the process table.
             */
            processes: number;
            /** @description Events by kind. */
            rates: components["schemas"]["EventRate"][];
            started?: null | components["schemas"]["Timestamp"];
        };
        /** @description The sensor in short. */
        SensorSummary: {
            /** @description How many things it cannot see. */
            blind_spots: number;
            /**
             * Format: int64
             * @description Events since start.
             */
            events: number;
            /**
             * Format: double
             * @description Events per second over the last seconds.
             */
            events_per_second: number;
            /** @description Losses by place; places without a loss are left out. */
            losses: components["schemas"]["Loss"][];
            /**
             * Format: int64
             * @description Events lost since start.
             */
            lost: number;
            /** @description How it listens. */
            mode: components["schemas"]["SensorMode"];
            /** @description Why it does not listen in a better way. */
            mode_reasons: string[];
        };
        /** @description Signs in. */
        SessionRequest: {
            /** @description Name. */
            name: string;
            /** @description Password. */
            password: string;
        };
        /** @description Who is asking, and what they may do. */
        SessionWire: {
            expires?: null | components["schemas"]["Timestamp"];
            /** @description How they proved who they are. */
            kind: components["schemas"]["CallerKind"];
            /** @description Name of the user or token; `local` on the local socket. */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
        };
        /** @description Makes the first administrator. */
        SetupRequest: {
            /** @description Name to sign in with. */
            name: string;
            /** @description Password, at least 12 characters. */
            password: string;
            /** @description The one-time token that `yagura up` printed. */
            token: string;
        };
        /** @description Whether the first administrator is still to be made. */
        SetupWire: {
            /** @description True while nobody may sign in. */
            needed: boolean;
            /** @description Shortest password that is accepted, in characters. */
            password_chars_min: number;
        };
        /**
         * @description How bad a finding is. The numbers are OCSF's `severity_id`.
         * @enum {string}
         */
        Severity: "informational" | "low" | "medium" | "high" | "critical";
        /** @description Findings of one severity. */
        SeverityCount: {
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /** @description The severity. */
            severity: components["schemas"]["Severity"];
        };
        /** @description Findings with one status. */
        StatusCount: {
            /**
             * Format: int64
             * @description How many.
             */
            count: number;
            /** @description The status. */
            status: components["schemas"]["FindingStatus"];
        };
        /** @description What `GET /v1/stream` tells a client that was too slow. */
        StreamMissed: {
            /**
             * Format: int64
             * @description How many it missed since it was last told.
             */
            count: number;
            /** @description Of which topic. */
            topic: string;
        };
        /** @description A table that can be asked. */
        TableWire: {
            /** @description Its columns. */
            columns: components["schemas"]["ColumnWire"][];
            /** @description What is in it. */
            description: string;
            /** @description Its name in SQL. */
            name: string;
        };
        /** @description A technique's id, for example `T1059.004`. */
        Technique: string;
        /**
         * Format: date-time
         * @description RFC 3339, UTC, nanoseconds
         */
        Timestamp: string;
        /** @description A new API token with its secret, which is shown this once. */
        TokenCreated: {
            /** @description The secret, for `Authorization: Bearer`. */
            secret: string;
            /** @description The token. */
            token: components["schemas"]["ApiToken"];
        };
        /** @description Makes an API token. */
        TokenRequest: {
            expires?: null | components["schemas"]["Timestamp"];
            /** @description What it is for. */
            name: string;
            /** @description What it may do. */
            role: components["schemas"]["Role"];
        };
        /**
         * @description What becomes of images that were never scanned.
         * @enum {string}
         */
        Unknown: "deny" | "allow";
        /** @description Someone who may sign in. */
        User: {
            /** @description When they were added. */
            created: components["schemas"]["Timestamp"];
            /** @description Whether they are kept from signing in. */
            disabled: boolean;
            /** @description Random id. */
            id: string;
            /** @description Whether they have not chosen a password yet, or are to choose a new one. */
            invited: boolean;
            last_sign_in?: null | components["schemas"]["Timestamp"];
            /** @description Name to sign in with; case does not matter. */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
        };
        /** @description Changes something about someone. What is left out stays. */
        UserPatch: {
            /** @description Whether they are kept from signing in; ends their sessions. */
            disabled?: boolean | null;
            role?: null | components["schemas"]["Role"];
        };
        /** @description Invites someone. */
        UserRequest: {
            /** @description Name they sign in with. */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
        };
        /**
         * @description What an incident turned out to be.
         * @enum {string}
         */
        Verdict: "real" | "false" | "accepted";
        /** @description A known vulnerability of a package in an asset. */
        Vulnerability: {
            /** @description The asset it is in. */
            asset_id: string;
            /** @description That asset's name. */
            asset_name: string;
            /**
             * Format: double
             * @description Likelihood of exploitation within 30 days, 0 to 1.
             */
            epss?: number | null;
            /** @description The finding: its evidence is the proof. */
            finding_id: string;
            /** @description What became of the fix: `fixed`, `not_fixed`, `will_not_fix`, `end_of_life`, `unknown`. */
            fix_state: string;
            /** @description The version without it. */
            fixed_version?: string | null;
            /** @description Known to be exploited. */
            kev: boolean;
            /** @description Digest of the image layer that file is in. */
            layer?: string | null;
            /** @description The file that proves it is installed. */
            location: string;
            /** @description Name of the package. */
            package: string;
            /** @description Its package URL. */
            purl: string;
            /**
             * Format: double
             * @description Risk, 0 to 100: severity × exploited × exposed × in use.
             */
            risk: number;
            /**
             * Format: double
             * @description CVSS base score, 0 to 10.
             */
            score?: number | null;
            /** @description The distribution's severity, else that of the CVSS score. */
            severity: components["schemas"]["Severity"];
            /** @description What was decided about it. */
            status: components["schemas"]["FindingStatus"];
            /** @description What it is, in a line. */
            title: string;
            used?: null | components["schemas"]["PackageUse"];
            /** @description Its version. */
            version: string;
            /** @description CVE, or the advisory's own id. */
            vulnerability: string;
        };
        /** @description Open vulnerabilities and secrets in numbers. */
        VulnerabilityCounts: {
            /**
             * Format: int64
             * @description Of those, known to be exploited.
             */
            exploited: number;
            /**
             * Format: int64
             * @description Of those, fixed by a newer version.
             */
            fixable: number;
            /** @description Vulnerabilities by severity, the worst first; every severity is there. */
            open_by_severity: components["schemas"]["SeverityCount"][];
            /**
             * Format: int64
             * @description Secrets in files.
             */
            secrets: number;
            /**
             * Format: int64
             * @description Of those, in packages that are in use.
             */
            used: number;
        };
        /** @description A vulnerability with its proof. */
        VulnerabilityDetail: {
            /** @description The finding: its evidence is the proof, its status what was decided. */
            finding: components["schemas"]["Finding"];
            /** @description What it is and where. */
            vulnerability: components["schemas"]["Vulnerability"];
        };
        /** @description Vulnerabilities that have something in common. */
        VulnerabilityGroup: {
            /**
             * Format: int64
             * @description How many assets are affected.
             */
            assets: number;
            /**
             * Format: int64
             * @description How many there are.
             */
            count: number;
            /**
             * Format: int64
             * @description How many of them a newer version fixes.
             */
            fixable: number;
            /** @description What they have in common: the value to filter by. */
            key: string;
            /** @description How it is shown. */
            label: string;
            /**
             * Format: double
             * @description The highest risk.
             */
            risk_max: number;
            /** @description The worst severity. */
            severity_max: components["schemas"]["Severity"];
        };
        /**
         * @description By what vulnerabilities are grouped.
         * @enum {string}
         */
        VulnerabilityGrouping: "vulnerability" | "package" | "asset" | "image" | "layer";
        /** @description One page of vulnerabilities, the riskiest first. */
        VulnerabilityPage: {
            /** @description The vulnerabilities. */
            items: components["schemas"]["Vulnerability"][];
            /** @description Cursor of the next page; `None` on the last. */
            next?: string | null;
        };
        /** @description Who is told of findings. */
        Webhook: {
            /** @description When it was made. */
            created: components["schemas"]["Timestamp"];
            /** @description Who made it. */
            created_by: string;
            /** @description Whether it is told at present. */
            enabled: boolean;
            /** @description Whether it has a secret: then what it is told is signed with it. */
            has_secret: boolean;
            /** @description Random id. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description It is told of findings at least this severe. */
            severity_min: components["schemas"]["Severity"];
            /** @description In which form it is told. */
            shape: components["schemas"]["WebhookShape"];
            /**
             * Format: int64
             * @description Findings it was not told of because too many were waiting.
             */
            skipped: number;
            /** @description Where it is called. */
            url: string;
        };
        /** @description Sets everything about a webhook. */
        WebhookRequest: {
            /** @description Whether it is told. */
            enabled: boolean;
            /** @description What people call it. */
            name: string;
            /**
             * @description The secret with which messages are signed; PagerDuty's routing key. Left out, the one there is stays; empty, it is
             *     taken away.
             */
            secret?: string | null;
            /** @description It is told of findings at least this severe. */
            severity_min: components["schemas"]["Severity"];
            /** @description In which form it is told. */
            shape: components["schemas"]["WebhookShape"];
            /** @description Where it is called: `https://…`, or `http://…` inside one's own network. */
            url: string;
        };
        /**
         * @description In which form a webhook is told.
         * @enum {string}
         */
        WebhookShape: "generic" | "slack" | "teams" | "pagerduty";
        /** @description How a try went. */
        WebhookTested: {
            /** @description Whether the other side took it. */
            delivered: boolean;
            /** @description Why it did not. */
            reason?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    image_admit: {
        parameters: {
            query?: {
                /** @description Refuse images with an open vulnerability or malware at least this severe; `critical` when left out. */
                fail_on?: components["schemas"]["Severity"];
                /** @description Vulnerabilities without a fixed version do not count. */
                ignore_unfixed?: boolean;
                /** @description A scan older than this does not count: the image is unknown then. */
                max_age_hours?: number;
                /** @description What becomes of images that were never scanned; `deny` when left out. */
                unknown?: components["schemas"]["Unknown"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdmissionReview"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdmissionAnswer"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    advisories_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdvisoriesWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    asset_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Of this kind. */
                kind?: components["schemas"]["AssetKind"];
                /** @description Most assets to return: 1 to 999, 50 when left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetPage"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assignee_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_list: {
        parameters: {
            query?: {
                /** @description Rows with smaller numbers than this; `next` of the page before. */
                before?: number;
                /** @description Most rows to return: 1 to 1000, 50 when left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerdict"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delivery_list: {
        parameters: {
            query?: {
                /** @description Most deliveries to return: 1 to 1000, 50 when left out. */
                limit?: number;
                /** @description With this status. */
                status?: components["schemas"]["DeliveryStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delivery_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is sent again */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    event_schema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TableWire"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finding_list: {
        parameters: {
            query?: {
                /** @description On this asset. */
                asset_id?: string;
                /** @description In this container (short id). */
                container_id?: string;
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Of this kind. Left out: of every kind that happened; `vulnerability` and `secret` are listed when asked for. */
                kind?: components["schemas"]["FindingKind"];
                /** @description Most findings to return: 1 to 1000, 50 when left out. */
                limit?: number;
                /** @description In this order; `newest` when left out. */
                order?: components["schemas"]["FindingOrder"];
                /** @description Found by this rule. */
                rule?: string;
                /** @description At least this severe. */
                severity_min?: components["schemas"]["Severity"];
                /** @description That happened at this time or later. */
                since?: components["schemas"]["Timestamp"];
                /** @description With this status. */
                status?: components["schemas"]["FindingStatus"];
                /** @description With this ATT&CK technique or one of its sub-techniques. */
                technique?: string;
                /** @description With this text in title, message, rule, program or asset. */
                text?: string;
                /** @description That happened before this time. */
                until?: components["schemas"]["Timestamp"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FindingPage"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finding_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Finding"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finding_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FindingPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Finding"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finding_incident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FindingIncident"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finding_decide: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FindingsPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FindingsDecided"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hunt_run: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HuntRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The SQL is not understood */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many questions at once */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    image_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Of this kind; `image` when left out. */
                kind?: components["schemas"]["AssetKind"];
                /** @description Most to return: 1 to 999, 50 when left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImagePage"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    incident_metrics: {
        parameters: {
            query?: {
                /** @description 1 to 366, 30 when left out. */
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentMetrics"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    incident_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Most incidents to return: 1 to 1000, 50 when left out. */
                limit?: number;
                /** @description With this status. */
                status?: components["schemas"]["IncidentStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentPage"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    incident_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentDetail"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    incident_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IncidentPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    incident_comment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommentRequest"];
            };
        };
        responses: {
            /** @description Written down */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    incident_export: {
        parameters: {
            query: {
                /** @description The form. */
                format: components["schemas"]["ExportFormat"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    incident_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentGraph"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invitation_complete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    /** @description the session */
                    "set-cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionWire"];
                };
            };
            /** @description The token does not work */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invitation_ask: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationQuestion"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitedWire"];
                };
            };
            /** @description The token does not work */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    overview_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    package_list: {
        parameters: {
            query?: {
                /** @description In this asset. */
                asset_id?: string;
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description In this image layer. */
                layer?: string;
                /** @description Most packages to return: 1 to 1000, 50 when left out. */
                limit?: number;
                /** @description With exactly this name. */
                name?: string;
                /** @description Of this type: `deb`, `npm`, `maven` … */
                package_type?: string;
                /** @description Whose package URL begins so. */
                purl?: string;
                /** @description With this text in name or package URL. */
                text?: string;
                /** @description Only those that are in use. */
                used?: boolean;
                /** @description With exactly this version. */
                version?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePage"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    password_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    /** @description the new session */
                    "set-cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The new password is too short, or the present one is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proof_list: {
        parameters: {
            query?: {
                /** @description Most proofs to return: 1 to 1000, 50 when left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proof"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proof_record: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Proof"][];
            };
        };
        responses: {
            /** @description Recorded */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedQuery"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedQueryRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedQuery"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_file_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleFileVersion"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_file_get: {
        parameters: {
            query?: {
                /** @description Number of the version; without it the newest. */
                version?: number;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleFile"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_file_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleFileRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleFile"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Somebody else saved it meanwhile */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The rules have errors */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_file_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Other rules need what is in it */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_file_versions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleFileVersion"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulesView"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RulePatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleInfo"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_lint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LintRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiagnosticWire"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rule_trial: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleTrialRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleTrial"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many questions at once */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scan_schedule_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanSchedule"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scan_schedule_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScanScheduleRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanSchedule"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The target has one */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scan_schedule_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scan_list: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Most scans to return: 1 to 1000, 50 when left out. */
                limit?: number;
                /** @description Of this target. */
                target?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanPageWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scan_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScanRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many scans wait */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scan_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scan_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is over already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sensor_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SensorStatus"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    /** @description the session */
                    "set-cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionWire"];
                };
            };
            /** @description Name or password is wrong */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setup_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupWire"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setup_complete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    /** @description the session */
                    "set-cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionWire"];
                };
            };
            /** @description Set-up is done */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_open: {
        parameters: {
            query?: {
                /** @description Topics, separated by commas: `finding`, `event`, `sensor`. Left out: `finding,sensor`. */
                topics?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many streams */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    token_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiToken"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    token_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenCreated"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    token_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Oneself, or the last administrator */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Oneself, or the last administrator */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_reset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationWire"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Oneself, or the last administrator */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    vulnerability_list: {
        parameters: {
            query?: {
                /** @description In this asset. */
                asset_id?: string;
                /** @description In assets of this kind. */
                asset_kind?: components["schemas"]["AssetKind"];
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Only those known to be exploited. */
                exploited?: boolean;
                /** @description Only those that a newer version fixes. */
                fixable?: boolean;
                /** @description In this image layer. */
                layer?: string;
                /** @description Most vulnerabilities to return: 1 to 1000, 50 when left out. */
                limit?: number;
                /** @description In the package of this name. */
                package?: string;
                /** @description At least this severe. */
                severity_min?: components["schemas"]["Severity"];
                /** @description With this status; `open` when left out. */
                status?: components["schemas"]["FindingStatus"];
                /** @description With this text in id, title, package or package URL. */
                text?: string;
                /** @description Only those in packages that are in use. */
                used?: boolean;
                /** @description With this id. */
                vulnerability?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VulnerabilityPage"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    vulnerability_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VulnerabilityDetail"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    vulnerability_group_list: {
        parameters: {
            query: {
                /** @description In this asset. */
                asset_id?: string;
                /** @description In assets of this kind. */
                asset_kind?: components["schemas"]["AssetKind"];
                /** @description By what. */
                by: components["schemas"]["VulnerabilityGrouping"];
                /** @description Only those known to be exploited. */
                exploited?: boolean;
                /** @description Only those that a newer version fixes. */
                fixable?: boolean;
                /** @description At least this severe. */
                severity_min?: components["schemas"]["Severity"];
                /** @description With this status; `open` when left out. */
                status?: components["schemas"]["FindingStatus"];
                /** @description With this text in id, title, package or package URL. */
                text?: string;
                /** @description Only those in packages that are in use. */
                used?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VulnerabilityGroup"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"][];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_update: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than 1 MiB */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A value is not accepted */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTested"];
                };
            };
            /** @description No valid session or API token */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The role is too low, or a change by cookie lacks its header */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Anything else that went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
