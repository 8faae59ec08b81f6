SELECT allowed, ews_url, learned_at FROM learned_loads WHERE organization_id = :organization
