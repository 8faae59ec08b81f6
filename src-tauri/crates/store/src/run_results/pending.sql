-- The plus keeps SQLite in the order of the list: the index by verdict would be sorted for every piece.
SELECT seq, mailbox, identity, name, kind, expectation, listed_guid
FROM run_results
WHERE run = :run AND seq > :after AND +verdict IS NULL
ORDER BY seq
LIMIT :limit
