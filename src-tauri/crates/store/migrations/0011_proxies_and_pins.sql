-- Which HTTP proxy leads to Exchange, and what a pinned certificate said when it was pinned.
-- A proxy's password is in the key store of the machine and never here.
ALTER TABLE email_configurations ADD COLUMN proxy TEXT NOT NULL DEFAULT '{"kind":"inherit"}'; -- JSON
ALTER TABLE email_configurations ADD COLUMN has_proxy_password INTEGER NOT NULL DEFAULT 0;
ALTER TABLE email_configurations ADD COLUMN trust_certificate TEXT; -- JSON, with trust_pin
