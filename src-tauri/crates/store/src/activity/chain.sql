SELECT
    id, at, changed_by, kind, details, organization_id, organization_name, undo, previous_hash, hash
FROM activity
ORDER BY id
