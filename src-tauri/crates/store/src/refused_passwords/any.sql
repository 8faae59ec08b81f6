SELECT EXISTS (SELECT 1 FROM refused_passwords)
