UPDATE users SET deleted_at = NULL WHERE organization_id = :id AND deleted_at = :deleted_at
