UPDATE users SET deleted_at = :now WHERE import_batch = :batch AND deleted_at IS NULL
