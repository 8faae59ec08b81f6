INSERT INTO email_configurations (
    organization_id, account_logon, ews_url, url_origin, authentication, trust_kind, trust_pem,
    trust_name, trust_pin, trust_certificate, identify_by, proxy, find_when_checking, modern, fingerprint, updated_at
) VALUES (
    :organization, :account_logon, :ews_url, :url_origin, :authentication, :trust_kind, :trust_pem,
    :trust_name, :trust_pin, :trust_certificate, :identify_by, :proxy, :find_when_checking, :modern, :fingerprint, :now
)
ON CONFLICT (organization_id) DO UPDATE SET
    account_logon = excluded.account_logon, ews_url = excluded.ews_url,
    url_origin = excluded.url_origin, authentication = excluded.authentication,
    trust_kind = excluded.trust_kind, trust_pem = excluded.trust_pem,
    trust_name = excluded.trust_name, trust_pin = excluded.trust_pin,
    trust_certificate = excluded.trust_certificate, identify_by = excluded.identify_by,
    proxy = excluded.proxy, find_when_checking = excluded.find_when_checking, modern = excluded.modern, fingerprint = excluded.fingerprint,
    updated_at = excluded.updated_at
