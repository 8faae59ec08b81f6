-- The same rule for system mailboxes as in decide_kinds.sql.
SELECT u.id, u.address_key
FROM users u
WHERE u.organization_id = :organization AND u.deleted_at IS NULL AND u.id > :after
  AND u.must_refuse = 0 AND u.synchronization_disabled = 0
  AND coalesce(lower(trim(u.kind)) NOT IN (SELECT value FROM json_each(:kinds)), 1)
  AND NOT EXISTS (
      SELECT 1 FROM json_each(:beginnings) b
      WHERE substr(u.address_key, 1, length(b.value)) = b.value
         OR substr(u.name_key, 1, length(b.value)) = b.value
  )
ORDER BY u.id
LIMIT :limit
