UPDATE users SET sync_access = 'failed', updated_at = :now
FROM run_results r
WHERE r.run = :run AND r.verdict IN ('refused', 'no_mailbox', 'unusable') AND r.expectation = 'must_open'
  AND users.id = r.user_id AND users.organization_id = :organization AND users.deleted_at IS NULL
  AND users.must_refuse = 0 AND users.sync_access <> 'failed'
