-- A list of three behind IN is a table of its own, which SQLite makes anew for every statement: three for
-- every mailbox that a run adds and decides. Said with OR, the same rules need none.
DROP INDEX run_results_open;
ALTER TABLE run_results DROP COLUMN rank;
ALTER TABLE run_results DROP COLUMN finding;
-- The verdict breaks the expectation (the same rule as Verdict::is_finding).
ALTER TABLE run_results ADD COLUMN finding INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE expectation
        WHEN 'must_open' THEN
            coalesce(verdict = 'refused' OR verdict = 'no_mailbox' OR verdict = 'unusable', 0)
        ELSE coalesce(verdict = 'granted', 0)
    END
) VIRTUAL;
-- Findings, then what is open (the same rule as Verdict::is_open), then pending, then the rest.
ALTER TABLE run_results ADD COLUMN rank INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE
        WHEN finding THEN 0
        WHEN verdict IN ('undetermined', 'not_checked') THEN 1
        WHEN expectation = 'must_refuse' AND verdict IN ('no_mailbox', 'unusable') THEN 1
        WHEN verdict IS NULL THEN 2
        ELSE 3
    END
) VIRTUAL;
-- Pages of findings, and of what is open after them.
CREATE INDEX run_results_open ON run_results (run, rank, verdict) WHERE rank < 2;
