INSERT INTO sealed_secrets (organization_id, kind, sealed, created_at)
SELECT o.id, :kind, :sealed, :now FROM organizations o WHERE o.id = :organization AND o.deleted_at IS NULL
ON CONFLICT (organization_id, kind) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
