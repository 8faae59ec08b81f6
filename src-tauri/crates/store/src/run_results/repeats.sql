-- Every row of an identity that another row shows as well.
SELECT r.folder_key, r.seq
FROM run_results r
JOIN (
    SELECT folder_key FROM run_results
    WHERE run = :run AND verdict = 'granted' AND folder_key IS NOT NULL AND alias_of IS NULL
    GROUP BY folder_key
    HAVING count(*) > 1
) k ON k.folder_key = r.folder_key
WHERE r.run = :run AND r.verdict = 'granted' AND r.alias_of IS NULL
ORDER BY r.folder_key, r.seq
