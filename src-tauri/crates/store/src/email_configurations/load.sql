SELECT
    o.access_type, c.account_logon, c.ews_url, c.url_origin, c.authentication, c.trust_kind,
    c.trust_pem, c.trust_name, c.trust_pin, c.trust_certificate, c.identify_by, c.proxy, c.find_when_checking,
    c.has_proxy_password, c.password_mode, c.password_set_at,
    c.password_proven_at, c.secret_version, c.modern, c.app_credential, c.app_credential_version, c.fingerprint, c.updated_at
FROM email_configurations c
JOIN organizations o ON o.id = c.organization_id
WHERE c.organization_id = :organization AND o.deleted_at IS NULL
