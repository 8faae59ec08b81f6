UPDATE run_results SET
    verdict = :verdict, cause = :cause, ews_code = :ews_code, http_status = :http_status,
    attempts = :attempts, latency_ms = :latency_ms, request_id = :request_id, message = :message,
    alias_of = :alias_of, folder_key = :folder_key, folders = :folders, checked_at = :checked_at
WHERE run = :run AND seq = :seq
