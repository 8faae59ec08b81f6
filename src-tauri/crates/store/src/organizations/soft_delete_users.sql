UPDATE users SET deleted_at = :now WHERE organization_id = :id AND deleted_at IS NULL
