UPDATE run_results SET cause = :cause, message = coalesce(:message, message)
WHERE run = :run AND cause = 'impersonation.refused' AND expectation = :expectation
RETURNING seq
