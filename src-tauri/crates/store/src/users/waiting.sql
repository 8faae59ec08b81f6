-- place: in the order of the list. address_key and what follows: of rows that are to be added.
CREATE TABLE rows (
    place         INTEGER PRIMARY KEY,
    line          INTEGER NOT NULL,
    address       TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    kind          TEXT,
    grp           TEXT    NOT NULL,
    reason        TEXT,
    address_key   TEXT,
    upn           TEXT,
    sid           TEXT,
    aliases       TEXT,
    tags          TEXT,
    must_refuse   INTEGER NOT NULL,
    location      TEXT,
    exchange_guid BLOB
) STRICT;
CREATE INDEX rows_group ON rows (grp);

-- The first row with an address, and whether it is left out for another one.
CREATE TABLE claims (
    address_key TEXT    PRIMARY KEY,
    line        INTEGER NOT NULL,
    gave_way    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Who has an address among the further ones.
CREATE TABLE owners (
    alias_key TEXT PRIMARY KEY,
    owner     TEXT NOT NULL,
    owner_key TEXT NOT NULL
) STRICT, WITHOUT ROWID;
