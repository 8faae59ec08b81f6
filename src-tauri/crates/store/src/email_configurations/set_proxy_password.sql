UPDATE email_configurations SET has_proxy_password = :has WHERE organization_id = :organization
