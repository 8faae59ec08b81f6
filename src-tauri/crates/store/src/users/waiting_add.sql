INSERT INTO rows (
    line, address, name, kind, grp, reason, address_key, upn, sid, aliases, tags, must_refuse, location,
    exchange_guid
) VALUES (
    :line, :address, :name, :kind, :group, :reason, :address_key, :upn, :sid, :aliases, :tags, :must_refuse, :location,
    :exchange_guid
)
