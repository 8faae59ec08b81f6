SELECT
    seq, name, mailbox, expectation, verdict, cause, finding, ews_code, http_status, attempts,
    latency_ms, request_id, message, alias_of, checked_at,
    identity, kind, user_id, folder_key, by_guid, listed_guid, folders,
    (SELECT max(p.seq) FROM run_results p WHERE p.run = :run AND p.seq < :seq) AS previous,
    (SELECT min(n.seq) FROM run_results n WHERE n.run = :run AND n.seq > :seq) AS next
FROM run_results
WHERE run = :run AND seq = :seq
