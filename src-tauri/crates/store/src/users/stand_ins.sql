-- Who opened lately first, then whoever has to open.
SELECT address
FROM users
WHERE organization_id = :organization AND deleted_at IS NULL AND NOT must_refuse
  AND location <> 'exchange_online'
ORDER BY last_verdict IS 'granted' DESC, last_good_at DESC, id
LIMIT :limit
