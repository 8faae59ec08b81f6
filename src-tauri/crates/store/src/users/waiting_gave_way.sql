SELECT count(*) FROM claims WHERE address_key = :key AND gave_way
