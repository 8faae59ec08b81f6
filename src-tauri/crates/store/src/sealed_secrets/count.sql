SELECT count(*) FROM sealed_secrets WHERE organization_id = :organization
