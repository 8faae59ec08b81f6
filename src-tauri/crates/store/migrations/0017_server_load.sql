-- What a run did to its server over time, and what a sample was drawn from.
ALTER TABLE runs ADD COLUMN load TEXT NOT NULL DEFAULT '{}'; -- JSON
ALTER TABLE runs ADD COLUMN population INTEGER;              -- of a sample only: mailboxes it was drawn from

-- How many connections the server of an organization seems to allow.
CREATE TABLE learned_loads (
    organization_id INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    allowed         INTEGER NOT NULL CHECK (allowed BETWEEN 1 AND 27),
    ews_url         TEXT    NOT NULL, -- of another server it says nothing
    learned_at      TEXT    NOT NULL
) STRICT;
