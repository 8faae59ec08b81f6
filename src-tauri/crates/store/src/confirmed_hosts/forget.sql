DELETE FROM confirmed_hosts WHERE organization_id = :organization
