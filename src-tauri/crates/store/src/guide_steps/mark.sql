INSERT OR IGNORE INTO guide_steps (organization_id, guide, step, done_at)
VALUES (:organization, :guide, :step, :now)
