UPDATE users SET sync_access = 'active', updated_at = :now
FROM run_results r
WHERE r.run = :run AND r.verdict = 'granted' AND r.expectation = 'must_open'
  AND users.id = r.user_id AND users.organization_id = :organization AND users.deleted_at IS NULL
  AND users.in_scope = 1 AND users.must_refuse = 0
  AND users.sync_access IN (SELECT value FROM json_each(:from))
