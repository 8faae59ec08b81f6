INSERT INTO exchange_names (organization_id, names) VALUES (:organization, :names)
ON CONFLICT (organization_id) DO UPDATE SET names = excluded.names
