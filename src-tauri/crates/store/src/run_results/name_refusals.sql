-- An earlier part of a run that goes on may have found the role missing: nothing was granted then.
UPDATE run_results SET cause = :cause, message = coalesce(:message, message)
WHERE run = :run AND expectation = :expectation AND cause <> :cause
  AND cause IN ('impersonation.refused', 'impersonation.role_missing')
RETURNING seq
