SELECT r.place, r.address, r.address_key, o.owner, o.owner_key
FROM rows r
CROSS JOIN owners o ON o.alias_key = r.address_key
WHERE r.place > :after AND o.owner_key <> r.address_key
ORDER BY r.place
LIMIT :limit
