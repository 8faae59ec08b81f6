UPDATE users AS u SET in_scope = :value, updated_at = :now
WHERE u.deleted_at IS NULL AND u.in_scope <> :value {filter}
