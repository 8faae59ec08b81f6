UPDATE organizations SET
    concurrency = :concurrency, timeout_seconds = :timeout_seconds, folders = :folders,
    host_pattern = :host_pattern, notes = :notes, updated_at = :now
WHERE id = :id AND deleted_at IS NULL
