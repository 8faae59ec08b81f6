UPDATE runs SET state = 'interrupted', summary = :summary WHERE number = :run
