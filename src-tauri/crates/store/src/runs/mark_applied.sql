UPDATE runs SET applied_at = :now WHERE number = :run
