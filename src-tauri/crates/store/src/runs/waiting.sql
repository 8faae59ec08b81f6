-- The newest finished run with these settings, unless its results were applied already.
SELECT id FROM (
    SELECT id, applied_at FROM runs
    WHERE organization_id = :organization AND fingerprint = :fingerprint AND state <> 'running'
      AND scope <> 'service_account'
    ORDER BY number DESC LIMIT 1
) WHERE applied_at IS NULL
