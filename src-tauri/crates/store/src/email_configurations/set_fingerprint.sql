UPDATE email_configurations SET fingerprint = :fingerprint WHERE organization_id = :organization
