-- What is NULL stays as it is.
UPDATE runs SET
    auth           = coalesce(:auth, auth),
    server_version = coalesce(:server_version, server_version),
    options        = coalesce(:options, options),
    steps          = coalesce(:steps, steps),
    certificates   = coalesce(:certificates, certificates),
    offered        = coalesce(:offered, offered),
    authentication = coalesce(:authentication, authentication),
    warnings       = coalesce(:warnings, warnings),
    summary        = coalesce(:summary, summary),
    load           = coalesce(:load, load)
WHERE number = :run
