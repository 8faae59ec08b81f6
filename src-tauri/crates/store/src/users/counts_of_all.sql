SELECT sync_access, must_refuse, sum(c.users) AS users
FROM user_counts c
JOIN organizations o ON o.id = c.organization_id
WHERE c.users > 0 AND o.deleted_at IS NULL
GROUP BY sync_access, must_refuse
