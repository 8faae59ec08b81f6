SELECT id FROM runs WHERE organization_id = :organization ORDER BY number DESC LIMIT 1
