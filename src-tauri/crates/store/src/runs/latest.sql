-- A test of one mailbox says nothing about the organization.
SELECT id FROM runs
WHERE organization_id = :organization AND scope <> 'service_account'
ORDER BY number DESC LIMIT 1
