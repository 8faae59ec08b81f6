SELECT load FROM runs WHERE number = :run
