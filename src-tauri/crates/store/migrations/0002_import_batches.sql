-- Batches of users that were added together, so that one can be taken back.
CREATE TABLE import_batches (
    id              INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: an old undo stays harmless
    organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    created_at      TEXT    NOT NULL
) STRICT;

CREATE INDEX import_batches_organization ON import_batches (organization_id);
