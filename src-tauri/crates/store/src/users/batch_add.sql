INSERT INTO import_batches (organization_id, created_at) VALUES (:organization, :now)
