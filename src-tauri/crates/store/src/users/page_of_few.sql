-- order is a fixed fragment of page.rs.
SELECT
    u.id, u.organization_id, o.name AS organization_name, u.name, u.address, u.upn, u.sid, u.kind,
    u.tags, u.aliases, u.in_scope, u.must_refuse, u.synchronization_disabled, u.sync_access,
    u.last_verdict, u.last_cause, u.last_message, u.last_checked_at, u.last_good_at, u.location, u.created_at,
    u.updated_at
FROM (
    SELECT u.id
    FROM json_each(:ids) few
    CROSS JOIN users u ON u.id = few.value
    ORDER BY {order}
    LIMIT :limit OFFSET :offset
) picked
CROSS JOIN users u ON u.id = picked.id
JOIN organizations o ON o.id = u.organization_id
ORDER BY {order}
