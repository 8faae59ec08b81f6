UPDATE users AS u SET synchronization_disabled = :value, updated_at = :now
WHERE u.deleted_at IS NULL AND u.synchronization_disabled <> :value {filter}
