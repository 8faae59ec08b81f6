DELETE FROM refused_passwords WHERE refused_at < :before
