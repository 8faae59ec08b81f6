-- Live users in the order they were added, canaries last. selection is one of the fragments
-- beside this file.
INSERT INTO run_results (
    run, seq, mailbox, mailbox_key, identity, name, name_key, kind, user_id, expectation,
    listed_guid
)
SELECT
    :run,
    :first_seq - 1 + row_number() OVER (ORDER BY u.must_refuse, u.id),
    u.address,
    u.address_key,
    CASE :identify_by WHEN 'upn' THEN u.upn WHEN 'sid' THEN u.sid END,
    u.name,
    u.name_key,
    u.kind,
    u.id,
    iif(u.must_refuse, 'must_refuse', 'must_open'),
    u.exchange_guid
FROM users u
WHERE u.organization_id = :organization
  AND u.deleted_at IS NULL
  AND {selection}
  AND NOT EXISTS (
      SELECT 1 FROM run_results r WHERE r.run = :run AND r.mailbox_key = u.address_key
  )
ORDER BY u.must_refuse, u.id
