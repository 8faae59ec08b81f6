SELECT EXISTS (SELECT 1 FROM run_results WHERE run = :run AND listed_guid IS NOT NULL)
