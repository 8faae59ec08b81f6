UPDATE run_results SET expectation = 'must_refuse' WHERE run = :run AND mailbox_key = :mailbox_key
