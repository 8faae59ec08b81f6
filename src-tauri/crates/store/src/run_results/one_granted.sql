SELECT
    seq, name, mailbox, expectation, verdict, cause, finding, ews_code, http_status, attempts,
    latency_ms, request_id, message, alias_of, checked_at
FROM run_results
WHERE run = :run AND verdict = 'granted'
LIMIT 1
