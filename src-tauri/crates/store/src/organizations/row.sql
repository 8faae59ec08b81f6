-- filter is one of the fragments of mod.rs.
SELECT
    o.id, o.name, o.external_id, o.access_type, o.platform, o.enabled, o.is_default,
    o.created_at, o.updated_at
FROM organizations o
WHERE o.deleted_at IS NULL AND {filter}
ORDER BY o.is_default DESC, o.name_key
