INSERT INTO run_results (
    run, seq, mailbox, mailbox_key, identity, name, name_key, kind, user_id, expectation,
    verdict, cause, message
) VALUES (
    :run, :seq, :mailbox, :mailbox_key, :identity, :name, :name_key, :kind, :user, :expectation,
    :verdict, :cause, :message
)
ON CONFLICT (run, mailbox_key) DO NOTHING
