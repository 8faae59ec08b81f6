-- index, filter, way and order are fixed fragments of filter.rs and page.rs; way is order or its
-- opposite. The inner query sees only what filter and order need, so that skipped rows are never
-- read in full; the cross join keeps it outside.
SELECT
    u.id, u.organization_id, o.name AS organization_name, u.name, u.address, u.upn, u.sid, u.kind,
    u.tags, u.aliases, u.in_scope, u.must_refuse, u.synchronization_disabled, u.sync_access,
    u.last_verdict, u.last_cause, u.last_message, u.last_checked_at, u.last_good_at, u.location, u.created_at,
    u.updated_at
FROM (
    SELECT u.id FROM users u {index} WHERE u.deleted_at IS NULL {filter} ORDER BY {way} LIMIT :limit OFFSET :offset
) picked
CROSS JOIN users u ON u.id = picked.id
JOIN organizations o ON o.id = u.organization_id
ORDER BY {order}
