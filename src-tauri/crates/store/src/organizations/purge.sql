DELETE FROM organizations WHERE deleted_at < :before
