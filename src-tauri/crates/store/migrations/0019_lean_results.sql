-- A check of many mailboxes writes two rows of the list for each: adding it, deciding it. Every index makes
-- both dearer, so what is as it should be stands in none but the one that counts duplicates once. Repeated
-- folder identities are found by sorting, at the end of a run, and by the writer's memory before.
DROP INDEX run_results_folder_key;
DROP INDEX run_results_verdict;
DROP INDEX run_results_rank;
DROP INDEX run_results_cause;
-- Pages of findings, and of what is open after them.
CREATE INDEX run_results_open ON run_results (run, rank, verdict) WHERE rank < 2;
-- Pages, groups and examples of a cause.
CREATE INDEX run_results_cause ON run_results (run, cause, verdict, expectation) WHERE cause IS NOT NULL;
