DELETE FROM guide_steps WHERE organization_id = :organization AND guide = :guide AND step = :step
