SELECT id, exchange_guid FROM users WHERE id BETWEEN :first AND :last AND exchange_guid IS NOT NULL
