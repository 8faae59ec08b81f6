-- The mailbox GUID ties a folder identity to a mailbox: as the list names it, and as the folder showed it.
ALTER TABLE users ADD COLUMN exchange_guid BLOB CHECK (length(exchange_guid) = 16);
ALTER TABLE run_results ADD COLUMN listed_guid BLOB CHECK (length(listed_guid) = 16);
-- Whether folder_key is the mailbox GUID itself; else it is a digest of the folder identity.
ALTER TABLE run_results ADD COLUMN by_guid INTEGER NOT NULL DEFAULT 0;
