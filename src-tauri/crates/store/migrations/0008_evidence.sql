-- What went over the wire for one result, redacted. Apart from the results, so that their rows stay short.
CREATE TABLE evidence (
    run     INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    request TEXT    NOT NULL,
    reply   TEXT    NOT NULL,
    PRIMARY KEY (run, seq),
    FOREIGN KEY (run, seq) REFERENCES run_results (run, seq) ON DELETE CASCADE
) STRICT;
