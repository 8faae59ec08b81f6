SELECT count(*) FROM activity WHERE 1 {filter}
