SELECT cause, verdict, expectation, count(*) AS rows
FROM run_results
WHERE run = :run AND cause IS NOT NULL AND cause <> 'mailbox.system' AND verdict IS NOT NULL
GROUP BY cause, verdict, expectation
