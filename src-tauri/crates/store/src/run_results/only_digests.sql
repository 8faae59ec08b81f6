SELECT EXISTS (SELECT 1 FROM run_results WHERE run = :run AND verdict = 'granted' AND folder_key IS NOT NULL AND NOT by_guid)
   AND NOT EXISTS (SELECT 1 FROM run_results WHERE run = :run AND verdict = 'granted' AND by_guid)
