use axum::http::StatusCode;
use serde_json::{Value, json};
use yagura_state::Role;

use crate::harness::{Answer, Harness, at, request};

async fn call(harness: &Harness, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let body = body.map(|body| body.to_string());
    harness.send(request(method, path, &[("authorization", token)], body.as_deref())).await
}

#[tokio::test]
async fn findings_are_listed_shown_and_decided() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Responder).await;
    let shell = harness.finding("shell").await;
    harness.finding("other").await;
    let page = call(&harness, &token, "get", "/v1/findings?limit=1&severity_min=medium&order=newest", None)
        .await
        .json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    let cursor = page["next"].as_str().expect("more");
    let page = call(
        &harness,
        &token,
        "get",
        &format!("/v1/findings?limit=1&severity_min=medium&cursor={cursor}"),
        None,
    )
    .await;
    assert_eq!(page.json()["next"], Value::Null);
    for bad in ["status=none", "cursor=x", "limit=-1", "since=yesterday"] {
        let answer = call(&harness, &token, "get", &format!("/v1/findings?{bad}"), None).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}: {}", answer.text);
    }
    let since =
        call(&harness, &token, "get", "/v1/findings?since=2030-01-01T00:00:00Z&technique=T1059", None).await;
    assert_eq!(since.json()["items"], json!([]));

    let path = format!("/v1/findings/{}", shell.id);
    assert_eq!(call(&harness, &token, "get", &path, None).await.json()["rule"], "shell");
    let until = at(3600).to_rfc3339();
    let patch = json!({ "status": "accepted", "reason": "known", "accepted_until": until });
    let decided = call(&harness, &token, "patch", &path, Some(patch)).await.json();
    assert_eq!((&decided["status"], &decided["accepted_until"]), (&json!("accepted"), &json!(until)));
    harness.wait(3600);
    assert_eq!(call(&harness, &token, "get", &path, None).await.json()["status"], "open", "acceptance ended");
    let answer = call(&harness, &token, "patch", &path, Some(json!({ "status": "false" }))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "no reason");
    assert_eq!(call(&harness, &token, "get", "/v1/findings/../x", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_overview_names_what_to_do_next() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    harness.finding("shell").await;
    harness.wait(5);
    let overview = call(&harness, &token, "get", "/v1/overview", None).await.json();
    assert_eq!(overview["version"], "1.2.3");
    assert_eq!(overview["uptime_ms"], 5000);
    assert_eq!(overview["rules"]["enabled"], 1);
    assert_eq!(overview["findings"]["open_by_severity"][1], json!({ "severity": "high", "count": 1 }));
    assert_eq!(overview["findings"]["by_hour"][0]["count"], 1);
    let steps: Vec<&str> = overview["next_steps"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|step| step["code"].as_str())
        .collect();
    assert_eq!(steps, ["start_sensor", "fix_rules", "review_findings", "run_verify"]);
}

#[tokio::test]
async fn rules_are_shown_switched_and_checked() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Analyst).await;
    let path = "/v1/rules/Shell%20in%20%2F%20container";
    let rule = call(&harness, &token, "get", path, None).await.json();
    assert_eq!(rule["source"], "- rule: Shell in / container\n");
    let switched = call(&harness, &token, "patch", path, Some(json!({ "enabled": false }))).await;
    assert_eq!(switched.json()["enabled"], false);
    assert_eq!(harness.state.rule_setting_list().await.expect("listed").len(), 1);
    let missing = call(&harness, &token, "patch", "/v1/rules/none", Some(json!({ "enabled": false }))).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let checked = call(&harness, &token, "post", "/v1/rules/lint", Some(json!({ "text": "- rule:" }))).await;
    assert_eq!(checked.json()[0]["code"], "unknown_field");
    assert_eq!(call(&harness, &token, "get", "/v1/rules", None).await.json()["rules"][0]["enabled"], false);
}

