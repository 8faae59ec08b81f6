SELECT verdict, count(*) AS rows
FROM run_results
WHERE run = :run AND expectation = 'must_open' AND cause IS NOT 'mailbox.system'
GROUP BY verdict
