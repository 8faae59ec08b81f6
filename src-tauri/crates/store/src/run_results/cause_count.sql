SELECT count(*) FROM run_results
WHERE run = :run AND cause = :cause
  AND NOT (expectation = 'must_refuse' AND verdict IS 'refused')
