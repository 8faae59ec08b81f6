SELECT id, address
FROM users
WHERE organization_id = :organization AND location = 'unknown' AND id > :after AND deleted_at IS NULL
ORDER BY id
LIMIT :limit
