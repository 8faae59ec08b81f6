UPDATE users SET sync_access = 'needs_renewal', updated_at = :now
WHERE organization_id = :organization AND deleted_at IS NULL AND sync_access = 'active'
