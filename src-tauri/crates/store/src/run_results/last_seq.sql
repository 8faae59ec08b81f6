SELECT max(seq) FROM run_results WHERE run = :run
