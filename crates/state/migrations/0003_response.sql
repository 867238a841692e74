-- Who is told of findings, and what was told. A delivery is written in the transaction that writes its finding: none is
-- forgotten, whatever happens in between.

CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    shape TEXT NOT NULL,
    secret TEXT,
    severity_min BIGINT NOT NULL,
    enabled BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    skipped BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    finding_id TEXT NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_try BIGINT NOT NULL,
    last_error TEXT,
    created BIGINT NOT NULL,
    finished BIGINT
);
CREATE INDEX deliveries_due ON deliveries (status, next_try);
CREATE INDEX deliveries_newest ON deliveries (created, id);
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, status);
CREATE INDEX deliveries_by_finding ON deliveries (finding_id);
