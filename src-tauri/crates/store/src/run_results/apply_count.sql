SELECT count(*)
FROM run_results r
JOIN users u ON u.id = r.user_id
WHERE r.run = :run AND u.organization_id = :organization AND u.deleted_at IS NULL
