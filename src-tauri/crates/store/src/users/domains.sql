SELECT domain
FROM user_domains
WHERE organization_id = :organization AND users > 0
ORDER BY users DESC, domain
LIMIT :limit
