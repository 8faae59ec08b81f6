SELECT id FROM runs
WHERE state = 'running' AND organization_id = :organization
ORDER BY number DESC
