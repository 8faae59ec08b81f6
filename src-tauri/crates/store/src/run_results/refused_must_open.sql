-- The plus keeps SQLite in the order of the list, as in pending.sql.
SELECT seq, mailbox, identity, name, kind, expectation, listed_guid
FROM run_results
WHERE run = :run AND seq > :after
  AND +verdict = 'refused' AND expectation = 'must_open' AND ews_code = :ews_code
ORDER BY seq
LIMIT :limit
