DELETE FROM users WHERE deleted_at < :before
