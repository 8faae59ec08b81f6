INSERT OR IGNORE INTO claims (address_key, line) VALUES (:key, :line)
