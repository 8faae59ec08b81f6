DELETE FROM refused_passwords WHERE hash = :hash
