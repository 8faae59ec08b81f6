-- Who they are and their flags; nothing of what was proven.
INSERT INTO users (
    organization_id, name, name_key, address, address_key, upn, sid, kind, aliases, tags, search_key, exchange_guid,
    in_scope, must_refuse, synchronization_disabled, created_at, updated_at
)
SELECT
    :to, name, name_key, address, address_key, upn, sid, kind, aliases, tags, search_key, exchange_guid,
    in_scope, must_refuse, synchronization_disabled, :now, :now
FROM users
WHERE organization_id = :from AND deleted_at IS NULL
ORDER BY id
