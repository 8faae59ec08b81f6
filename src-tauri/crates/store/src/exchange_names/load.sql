SELECT names FROM exchange_names WHERE organization_id = :organization
