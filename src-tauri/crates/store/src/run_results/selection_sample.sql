-- The users that were drawn, and every canary that a check of all asks.
(
    u.id IN (SELECT value FROM json_each(:ids))
    OR (u.must_refuse = 1 AND u.synchronization_disabled = 0)
)
