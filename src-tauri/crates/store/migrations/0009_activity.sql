-- Who changed what. Each entry's hash covers the one before, so that a changed entry shows.
-- The organization is a weak reference: its id is part of what was hashed.
CREATE TABLE activity (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    at                TEXT    NOT NULL,
    changed_by        TEXT    NOT NULL,
    kind              TEXT    NOT NULL,
    details           TEXT    NOT NULL,
    organization_id   INTEGER,
    organization_name TEXT,
    undo              TEXT, -- JSON: how to take it back
    undone_at         TEXT, -- not hashed: set later
    previous_hash     TEXT    NOT NULL,
    hash              TEXT    NOT NULL
) STRICT;

CREATE INDEX activity_organization ON activity (organization_id, id);
CREATE INDEX activity_kind ON activity (kind, id);
