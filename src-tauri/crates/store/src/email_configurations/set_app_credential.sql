UPDATE email_configurations SET app_credential = :credential, app_credential_version = :version
WHERE organization_id = :organization
