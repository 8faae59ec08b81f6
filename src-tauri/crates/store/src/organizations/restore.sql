UPDATE organizations SET deleted_at = NULL, updated_at = :now
WHERE id = :id AND deleted_at = :deleted_at
