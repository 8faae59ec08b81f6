INSERT INTO learned_loads (organization_id, allowed, ews_url, learned_at)
VALUES (:organization, :allowed, :ews_url, :learned_at)
ON CONFLICT (organization_id) DO UPDATE SET
    allowed = excluded.allowed, ews_url = excluded.ews_url, learned_at = excluded.learned_at
