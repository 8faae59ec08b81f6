DELETE FROM sign_ins WHERE organization_id = :organization
