SELECT count(*) FROM users u WHERE u.deleted_at IS NULL {filter}
