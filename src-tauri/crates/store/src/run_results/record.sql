UPDATE run_results SET
    verdict = ?3, cause = ?4, ews_code = ?5, http_status = ?6, attempts = ?7, latency_ms = ?8,
    request_id = ?9, message = ?10, alias_of = ?11, folder_key = ?12, folders = ?13, checked_at = ?14,
    by_guid = ?15
WHERE run = ?1 AND seq = ?2
