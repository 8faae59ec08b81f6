-- filter is a fixed fragment of mod.rs.
SELECT
    id, at, changed_by, kind, details, organization_id, organization_name,
    undo IS NOT NULL AND undone_at IS NULL AND at >= :undoable_since AS undoable
FROM activity
WHERE 1 {filter}
ORDER BY id DESC
LIMIT :limit OFFSET :offset
