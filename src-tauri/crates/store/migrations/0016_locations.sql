-- Where a user's mailbox lives, as far as it can be told: unknown, on_premises, exchange_online.
ALTER TABLE users ADD COLUMN location TEXT NOT NULL DEFAULT 'unknown';
-- Where Autodiscover sends its address, if anywhere.
ALTER TABLE users ADD COLUMN redirect_address TEXT;
CREATE INDEX users_location ON users (organization_id, location) WHERE deleted_at IS NULL;
