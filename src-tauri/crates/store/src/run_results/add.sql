INSERT INTO run_results (
    run, seq, mailbox, mailbox_key, identity, name, name_key, kind, user_id, expectation,
    verdict, cause, message, listed_guid
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (run, mailbox_key) DO NOTHING
