SELECT concurrency, timeout_seconds, folders, host_pattern, notes
FROM organizations
WHERE id = :id AND deleted_at IS NULL
