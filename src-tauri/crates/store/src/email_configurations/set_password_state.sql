UPDATE email_configurations SET
    password_mode = :mode, password_set_at = :set_at, password_proven_at = :proven_at,
    secret_version = :secret_version
WHERE organization_id = :organization
