INSERT INTO refused_passwords (hash, refused_at) VALUES (:hash, :refused_at)
ON CONFLICT (hash) DO UPDATE SET refused_at = excluded.refused_at
