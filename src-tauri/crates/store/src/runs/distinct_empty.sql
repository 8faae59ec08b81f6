DELETE FROM temp.distinct_keys
