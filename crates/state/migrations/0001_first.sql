-- Times are nanoseconds since 1970. Lists and maps are JSON text. Written so that PostgreSQL reads it as well.

CREATE TABLE findings (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    severity BIGINT NOT NULL,
    confidence BIGINT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_source TEXT NOT NULL,
    techniques TEXT NOT NULL,
    tags TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    asset_name TEXT NOT NULL,
    container_id TEXT,
    process_path TEXT,
    user_name TEXT,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    occurrences BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    status_time BIGINT NOT NULL,
    accepted_until BIGINT,
    remediation TEXT,
    evidence TEXT NOT NULL
);
CREATE INDEX findings_newest ON findings (last_seen, id);
CREATE INDEX findings_worst ON findings (severity, last_seen, id);
CREATE INDEX findings_most ON findings (occurrences, id);
CREATE INDEX findings_by_status ON findings (status, severity, last_seen, id);
CREATE INDEX findings_by_status_newest ON findings (status, last_seen, id);
CREATE INDEX findings_by_status_rule ON findings (status, rule, severity, occurrences);
CREATE INDEX findings_by_rule ON findings (rule, last_seen, id);
CREATE INDEX findings_by_asset ON findings (asset_id, last_seen, id);
CREATE INDEX findings_by_container ON findings (container_id, last_seen, id);
CREATE INDEX findings_accepted ON findings (accepted_until) WHERE status = 'accepted';

CREATE TABLE finding_techniques (
    technique TEXT NOT NULL,
    finding_id TEXT NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    PRIMARY KEY (technique, finding_id)
);
CREATE INDEX finding_techniques_by_finding ON finding_techniques (finding_id);

CREATE TABLE finding_hours (
    hour BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    occurrences BIGINT NOT NULL,
    PRIMARY KEY (hour, severity)
);

CREATE TABLE assets (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    facts TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE sessions (
    id_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires BIGINT,
    last_used BIGINT
);

CREATE TABLE setup_tokens (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    expires BIGINT NOT NULL
);

CREATE TABLE rule_settings (
    name TEXT NOT NULL PRIMARY KEY,
    enabled BOOLEAN NOT NULL
);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE saved_queries (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

CREATE TABLE proofs (
    id TEXT NOT NULL PRIMARY KEY,
    emulation TEXT NOT NULL,
    technique TEXT,
    rule TEXT,
    seen BOOLEAN NOT NULL,
    blocked BOOLEAN NOT NULL,
    latency_ms BIGINT,
    detail TEXT NOT NULL,
    time BIGINT NOT NULL
);
CREATE INDEX proofs_newest ON proofs (time, id);
CREATE INDEX proofs_by_emulation ON proofs (emulation, time, id);

-- Each row's hash covers the hash of the row before it: a row that is changed, added or taken out in between shows.
CREATE TABLE audit (
    number BIGINT NOT NULL PRIMARY KEY,
    time BIGINT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);
