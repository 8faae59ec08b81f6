-- What was not decided is asked again; system mailboxes stay left out.
UPDATE run_results SET
    verdict = NULL, cause = NULL, ews_code = NULL, http_status = NULL, attempts = 0,
    latency_ms = NULL, request_id = NULL, message = NULL, folder_key = NULL, folders = NULL,
    checked_at = NULL
WHERE run = :run
  AND verdict IN ('undetermined', 'not_checked')
  AND cause IS NOT 'mailbox.system'
