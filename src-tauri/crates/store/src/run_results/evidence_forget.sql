DELETE FROM evidence WHERE run = :run AND seq = :seq
