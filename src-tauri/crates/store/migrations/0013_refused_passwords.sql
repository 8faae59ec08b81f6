-- Which passwords were refused lately, so that none is sent again by mistake. Only a keyed hash of
-- server, account and password; the key is elsewhere. Rows go when they are half an hour old.
CREATE TABLE refused_passwords (
    hash       BLOB PRIMARY KEY CHECK (length(hash) = 32),
    refused_at TEXT NOT NULL -- RFC 3339, UTC
) STRICT, WITHOUT ROWID;
