SELECT a.value AS alias, u.address
FROM users u, json_each(u.aliases) a
WHERE u.organization_id = :organization AND u.deleted_at IS NULL AND u.aliases <> '[]'
