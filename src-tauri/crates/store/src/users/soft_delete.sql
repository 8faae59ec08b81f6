UPDATE users AS u SET deleted_at = :now
WHERE u.deleted_at IS NULL AND (:force OR u.sync_access NOT IN ('active', 'needs_renewal')) {filter}
