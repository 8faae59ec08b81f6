UPDATE runs SET
    state = :state, cause = :cause, message = :message, finished_at = :finished_at,
    summary = :summary, steps = :steps, warnings = :warnings
WHERE number = :run
