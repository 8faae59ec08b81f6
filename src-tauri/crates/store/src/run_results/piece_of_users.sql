-- The last user of the next piece.
SELECT max(id) FROM (
    SELECT id FROM users INDEXED BY users_facts
    WHERE organization_id = :organization AND deleted_at IS NULL AND id > :after
      AND must_refuse = :must_refuse AND synchronization_disabled = 0
    ORDER BY id
    LIMIT :limit
)
