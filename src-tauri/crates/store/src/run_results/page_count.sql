SELECT count(*) FROM run_results r {index} WHERE r.run = :run {filter}
