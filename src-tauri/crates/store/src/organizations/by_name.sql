-- A name wins over an External Id.
SELECT id FROM organizations
WHERE deleted_at IS NULL AND (name_key = :key OR external_id = :external_id COLLATE NOCASE)
ORDER BY name_key = :key DESC
LIMIT 1
