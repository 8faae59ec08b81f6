INSERT OR IGNORE INTO user_aliases (alias_key, user_id) VALUES (:alias_key, :user)
