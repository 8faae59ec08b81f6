INSERT INTO user_aliases (alias_key, user_id)
SELECT a.alias_key, copied.id
FROM users u
JOIN user_aliases a ON a.user_id = u.id
JOIN users copied ON copied.organization_id = :to AND copied.address_key = u.address_key
WHERE u.organization_id = :from AND u.deleted_at IS NULL AND copied.deleted_at IS NULL
