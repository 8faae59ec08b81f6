UPDATE organizations SET deleted_at = :now
WHERE id = :id AND deleted_at IS NULL AND is_default = 0
