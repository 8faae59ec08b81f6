INSERT INTO users (
    organization_id, name, name_key, address, address_key, upn, sid, kind, aliases, tags, search_key,
    must_refuse, location, exchange_guid, import_batch, created_at, updated_at
) VALUES (
    :organization, :name, :name_key, :address, :address_key, :upn, :sid, :kind, :aliases, :tags, :search_key,
    :must_refuse, :location, :exchange_guid, :import_batch, :now, :now
)
