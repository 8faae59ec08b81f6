-- Sorts the identities of the run: once at its end, instead of an index that every row would have to keep up.
SELECT EXISTS (
    SELECT 1 FROM run_results
    WHERE run = :run AND verdict = 'granted' AND folder_key IS NOT NULL AND alias_of IS NULL
    GROUP BY folder_key
    HAVING count(*) > 1
)
