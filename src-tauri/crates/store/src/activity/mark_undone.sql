UPDATE activity SET undone_at = :now WHERE id = :id AND undo IS NOT NULL AND undone_at IS NULL
