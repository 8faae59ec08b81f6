-- Who answered lives there; a remote mailbox lives elsewhere. The rest says nothing.
UPDATE users SET location = iif(r.cause = 'mailbox.remote', 'exchange_online', 'on_premises')
FROM run_results r
WHERE r.run = :run AND r.seq > :after AND r.seq <= :up_to
  AND users.id = r.user_id AND users.deleted_at IS NULL
  AND (r.verdict IN ('granted', 'refused', 'unusable') OR r.cause = 'mailbox.remote')
