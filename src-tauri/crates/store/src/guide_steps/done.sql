SELECT guide, step FROM guide_steps WHERE organization_id = :organization ORDER BY guide, step
