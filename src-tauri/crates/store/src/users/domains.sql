-- What follows the last @.
SELECT substr(address_key, length(rtrim(address_key, replace(address_key, '@', ''))) + 1) AS domain
FROM users
WHERE organization_id = :organization AND deleted_at IS NULL
GROUP BY domain
ORDER BY count(*) DESC, domain
LIMIT :limit
