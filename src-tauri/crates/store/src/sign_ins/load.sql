SELECT state, account, tenant, audience, scopes, roles, expires_at, signed_in_at, renewable, asked_with
FROM sign_ins
WHERE organization_id = :organization
