SELECT seq FROM run_results
WHERE run = :run AND folder_key = :folder_key AND seq <> :seq AND verdict = 'granted'
ORDER BY seq
