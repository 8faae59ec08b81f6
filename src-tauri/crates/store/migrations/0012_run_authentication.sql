-- How the log-on of a run went: schemes offered and tried, channel binding, clock skew, domain.
ALTER TABLE runs ADD COLUMN authentication TEXT NOT NULL DEFAULT '{}'; -- JSON
