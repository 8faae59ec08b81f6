INSERT INTO runs (
    id, organization_id, organization_name, state, started_at, ews_url, account, auth, scope,
    fingerprint, draft, options
) VALUES (
    :id, :organization, :organization_name, 'running', :started_at, :ews_url, :account, :auth, :scope,
    :fingerprint, :draft, :options
)
