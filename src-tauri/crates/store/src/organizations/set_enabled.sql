UPDATE organizations SET enabled = :enabled, updated_at = :now
WHERE id = :id AND deleted_at IS NULL
