SELECT
    count(*) AS users,
    coalesce(sum(u.sync_access <> 'not_activated'), 0) AS activated,
    coalesce(sum(u.organization_id <> b.organization_id), 0) AS moved
FROM import_batches b
JOIN users u ON u.import_batch = b.id
WHERE b.id = :batch AND u.deleted_at IS NULL
