-- Findings that belong together, and what they share.

CREATE TABLE incidents (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    severity BIGINT NOT NULL,
    asset_name TEXT NOT NULL,
    status TEXT NOT NULL,
    verdict TEXT,
    reason TEXT,
    assignee TEXT,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    detected BIGINT NOT NULL,
    acknowledged BIGINT,
    closed BIGINT,
    closed_by TEXT,
    findings BIGINT NOT NULL
);
CREATE INDEX incidents_newest ON incidents (last_seen, id);
CREATE INDEX incidents_by_status ON incidents (status, last_seen, id);

CREATE TABLE incident_findings (
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    finding_id TEXT NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    PRIMARY KEY (incident_id, finding_id)
);
CREATE INDEX incident_findings_by_finding ON incident_findings (finding_id);

CREATE TABLE incident_entities (
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    label TEXT NOT NULL,
    findings BIGINT NOT NULL,
    PRIMARY KEY (incident_id, kind, value)
);
CREATE INDEX incident_entities_by_value ON incident_entities (kind, value);

CREATE TABLE incident_comments (
    id TEXT NOT NULL PRIMARY KEY,
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    time BIGINT NOT NULL
);
CREATE INDEX incident_comments_by_incident ON incident_comments (incident_id, time);
