-- Organizations. A deleted one stays for a while so that it can be restored; names and
-- External Ids are unique among those that are not deleted.
PRAGMA application_id = 1431194707; -- "UNDS": tells our file from any other SQLite database

CREATE TABLE organizations (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    name            TEXT    NOT NULL,
    name_key        TEXT    NOT NULL, -- lower case, for comparing and sorting
    external_id     TEXT    NOT NULL,
    access_type     TEXT    NOT NULL,
    platform        TEXT    NOT NULL,
    enabled         INTEGER NOT NULL DEFAULT 1,
    is_default      INTEGER NOT NULL DEFAULT 0,
    concurrency     INTEGER NOT NULL DEFAULT 0, -- 0: automatic
    timeout_seconds INTEGER NOT NULL DEFAULT 30,
    folders         TEXT    NOT NULL DEFAULT '["inbox"]', -- JSON array
    host_pattern    TEXT    NOT NULL DEFAULT '',
    notes           TEXT    NOT NULL DEFAULT '',
    created_at      TEXT    NOT NULL,
    updated_at      TEXT    NOT NULL,
    deleted_at      TEXT
) STRICT;

CREATE UNIQUE INDEX organizations_name ON organizations (name_key) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX organizations_external_id
    ON organizations (external_id COLLATE NOCASE) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX organizations_default ON organizations (is_default) WHERE is_default = 1;
CREATE INDEX organizations_deleted ON organizations (deleted_at) WHERE deleted_at IS NOT NULL;
