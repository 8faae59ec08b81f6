SELECT population FROM runs WHERE number = :run
