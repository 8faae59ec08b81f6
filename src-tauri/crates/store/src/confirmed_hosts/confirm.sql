INSERT INTO confirmed_hosts (organization_id, host, sha256, confirmed_at)
SELECT id, :host, :sha256, :confirmed_at
FROM organizations
WHERE id = :organization
ON CONFLICT (organization_id, host) DO UPDATE SET sha256 = excluded.sha256, confirmed_at = excluded.confirmed_at
