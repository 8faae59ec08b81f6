-- Microsoft OAuth: the fields of its access types, who is signed in, and what is kept for that.

ALTER TABLE email_configurations ADD COLUMN modern TEXT NOT NULL DEFAULT '{}'; -- JSON
-- What is known of the app's credential, never the credential.
ALTER TABLE email_configurations ADD COLUMN app_credential TEXT NOT NULL DEFAULT '{"hasSecret":false}'; -- JSON
ALTER TABLE email_configurations ADD COLUMN app_credential_version INTEGER NOT NULL DEFAULT 0;

-- Secrets that are too long for the key store of Windows. The key they are sealed with is in the key
-- store of the machine and never here.
CREATE TABLE sealed_secrets (
    organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    kind            TEXT    NOT NULL CHECK (kind IN ('tokens', 'app_credential')),
    sealed          BLOB    NOT NULL,
    created_at      TEXT    NOT NULL,
    PRIMARY KEY (organization_id, kind)
) STRICT, WITHOUT ROWID;

-- What can be shown of a sign-in: decoded from its token, never the token.
CREATE TABLE sign_ins (
    organization_id INTEGER PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
    account         TEXT,
    tenant          TEXT,
    audience        TEXT,
    scopes          TEXT    NOT NULL DEFAULT '[]', -- JSON
    roles           TEXT    NOT NULL DEFAULT '[]', -- JSON
    expires_at      TEXT,
    signed_in_at    TEXT    NOT NULL,
    renewable       INTEGER NOT NULL,
    expired         INTEGER NOT NULL, -- or revoked: there is no token any more
    asked_with      TEXT    NOT NULL, -- fingerprint of the values it was made for
    accepted        TEXT -- lower case: the Account Logon for which another account was accepted
) STRICT;
