-- `Find when checking`: no URL is saved, Autodiscover is a step of every check.
ALTER TABLE email_configurations ADD COLUMN find_when_checking INTEGER NOT NULL DEFAULT 0;

-- Hosts that an administrator confirmed for the service account's password, with the certificate
-- that was seen. Never a password.
CREATE TABLE confirmed_hosts (
    organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    host            TEXT    NOT NULL, -- lower case
    sha256          TEXT    NOT NULL, -- of the certificate's DER, upper-case hexadecimal
    confirmed_at    TEXT    NOT NULL, -- RFC 3339, UTC
    PRIMARY KEY (organization_id, host)
) STRICT, WITHOUT ROWID;
