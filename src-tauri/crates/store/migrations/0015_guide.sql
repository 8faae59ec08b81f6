-- Names that commands are filled in with, and which steps of the guides are done.
CREATE TABLE exchange_names (
    organization_id INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    names           TEXT    NOT NULL -- JSON: contract::ExchangeNames
) STRICT;

CREATE TABLE guide_steps (
    organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    guide           TEXT    NOT NULL,
    step            TEXT    NOT NULL,
    done_at         TEXT    NOT NULL, -- RFC 3339, UTC
    PRIMARY KEY (organization_id, guide, step)
) STRICT, WITHOUT ROWID;
