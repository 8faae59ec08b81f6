-- The index is named because SQLite knows nothing of how many rows a run has, and would read them all.
SELECT seq FROM run_results INDEXED BY run_results_folder_key
WHERE run = :run AND folder_key = :folder_key AND seq <> :seq AND verdict = 'granted'
ORDER BY seq
