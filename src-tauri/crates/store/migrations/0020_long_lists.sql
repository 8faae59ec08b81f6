-- What keeps pages of long lists quick, whatever they are filtered and sorted by.

-- All that a filter looks at but the search text, in the order of adding: counted and filtered
-- without reading users. Stands in for the index that had the order alone.
DROP INDEX users_added;
CREATE INDEX users_facts ON users (
    organization_id, id, sync_access, last_verdict, must_refuse, synchronization_disabled, location
) WHERE deleted_at IS NULL;

-- The sort orders once more, for the users of all organizations; by address: users_lookup.
CREATE INDEX users_all_name ON users (name_key) WHERE deleted_at IS NULL;
CREATE INDEX users_all_sync_access ON users (sync_access) WHERE deleted_at IS NULL;
CREATE INDEX users_all_last_verdict ON users (last_verdict) WHERE deleted_at IS NULL;
CREATE INDEX users_all_last_checked ON users (last_checked_at) WHERE deleted_at IS NULL;

-- How many live users of an organization are in which mail domain (what follows the last @), kept
-- by triggers as user_counts is.
CREATE TABLE user_domains (
    organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    domain          TEXT    NOT NULL,
    users           INTEGER NOT NULL,
    PRIMARY KEY (organization_id, domain)
) STRICT, WITHOUT ROWID;

INSERT INTO user_domains (organization_id, domain, users)
SELECT
    organization_id,
    substr(address_key, length(rtrim(address_key, replace(address_key, '@', ''))) + 1) AS domain,
    count(*)
FROM users
WHERE deleted_at IS NULL
GROUP BY organization_id, domain;

CREATE TRIGGER user_domains_in AFTER INSERT ON users WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO user_domains (organization_id, domain, users)
    VALUES (
        NEW.organization_id,
        substr(NEW.address_key, length(rtrim(NEW.address_key, replace(NEW.address_key, '@', ''))) + 1),
        1
    )
    ON CONFLICT DO UPDATE SET users = users + 1;
END;

CREATE TRIGGER user_domains_out AFTER DELETE ON users WHEN OLD.deleted_at IS NULL
BEGIN
    UPDATE user_domains SET users = users - 1
    WHERE organization_id = OLD.organization_id
      AND domain = substr(OLD.address_key, length(rtrim(OLD.address_key, replace(OLD.address_key, '@', ''))) + 1);
END;

CREATE TRIGGER user_domains_again
AFTER UPDATE OF organization_id, address_key, deleted_at ON users
BEGIN
    UPDATE user_domains SET users = users - 1
    WHERE OLD.deleted_at IS NULL AND organization_id = OLD.organization_id
      AND domain = substr(OLD.address_key, length(rtrim(OLD.address_key, replace(OLD.address_key, '@', ''))) + 1);
    INSERT INTO user_domains (organization_id, domain, users)
    SELECT
        NEW.organization_id,
        substr(NEW.address_key, length(rtrim(NEW.address_key, replace(NEW.address_key, '@', ''))) + 1),
        1
    WHERE NEW.deleted_at IS NULL
    ON CONFLICT DO UPDATE SET users = users + 1;
END;

-- Whose further address this is; those of deleted users stay until they are purged.
CREATE TABLE user_aliases (
    alias_key TEXT    NOT NULL, -- lower case
    user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (alias_key, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_aliases_user ON user_aliases (user_id);

INSERT OR IGNORE INTO user_aliases (alias_key, user_id)
SELECT lower(a.value), u.id FROM users u, json_each(u.aliases) a WHERE u.aliases <> '[]';
