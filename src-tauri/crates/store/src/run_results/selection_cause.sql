-- Listed users that this older run had under a cause, whatever their flags; a canary that was refused as it
-- must be is not among them. By user or by address: either may have changed since.
(
    u.id IN (
        SELECT o.user_id FROM run_results o
        WHERE o.run = :older AND o.cause = :cause AND o.user_id IS NOT NULL
          AND NOT (o.expectation = 'must_refuse' AND o.verdict IS 'refused')
    )
    OR u.address_key IN (
        SELECT o.mailbox_key FROM run_results o
        WHERE o.run = :older AND o.cause = :cause
          AND NOT (o.expectation = 'must_refuse' AND o.verdict IS 'refused')
    )
)
