SELECT a.alias_key, u.address
FROM json_each(:keys) k
JOIN user_aliases a ON a.alias_key = k.value
JOIN users u ON u.id = a.user_id
WHERE u.organization_id = :organization AND u.deleted_at IS NULL
ORDER BY u.id
