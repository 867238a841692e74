-- When an incident last saw a thing it is about: the incidents that may take a finding are found by it, however many
-- there are.

ALTER TABLE incident_entities ADD COLUMN last_seen BIGINT NOT NULL DEFAULT 0;
UPDATE incident_entities SET last_seen =
    (SELECT incidents.last_seen FROM incidents WHERE incidents.id = incident_entities.incident_id);
DROP INDEX incident_entities_by_value;
CREATE INDEX incident_entities_by_value ON incident_entities (kind, value, last_seen, incident_id);
