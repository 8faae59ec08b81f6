SELECT
    account, tenant, audience, scopes, roles, expires_at, signed_in_at, renewable, expired, asked_with, accepted
FROM sign_ins
WHERE organization_id = :organization
