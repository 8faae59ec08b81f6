UPDATE claims SET gave_way = 1 WHERE address_key = :key
