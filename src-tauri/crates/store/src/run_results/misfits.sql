SELECT
    count(*) FILTER (WHERE by_guid AND listed_guid NOT IN (folder_key, :unreadable)) AS otherwise,
    count(*) FILTER (WHERE listed_guid = :unreadable) AS unreadable
FROM run_results
WHERE run = :run AND verdict = 'granted' AND alias_of IS NULL AND listed_guid IS NOT NULL
