SELECT expectation, verdict, cause, count(*) AS rows
FROM run_results
WHERE run = :run
GROUP BY verdict, cause, expectation
