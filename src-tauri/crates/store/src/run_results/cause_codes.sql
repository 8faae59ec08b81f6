SELECT ews_code, http_status, count(*) AS rows, min(seq) AS first
FROM run_results
WHERE run = :run AND cause = :cause
  AND NOT (expectation = 'must_refuse' AND verdict IS 'refused')
GROUP BY ews_code, http_status
ORDER BY rows DESC, first
LIMIT :limit
