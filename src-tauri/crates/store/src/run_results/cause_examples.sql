SELECT mailbox FROM run_results INDEXED BY run_results_cause
WHERE run = :run AND cause = :cause AND verdict = :verdict AND expectation = :expectation
ORDER BY seq
LIMIT :limit
