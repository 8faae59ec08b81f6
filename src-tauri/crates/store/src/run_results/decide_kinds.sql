UPDATE run_results
SET verdict = :verdict, cause = :cause, message = :message
WHERE run = :run
  AND verdict IS NULL
  AND (
      lower(trim(kind)) IN (SELECT value FROM json_each(:kinds))
      OR EXISTS (
          SELECT 1 FROM json_each(:beginnings) b
          WHERE substr(mailbox_key, 1, length(b.value)) = b.value
             OR substr(name_key, 1, length(b.value)) = b.value
      )
  )
