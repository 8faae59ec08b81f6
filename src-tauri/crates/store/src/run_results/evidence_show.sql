SELECT request, reply FROM evidence WHERE run = :run AND seq = :seq
