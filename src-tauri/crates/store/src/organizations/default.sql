SELECT id FROM organizations WHERE is_default = 1
