-- What is NULL stays as it is.
UPDATE organizations SET
    name = coalesce(:name, name),
    name_key = coalesce(:name_key, name_key),
    platform = coalesce(:platform, platform),
    updated_at = :now
WHERE id = :id AND deleted_at IS NULL
