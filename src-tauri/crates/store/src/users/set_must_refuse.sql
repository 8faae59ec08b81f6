-- A canary has no sync access.
UPDATE users AS u SET
    must_refuse = :value, sync_access = iif(:value, 'not_activated', sync_access), updated_at = :now
WHERE u.deleted_at IS NULL AND u.must_refuse <> :value {filter}
