-- One row each, counted where they are read: to group them SQLite would sort them all.
SELECT expectation, verdict
FROM run_results
WHERE run = :run AND cause IS NULL
