UPDATE run_results
SET verdict = :verdict, cause = :cause, message = :message
WHERE run = :run AND verdict IS NULL AND identity IS NULL
