-- One row a mailbox of a run, in the order of the list. No verdict: not decided yet.
CREATE TABLE run_results (
    run         INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    seq         INTEGER NOT NULL, -- from 0, without gaps
    mailbox     TEXT    NOT NULL,
    mailbox_key TEXT    NOT NULL, -- lower case
    identity    TEXT,             -- what is sent when that is not the address
    name        TEXT    NOT NULL,
    name_key    TEXT    NOT NULL, -- lower case
    kind        TEXT,
    user_id     INTEGER,          -- weak: the user may be gone
    expectation TEXT    NOT NULL,
    verdict     TEXT,
    cause       TEXT,
    ews_code    TEXT,
    http_status INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    latency_ms  INTEGER,
    request_id  TEXT,
    message     TEXT,
    alias_of    TEXT,
    folder_key  BLOB CHECK (length(folder_key) = 16),
    folders     TEXT,             -- JSON array
    checked_at  TEXT,
    -- The verdict breaks the expectation (the same rule as Verdict::is_finding).
    finding     INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE expectation
            WHEN 'must_open' THEN coalesce(verdict IN ('refused', 'no_mailbox', 'unusable'), 0)
            ELSE coalesce(verdict = 'granted', 0)
        END
    ) VIRTUAL,
    -- Findings, then what is open (the same rule as Verdict::is_open), then pending, then the rest.
    rank        INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN finding THEN 0
            WHEN verdict IN ('undetermined', 'not_checked') THEN 1
            WHEN expectation = 'must_refuse' AND verdict IN ('no_mailbox', 'unusable') THEN 1
            WHEN verdict IS NULL THEN 2
            ELSE 3
        END
    ) VIRTUAL,
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Duplicates are counted once.
CREATE UNIQUE INDEX run_results_mailbox ON run_results (run, mailbox_key);
-- Two mailboxes with one folder identity: the right-mailbox proof failed.
CREATE INDEX run_results_folder_key ON run_results (run, folder_key) WHERE folder_key IS NOT NULL;
-- Counts.
CREATE INDEX run_results_verdict ON run_results (run, verdict, cause, expectation);
-- Pages of findings, and of what is open after them.
CREATE INDEX run_results_rank ON run_results (run, rank, verdict);
-- Pages of one cause.
CREATE INDEX run_results_cause ON run_results (run, cause) WHERE cause IS NOT NULL;
