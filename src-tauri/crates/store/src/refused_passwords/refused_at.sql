SELECT refused_at FROM refused_passwords WHERE hash = :hash
