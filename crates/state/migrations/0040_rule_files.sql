-- Rule files that are kept here rather than in a folder, each with its versions. A version without text says that the
-- file was deleted; the newest version of a name is the one in force.

CREATE TABLE rule_files (
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT,
    note TEXT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (name, version)
);
