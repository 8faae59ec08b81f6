SELECT location, count(*) AS users
FROM users
WHERE organization_id = :organization AND deleted_at IS NULL
GROUP BY location
