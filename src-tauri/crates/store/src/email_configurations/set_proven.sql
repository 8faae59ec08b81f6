UPDATE email_configurations SET password_proven_at = :proven_at WHERE organization_id = :organization
