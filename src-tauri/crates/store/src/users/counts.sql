SELECT sync_access, must_refuse, users
FROM user_counts
WHERE organization_id = :organization AND users > 0
