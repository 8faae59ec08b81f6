-- index and filter are fixed fragments of filter.rs and page.rs.
SELECT u.id, u.search_key FROM users u {index} WHERE u.deleted_at IS NULL {filter}
