SELECT at, kind, organization_id, undo, undone_at FROM activity WHERE id = :id AND undo IS NOT NULL