#[tokio::test]
async fn rule_files_are_saved_put_in_force_and_kept_with_their_versions() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Analyst).await;
    let in_force = || harness.system.rule_files.lock().expect("no panic").clone();
    let put = |text: &str, based_on: i64| {
        let body = json!({ "text": text, "note": "why", "based_on": based_on });
        let (harness, token) = (&harness, &token);
        async move { call(harness, token, "put", "/v1/rule-files/mine", Some(body)).await }
    };

    let bad = put("bad", 0).await;
    assert_eq!(
        (bad.status, &bad.json()["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("rules_have_errors"))
    );
    assert_eq!(in_force(), [], "what has errors is not saved");
    let first = put("good 1", 0).await.json();
    assert_eq!(
        (&first["version"], &first["text"], &first["note"]),
        (&json!(1), &json!("good 1"), &json!("why"))
    );
    assert_eq!(put("good 2", 1).await.json()["version"], 2);
    assert_eq!(put("good 3", 1).await.status, StatusCode::CONFLICT, "somebody saved meanwhile");
    assert_eq!(in_force(), [("mine".to_owned(), "good 2".to_owned())]);

    let one = call(&harness, &token, "get", "/v1/rule-files/mine?version=1", None).await.json();
    assert_eq!(one["text"], "good 1");
    let deleted = call(&harness, &token, "delete", "/v1/rule-files/mine", None).await;
    assert_eq!((deleted.status, in_force()), (StatusCode::NO_CONTENT, Vec::new()));
    assert_eq!(
        call(&harness, &token, "get", "/v1/rule-files/mine", None).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(put("good 1", 3).await.json()["version"], 4, "a version brings it back");
    let versions = call(&harness, &token, "get", "/v1/rule-files/mine/versions", None).await.json();
    let deletions: Vec<bool> =
        versions.as_array().expect("a list").iter().filter_map(|one| one["deleted"].as_bool()).collect();
    assert_eq!(deletions, [false, true, false, false]);
    assert_eq!(call(&harness, &token, "get", "/v1/rule-files", None).await.json()[0]["version"], 4);

    for name in ["a%2Fb", ".hidden", "..", "a%20b", &"x".repeat(101)] {
        let body = json!({ "text": "good" });
        let answer = call(&harness, &token, "put", &format!("/v1/rule-files/{name}"), Some(body)).await;
        assert!(answer.status.is_client_error(), "{name}: {}", answer.status);
    }
    let long = json!({ "text": format!("good {}", "x".repeat(600_000)) });
    let answer = call(&harness, &token, "put", "/v1/rule-files/long", Some(long)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for days in [0, 31] {
        let body = json!({ "text": "good", "days": days });
        let answer = call(&harness, &token, "post", "/v1/rules/trial", Some(body)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{days} days");
    }
}

#[tokio::test]
async fn an_incident_is_taken_away_in_every_form_and_measured() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Responder).await;
    let mut one = crate::harness::finding("Shell | in *container*");
    one.evidence = vec![yagura_event::Evidence {
        time: at(1),
        message: "a shell".to_owned(),
        fields: serde_json::Map::new(),
        event: json!({ "process": { "name": "nc", "pid": 9, "uid": "9-1", "cmd_line": "nc 198.51.100.3", "user": { "name": "root" },
            "file": { "path": "/bin/nc" } }, "dst_endpoint": { "ip": "198.51.100.3" }, "type_uid": 100_701 }),
        explanation: None,
    }];
    harness.state.finding_record(std::slice::from_ref(&one)).await.expect("recorded");
    let incident = harness.state.incident_of(&one.id).await.expect("looked").expect("has one").id;
    let path = format!("/v1/incidents/{incident}");
    let patch = |body: Value| {
        let (harness, token, path) = (&harness, &token, &path);
        async move { call(harness, token, "patch", path, Some(body)).await }
    };
    assert_eq!(
        patch(json!({ "action": "link", "title": "t", "url": "javascript:x" })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        patch(json!({ "action": "link", "title": "ticket", "url": "https://t.example/1" })).await.status,
        StatusCode::OK
    );
    assert_eq!(
        patch(json!({ "action": "assign", "name": "nobody" })).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let export = |format: &str| {
        let path = format!("{path}/export?format={format}");
        let (harness, token) = (&harness, &token);
        async move { call(harness, token, "get", &path, None).await }
    };
    let markdown = export("markdown").await.text;
    assert!(
        markdown.contains(r"Shell \| in \*container\*") && markdown.contains("<https://t.example/1>"),
        "{markdown}"
    );
    assert_eq!(export("json").await.json()["findings"][0]["evidence"][0]["message"], "a shell");
    let ocsf = export("ocsf").await.json();
    assert_eq!(
        (&ocsf["class_uid"], &ocsf["type_uid"], &ocsf["status_id"]),
        (&json!(2005), &json!(200_501), &json!(1))
    );
    let stix = export("stix").await.json();
    let objects = stix["objects"].as_array().expect("objects");
    let ids: Vec<&str> = objects.iter().filter_map(|object| object["id"].as_str()).collect();
    for object in objects {
        for reference in ["source_ref", "target_ref", "created_by_ref", "creator_user_ref", "image_ref"] {
            if let Some(id) = object[reference].as_str() {
                assert!(ids.contains(&id), "{reference} {id}");
            }
        }
    }
    // An address has the same identifier whoever writes it: version 5 of {"value":"198.51.100.3"} in the namespace of STIX.
    let address = objects.iter().find(|object| object["type"] == "ipv4-addr").expect("the address");
    assert_eq!(address["id"], "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
    assert_eq!(export("yaml").await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let graph = call(&harness, &token, "get", &format!("{path}/graph"), None).await.json();
    assert!(graph["nodes"].as_array().is_some_and(|nodes| nodes.len() >= 3), "{graph}");
    let metrics = call(&harness, &token, "get", "/v1/incident-metrics?days=7", None).await.json();
    assert_eq!((metrics["days"].as_array().map(Vec::len), &metrics["detected"]), (Some(7), &json!(1)));
    assert_eq!(
        call(&harness, &token, "get", "/v1/incident-metrics?days=0", None).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(call(&harness, &token, "get", "/v1/assignees", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn hunts_answer_within_their_ceilings() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Analyst).await;
    for (limit, rows_max) in [(json!(null), 1000), (json!(7), 7), (json!(0), 1), (json!(1_000_000), 10_000)] {
        let body = json!({ "sql": "SELECT 1", "limit": limit });
        let answer = call(&harness, &token, "post", "/v1/hunt", Some(body)).await.json();
        assert_eq!(answer["rows"], json!([[rows_max]]), "{limit}");
    }
    let answer = call(&harness, &token, "post", "/v1/hunt", Some(json!({ "sql": "bad" }))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["hint"], "see the schema");
    let answer = call(&harness, &token, "post", "/v1/hunt", Some(json!({ "sql": "x".repeat(65_537) }))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn queries_tokens_and_proofs_are_kept_and_written_down() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Admin).await;
    let query = json!({ "name": "all", "sql": "SELECT * FROM events" });
    let created = call(&harness, &token, "post", "/v1/queries", Some(query.clone())).await;
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(call(&harness, &token, "post", "/v1/queries", Some(query)).await.status, StatusCode::CONFLICT);
    let id = created.json()["id"].as_str().expect("an id").to_owned();
    let deleted = call(&harness, &token, "delete", &format!("/v1/queries/{id}"), None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);

    let made =
        call(&harness, &token, "post", "/v1/tokens", Some(json!({ "name": "ci", "role": "viewer" }))).await;
    let secret = format!("Bearer {}", made.json()["secret"].as_str().expect("a secret"));
    let who = call(&harness, &secret, "get", "/v1/session", None).await.json();
    assert_eq!((&who["name"], &who["kind"], &who["role"]), (&json!("ci"), &json!("token"), &json!("viewer")));
    let listed = call(&harness, &token, "get", "/v1/tokens", None).await;
    assert!(!listed.text.contains(made.json()["secret"].as_str().expect("a secret")));
    let id = made.json()["token"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        call(&harness, &token, "delete", &format!("/v1/tokens/{id}"), None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(call(&harness, &secret, "get", "/v1/session", None).await.status, StatusCode::UNAUTHORIZED);

    let proof = json!([{ "emulation": "T1059-shell", "technique": "T1059", "rule": "shell", "seen": true,
        "blocked": false, "latency_ms": 12, "time": at(0).to_rfc3339() }]);
    assert_eq!(
        call(&harness, &token, "post", "/v1/proofs", Some(proof)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(call(&harness, &token, "get", "/v1/proofs", None).await.json()[0]["latency_ms"], 12);

    let trail = call(&harness, &token, "get", "/v1/audit?limit=5", None).await.json();
    let actions: Vec<&str> =
        trail["items"].as_array().expect("rows").iter().filter_map(|row| row["action"].as_str()).collect();
    assert_eq!(actions, ["proof_record", "token_delete", "token_create", "query_delete", "query_create"]);
    let verdict = call(&harness, &token, "get", "/v1/audit/verify", None).await.json();
    assert_eq!(verdict["broken_at"], Value::Null);
}

#[tokio::test]
async fn metrics_and_the_description_are_served() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    let metrics = call(&harness, &token, "get", "/v1/metrics", None).await;
    assert!(metrics.text.starts_with("yagura_events_total 7\n"));
    assert!(metrics.text.contains("\nyagura_api_requests_total 1\n"), "{}", metrics.text);
    let document = call(&harness, &token, "get", "/v1/openapi.json", None).await.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(call(&harness, &token, "get", "/v1/sensor", None).await.json()["mode"], "off");
    assert_eq!(call(&harness, &token, "get", "/v1/events/schema", None).await.json(), json!([]));
    assert_eq!(call(&harness, &token, "get", "/v1/assets", None).await.json()["items"], json!([]));
}
