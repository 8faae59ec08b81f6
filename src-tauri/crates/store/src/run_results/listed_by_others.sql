-- The cross join keeps SQLite in this order: it makes an index of the listed GUIDs itself, and only when
-- there is a row that does not show what is listed for it.
SELECT r.seq, min(l.seq) AS other
FROM run_results r
CROSS JOIN run_results l ON l.run = :run AND l.listed_guid = r.folder_key AND l.seq <> r.seq
WHERE r.run = :run AND r.verdict = 'granted' AND r.by_guid AND r.alias_of IS NULL
  AND r.listed_guid IS NOT r.folder_key AND l.listed_guid IS NOT NULL
GROUP BY r.seq
ORDER BY r.seq
