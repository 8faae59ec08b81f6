-- In the order of the index: nothing is sorted.
SELECT expectation, verdict, cause, count(*) AS rows
FROM run_results INDEXED BY run_results_cause
WHERE run = :run AND cause IS NOT NULL
GROUP BY cause, verdict, expectation
