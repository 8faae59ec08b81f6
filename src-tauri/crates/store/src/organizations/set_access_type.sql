UPDATE organizations SET access_type = :access_type, updated_at = :now
WHERE id = :id AND deleted_at IS NULL
