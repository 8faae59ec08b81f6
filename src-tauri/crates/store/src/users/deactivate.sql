UPDATE users AS u SET sync_access = 'not_activated', updated_at = :now
WHERE u.deleted_at IS NULL AND u.sync_access <> 'not_activated' {filter}
