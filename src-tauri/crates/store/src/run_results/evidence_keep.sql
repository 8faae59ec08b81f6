INSERT INTO evidence (run, seq, request, reply) VALUES (:run, :seq, :request, :reply)
ON CONFLICT (run, seq) DO UPDATE SET request = excluded.request, reply = excluded.reply
