SELECT host, sha256, confirmed_at
FROM confirmed_hosts
WHERE organization_id = :organization
ORDER BY host
