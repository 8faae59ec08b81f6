SELECT mailbox FROM run_results
WHERE run = :run AND cause = :cause AND verdict = :verdict AND expectation = :expectation
ORDER BY seq
LIMIT :limit
