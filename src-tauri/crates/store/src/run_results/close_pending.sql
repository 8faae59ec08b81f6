UPDATE run_results SET verdict = 'not_checked', cause = :cause, message = :message
WHERE run = :run AND verdict IS NULL
