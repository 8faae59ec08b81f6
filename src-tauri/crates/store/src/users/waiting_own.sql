INSERT OR IGNORE INTO owners (alias_key, owner, owner_key) VALUES (:key, :owner, :owner_key)
