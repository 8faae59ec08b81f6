SELECT u.address_key, u.id, u.organization_id, o.name AS organization_name
FROM json_each(:keys) k
JOIN users u ON u.address_key = k.value AND u.deleted_at IS NULL
JOIN organizations o ON o.id = u.organization_id
ORDER BY u.address_key, u.organization_id
