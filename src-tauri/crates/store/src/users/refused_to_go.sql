-- The first user with sync access, and how many there are.
SELECT u.address, count(*) OVER () AS users
FROM users u
WHERE u.deleted_at IS NULL AND u.sync_access IN ('active', 'needs_renewal') {filter}
ORDER BY u.id
LIMIT 1
