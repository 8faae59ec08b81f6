DELETE FROM learned_loads WHERE organization_id = :organization
