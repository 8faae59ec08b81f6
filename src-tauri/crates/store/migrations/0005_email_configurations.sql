-- What is saved under Email Configuration. The access type is the organization's; the password
-- is in the key store of the machine and never here.
CREATE TABLE email_configurations (
    organization_id    INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    account_logon      TEXT    NOT NULL,
    ews_url            TEXT    NOT NULL,
    url_origin         TEXT    NOT NULL,
    authentication     TEXT    NOT NULL,
    trust_kind         TEXT    NOT NULL CHECK (trust_kind IN ('system', 'ca', 'pin')),
    trust_pem          TEXT,
    trust_name         TEXT,
    trust_pin          TEXT,
    identify_by        TEXT    NOT NULL,
    password_mode      TEXT    NOT NULL DEFAULT 'none' CHECK (password_mode IN ('none', 'stored', 'ask')),
    password_set_at    TEXT,
    password_proven_at TEXT,
    secret_version     INTEGER NOT NULL DEFAULT 0,
    fingerprint        TEXT    NOT NULL,
    updated_at         TEXT    NOT NULL
) STRICT;
