SELECT line FROM claims WHERE address_key = :key
