INSERT INTO temp.distinct_keys (key) VALUES (:key) ON CONFLICT DO NOTHING
