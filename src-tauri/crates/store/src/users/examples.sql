SELECT
    (
        SELECT address FROM users
        WHERE organization_id = :organization AND deleted_at IS NULL AND NOT must_refuse
        ORDER BY id LIMIT 1
    ) AS user,
    (
        SELECT address FROM users
        WHERE organization_id = :organization AND deleted_at IS NULL AND must_refuse
        ORDER BY id LIMIT 1
    ) AS canary
