UPDATE run_results
SET user_id = (
    SELECT u.id
    FROM users u
    WHERE u.organization_id = :organization
      AND u.address_key = run_results.mailbox_key
      AND u.deleted_at IS NULL
)
WHERE run = :run AND user_id IS NULL
