-- Rows that were never asked say nothing new about their user. In pieces: what an UPDATE takes from another
-- table SQLite copies first.
UPDATE users SET
    last_verdict    = r.verdict,
    last_cause      = r.cause,
    last_message    = r.message,
    last_checked_at = r.checked_at,
    last_good_at    = iif(r.verdict = 'granted' AND NOT r.finding, r.checked_at, users.last_good_at)
FROM run_results r
WHERE r.run = :run AND r.seq > :after AND r.seq <= :up_to AND r.verdict <> 'not_checked'
  AND users.id = r.user_id AND users.deleted_at IS NULL
