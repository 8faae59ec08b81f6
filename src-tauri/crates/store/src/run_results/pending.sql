SELECT seq, mailbox, identity, name, kind, expectation
FROM run_results
WHERE run = :run AND seq > :after AND verdict IS NULL
ORDER BY seq
LIMIT :limit
