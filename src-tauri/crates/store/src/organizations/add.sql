INSERT INTO organizations (
    name, name_key, external_id, access_type, platform, is_default, created_at, updated_at
) VALUES (
    :name, :name_key, :external_id, :access_type, :platform, :is_default, :now, :now
)
