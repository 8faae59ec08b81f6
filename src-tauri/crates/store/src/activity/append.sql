INSERT INTO activity (
    at, changed_by, kind, details, organization_id, organization_name, undo, previous_hash, hash
) VALUES (
    :at, :changed_by, :kind, :details, :organization, :organization_name, :undo, :previous_hash, :hash
)
