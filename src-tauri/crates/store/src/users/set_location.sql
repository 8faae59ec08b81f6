UPDATE users SET location = :location, redirect_address = :redirect_address
WHERE id = :id AND deleted_at IS NULL
