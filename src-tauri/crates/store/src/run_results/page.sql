-- filter, index and order are fixed fragments of page.rs. The inner query sees only what they need, so
-- that skipped rows are never read in full; the cross join keeps it the outer loop.
SELECT
    r.seq, r.name, r.mailbox, r.expectation, r.verdict, r.cause, r.finding, r.ews_code, r.http_status,
    r.attempts, r.latency_ms, r.request_id, r.message, r.alias_of, r.checked_at
FROM (
    SELECT r.seq FROM run_results r {index} WHERE r.run = :run {filter}
    ORDER BY {order} LIMIT :limit OFFSET :offset
) picked
CROSS JOIN run_results r ON r.run = :run AND r.seq = picked.seq
ORDER BY {order}
