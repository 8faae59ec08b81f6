SELECT count(*) FROM run_results WHERE run = :run AND expectation = 'must_refuse'
