-- Addresses that people put to an incident: a ticket, a report, another incident.

CREATE TABLE incident_links (
    id TEXT NOT NULL PRIMARY KEY,
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT NOT NULL
);
CREATE INDEX incident_links_by_incident ON incident_links (incident_id, created);
