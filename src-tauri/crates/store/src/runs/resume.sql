UPDATE runs SET state = 'running', cause = NULL, message = NULL, finished_at = NULL
WHERE number = :run AND state NOT IN ('running', 'complete')
