SELECT number, id, summary FROM runs
WHERE state = 'running' AND id NOT IN (SELECT value FROM json_each(:except))
ORDER BY number
