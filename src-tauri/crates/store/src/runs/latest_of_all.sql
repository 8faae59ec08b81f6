SELECT id FROM runs WHERE scope <> 'service_account' ORDER BY number DESC LIMIT 1
