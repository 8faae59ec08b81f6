DELETE FROM sealed_secrets WHERE organization_id = :organization AND kind = :kind
