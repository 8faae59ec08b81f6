INSERT INTO sign_ins (
    organization_id, state, account, tenant, audience, scopes, roles, expires_at, signed_in_at, renewable, asked_with
)
SELECT
    o.id, :state, :account, :tenant, :audience, :scopes, :roles, :expires_at, :signed_in_at, :renewable, :asked_with
FROM organizations o
WHERE o.id = :organization AND o.deleted_at IS NULL
ON CONFLICT (organization_id) DO UPDATE SET
    state = excluded.state, account = excluded.account, tenant = excluded.tenant,
    audience = excluded.audience, scopes = excluded.scopes, roles = excluded.roles,
    expires_at = excluded.expires_at, signed_in_at = excluded.signed_in_at,
    renewable = excluded.renewable, asked_with = excluded.asked_with
