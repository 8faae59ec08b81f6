SELECT count(*) FROM run_results WHERE run = :run {filter}
