SELECT place, address, name, kind, upn, sid, aliases, tags, must_refuse, location, exchange_guid
FROM rows
WHERE place > :after AND address_key IS NOT NULL
ORDER BY place
LIMIT :limit
