-- Both sides sorted by GUID, to be walked through once: what is listed, and what opened rows show that is not
-- listed for them. The list is only read where there is such a row.
WITH shown AS (
    SELECT folder_key AS guid, seq FROM run_results
    WHERE run = :run AND verdict = 'granted' AND by_guid AND alias_of IS NULL
      AND listed_guid IS NOT folder_key
)
SELECT guid, seq, 0 AS listed FROM shown
UNION ALL
SELECT listed_guid, seq, 1 FROM run_results
WHERE run = :run AND listed_guid IS NOT NULL AND EXISTS (SELECT 1 FROM shown)
ORDER BY guid, listed DESC, seq
