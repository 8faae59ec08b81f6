UPDATE runs SET population = :population WHERE number = :run
