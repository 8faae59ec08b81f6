-- Another address is another mailbox: nothing is proven of it yet.
UPDATE users SET
    name = :name, name_key = :name_key, address = :address, address_key = :address_key,
    tags = :tags, search_key = :search_key, updated_at = :now,
    sync_access = iif(address_key = :address_key, sync_access, 'not_activated'),
    last_verdict = iif(address_key = :address_key, last_verdict, NULL),
    last_cause = iif(address_key = :address_key, last_cause, NULL),
    last_message = iif(address_key = :address_key, last_message, NULL),
    last_checked_at = iif(address_key = :address_key, last_checked_at, NULL),
    last_good_at = iif(address_key = :address_key, last_good_at, NULL),
    location = iif(address_key = :address_key, location, 'unknown'),
    redirect_address = iif(address_key = :address_key, redirect_address, NULL),
    exchange_guid = iif(address_key = :address_key, exchange_guid, NULL)
WHERE id = :id AND deleted_at IS NULL
