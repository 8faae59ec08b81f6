-- An address that is in use again by now keeps its new user; the old one stays deleted.
UPDATE OR IGNORE users SET deleted_at = NULL
WHERE deleted_at = :deleted_at
  AND organization_id IN (SELECT id FROM organizations o WHERE o.deleted_at IS NULL)
