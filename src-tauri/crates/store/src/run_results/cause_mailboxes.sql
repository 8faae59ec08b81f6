SELECT seq, mailbox FROM run_results
WHERE run = :run AND cause = :cause AND seq > :after
  AND NOT (expectation = 'must_refuse' AND verdict IS 'refused')
ORDER BY seq
LIMIT :limit
