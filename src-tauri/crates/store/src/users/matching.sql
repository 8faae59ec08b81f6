-- index and filter are fixed fragments of filter.rs and page.rs.
SELECT u.id FROM users u {index} WHERE u.deleted_at IS NULL {filter}
