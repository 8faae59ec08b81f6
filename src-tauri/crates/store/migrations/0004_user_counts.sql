-- How many live users of an organization are in which state. Kept by triggers, so that totals
-- cost nothing however long the list is, and no writer can forget them.
CREATE TABLE user_counts (
    organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    sync_access     TEXT    NOT NULL,
    must_refuse     INTEGER NOT NULL,
    users           INTEGER NOT NULL,
    PRIMARY KEY (organization_id, sync_access, must_refuse)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER users_counted_in AFTER INSERT ON users WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO user_counts (organization_id, sync_access, must_refuse, users)
    VALUES (NEW.organization_id, NEW.sync_access, NEW.must_refuse, 1)
    ON CONFLICT DO UPDATE SET users = users + 1;
END;

CREATE TRIGGER users_counted_out AFTER DELETE ON users WHEN OLD.deleted_at IS NULL
BEGIN
    UPDATE user_counts SET users = users - 1
    WHERE organization_id = OLD.organization_id
      AND sync_access = OLD.sync_access AND must_refuse = OLD.must_refuse;
END;

CREATE TRIGGER users_counted_again
AFTER UPDATE OF organization_id, sync_access, must_refuse, deleted_at ON users
BEGIN
    UPDATE user_counts SET users = users - 1
    WHERE OLD.deleted_at IS NULL AND organization_id = OLD.organization_id
      AND sync_access = OLD.sync_access AND must_refuse = OLD.must_refuse;
    INSERT INTO user_counts (organization_id, sync_access, must_refuse, users)
    SELECT NEW.organization_id, NEW.sync_access, NEW.must_refuse, 1 WHERE NEW.deleted_at IS NULL
    ON CONFLICT DO UPDATE SET users = users + 1;
END;
