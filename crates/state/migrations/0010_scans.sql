-- Scans of what is installed: when, of what, and what stands in each asset since the latest one.

CREATE TABLE scans (
    id TEXT NOT NULL PRIMARY KEY,
    target TEXT NOT NULL,
    asset_id TEXT,
    status TEXT NOT NULL,
    started BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    finished BIGINT,
    packages BIGINT NOT NULL,
    vulnerabilities BIGINT NOT NULL,
    secrets BIGINT NOT NULL,
    malware BIGINT NOT NULL,
    problems BIGINT NOT NULL,
    advisories TEXT,
    detail TEXT NOT NULL
);
CREATE INDEX scans_newest ON scans (started, id);
CREATE INDEX scans_by_target ON scans (target, started);

CREATE TABLE scan_schedules (
    id TEXT NOT NULL PRIMARY KEY,
    target TEXT NOT NULL UNIQUE,
    every_hours BIGINT NOT NULL,
    next BIGINT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

-- What the latest scan of an asset found installed.
CREATE TABLE packages (
    asset_id TEXT NOT NULL,
    purl TEXT NOT NULL,
    location TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    package_type TEXT NOT NULL,
    layer TEXT,
    owned_by TEXT,
    licences TEXT NOT NULL,
    used TEXT,
    PRIMARY KEY (asset_id, purl, location)
);
CREATE INDEX packages_by_name ON packages (name, version, asset_id);

-- What is particular to a finding of kind `vulnerability`.
CREATE TABLE vulnerabilities (
    finding_id TEXT NOT NULL PRIMARY KEY REFERENCES findings (id) ON DELETE CASCADE,
    asset_id TEXT NOT NULL,
    vulnerability TEXT NOT NULL,
    package TEXT NOT NULL,
    version TEXT NOT NULL,
    purl TEXT NOT NULL,
    location TEXT NOT NULL,
    layer TEXT,
    fixed_version TEXT,
    fix_state TEXT NOT NULL,
    score DOUBLE PRECISION,
    kev BOOLEAN NOT NULL,
    epss DOUBLE PRECISION,
    used TEXT,
    risk DOUBLE PRECISION NOT NULL
);
CREATE INDEX vulnerabilities_by_risk ON vulnerabilities (risk, finding_id);
CREATE INDEX vulnerabilities_by_asset ON vulnerabilities (asset_id, risk, finding_id);
CREATE INDEX vulnerabilities_by_package ON vulnerabilities (package, risk, finding_id);
CREATE INDEX vulnerabilities_by_id ON vulnerabilities (vulnerability, risk, finding_id);
