INSERT INTO sign_ins (
    organization_id, account, tenant, audience, scopes, roles, expires_at, signed_in_at, renewable, expired,
    asked_with, accepted
)
SELECT
    o.id, :account, :tenant, :audience, :scopes, :roles, :expires_at, :signed_in_at, :renewable, :expired,
    :asked_with, :accepted
FROM organizations o
WHERE o.id = :organization AND o.deleted_at IS NULL
ON CONFLICT (organization_id) DO UPDATE SET
    account = excluded.account, tenant = excluded.tenant, audience = excluded.audience,
    scopes = excluded.scopes, roles = excluded.roles, expires_at = excluded.expires_at,
    signed_in_at = excluded.signed_in_at, renewable = excluded.renewable, expired = excluded.expired,
    asked_with = excluded.asked_with, accepted = excluded.accepted
