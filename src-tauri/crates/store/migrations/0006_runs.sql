-- Check runs. They outlive their organization: its name is kept with them.
CREATE TABLE runs (
    number            INTEGER PRIMARY KEY AUTOINCREMENT,
    id                TEXT    NOT NULL UNIQUE,
    organization_id   INTEGER REFERENCES organizations (id) ON DELETE SET NULL,
    organization_name TEXT,
    state             TEXT    NOT NULL,
    cause             TEXT,
    message           TEXT,
    started_at        TEXT    NOT NULL,
    finished_at       TEXT,
    ews_url           TEXT    NOT NULL,
    account           TEXT    NOT NULL,
    auth              TEXT    NOT NULL,
    scope             TEXT    NOT NULL,
    fingerprint       TEXT    NOT NULL,
    draft             INTEGER NOT NULL,
    server_version    TEXT,
    options           TEXT    NOT NULL, -- JSON: what the run needs to go on later
    steps             TEXT    NOT NULL DEFAULT '[]', -- JSON, as the next four
    certificates      TEXT    NOT NULL DEFAULT '[]',
    offered           TEXT    NOT NULL DEFAULT '[]',
    warnings          TEXT    NOT NULL DEFAULT '[]',
    summary           TEXT    NOT NULL DEFAULT '{}',
    applied_at        TEXT    -- when Save applied its results to the users
) STRICT;

CREATE INDEX runs_organization ON runs (organization_id, number);
CREATE INDEX runs_running ON runs (state) WHERE state = 'running';
