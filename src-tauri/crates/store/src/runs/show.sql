SELECT
    r.number, r.id, r.organization_id, r.organization_name, r.state, r.cause, r.message,
    r.started_at, r.finished_at, r.ews_url, r.account, r.auth, r.scope, r.server_version,
    -- Saved since with the same settings: no draft any more.
    (r.draft AND r.fingerprint IS NOT c.fingerprint) AS draft,
    coalesce(r.fingerprint <> c.fingerprint, 0) AS old_settings,
    r.summary, r.warnings,
    coalesce(r.options ->> '$.approach', 'account') <> 'account' AS application,
    r.authentication -> '$.authority' AS authority,
    r.fingerprint, r.options, r.steps, r.certificates, r.offered, r.authentication, r.applied_at
FROM runs r
LEFT JOIN email_configurations c ON c.organization_id = r.organization_id
WHERE r.id = :id
