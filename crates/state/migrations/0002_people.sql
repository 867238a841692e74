-- People are invited: they choose their password themselves, with a token that works once.

ALTER TABLE users ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN last_sign_in BIGINT;

CREATE TABLE invitations (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires BIGINT NOT NULL
);
CREATE INDEX invitations_by_user ON invitations (user_id);
