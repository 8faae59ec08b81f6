-- Users. Ids are never used twice, so that results of old runs never point at someone else.
CREATE TABLE users (
    id                       INTEGER PRIMARY KEY AUTOINCREMENT,
    organization_id          INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name                     TEXT    NOT NULL,
    name_key                 TEXT    NOT NULL, -- lower case, for sorting
    address                  TEXT    NOT NULL, -- as first spelled
    address_key              TEXT    NOT NULL, -- lower case
    upn                      TEXT,
    sid                      TEXT,
    kind                     TEXT,
    aliases                  TEXT    NOT NULL DEFAULT '[]', -- JSON array
    tags                     TEXT    NOT NULL DEFAULT '',
    search_key               TEXT    NOT NULL, -- name, address, UPN and tags in lower case, a line each
    in_scope                 INTEGER NOT NULL DEFAULT 1,
    must_refuse              INTEGER NOT NULL DEFAULT 0,
    synchronization_disabled INTEGER NOT NULL DEFAULT 0,
    sync_access              TEXT    NOT NULL DEFAULT 'not_activated',
    last_verdict             TEXT,
    last_cause               TEXT,
    last_message             TEXT,
    last_checked_at          TEXT,
    last_good_at             TEXT,
    import_batch             INTEGER REFERENCES import_batches (id) ON DELETE SET NULL,
    created_at               TEXT    NOT NULL,
    updated_at               TEXT    NOT NULL,
    deleted_at               TEXT
) STRICT;

-- One live user per address and organization; also: sort by address.
CREATE UNIQUE INDEX users_address ON users (organization_id, address_key) WHERE deleted_at IS NULL;
-- Which organization has this address.
CREATE INDEX users_lookup ON users (address_key) WHERE deleted_at IS NULL;
-- One index a sort order. The rowid closes each, so that pages are stable in both directions.
CREATE INDEX users_added ON users (organization_id) WHERE deleted_at IS NULL;
CREATE INDEX users_name ON users (organization_id, name_key) WHERE deleted_at IS NULL;
CREATE INDEX users_sync_access ON users (organization_id, sync_access) WHERE deleted_at IS NULL;
CREATE INDEX users_last_verdict ON users (organization_id, last_verdict) WHERE deleted_at IS NULL;
CREATE INDEX users_last_checked ON users (organization_id, last_checked_at) WHERE deleted_at IS NULL;
CREATE INDEX users_import_batch ON users (import_batch) WHERE import_batch IS NOT NULL;
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;
-- Parents of foreign keys; deleted rows included.
CREATE INDEX users_organization ON users (organization_id);
