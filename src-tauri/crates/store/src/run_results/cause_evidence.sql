SELECT e.request, e.reply
FROM run_results r
JOIN evidence e ON e.run = r.run AND e.seq = r.seq
WHERE r.run = :run AND r.cause = :cause
  AND NOT (r.expectation = 'must_refuse' AND r.verdict IS 'refused')
ORDER BY r.seq
LIMIT 1
