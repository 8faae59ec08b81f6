-- The rule of Verdict::is_finding or Verdict::is_open, system mailboxes apart.
u.synchronization_disabled = 0
  AND u.address_key IN (
      SELECT o.mailbox_key FROM run_results o
      WHERE o.run = :older
        AND o.cause IS NOT 'mailbox.system'
        AND (
            o.finding
            OR coalesce(o.verdict IN ('undetermined', 'not_checked'), 1)
            OR (o.expectation = 'must_refuse' AND o.verdict IN ('no_mailbox', 'unusable'))
        )
  )
