//! Rules of the contract that hold for every run, whatever happened to it.

use std::collections::{BTreeMap, HashMap};

use contract::{Cause, Expectation, ResultRow, RunState, Verdict};
use exchange_sim::Counters;

use crate::check::PASSWORD;
use crate::outcome::Outcome;

impl Outcome {
    /// Holds the run against the rules.
    pub(crate) fn audit(&self) {
        self.audit_stored();
        self.audit_stream();
    }

    /// The same for what is stored alone.
    pub(crate) fn audit_stored(&self) {
        self.rows
            .iter()
            .for_each(|(row, _)| audit_row(row, self.state()));
        self.audit_counts();
        self.audit_state();
        let everything = format!("{self:?}");
        assert!(!everything.contains(PASSWORD), "the password shows");
    }

    /// `requests` are POSTs with credentials, `connections` TCP connections, as the server counts them.
    pub(crate) fn audit_wire(&self, server: &Counters) {
        let summary = self.summary();
        let (told, counted) = (summary.requests, server.posts_with_credentials);
        // What is under way when a run ends before its time may never have reached the server, or
        // not have been counted yet.
        let cut = matches!(self.state(), RunState::Stopped | RunState::Cancelled);
        let cut = if cut && counted > 2 { 27 } else { 0 };
        let near = |told: u64, counted: u64| told.abs_diff(counted) <= cut;
        assert!(
            near(told, counted),
            "requests: {told} told, {counted} counted by the server"
        );
        let (told, counted) = (summary.connections, server.connections);
        assert!(
            near(told, counted),
            "connections: {told} told, {counted} counted by the server"
        );
        let of_log = server.requests_log.iter();
        if server.requests == server.requests_log.len() as u64 {
            let mut logged: Vec<u64> = of_log
                .filter(|r| r.had_authorization)
                .map(|r| r.connection)
                .collect();
            logged.sort_unstable();
            logged.dedup();
            let (told, counted) = (summary.log_ons, logged.len() as u64);
            assert!(
                near(told, counted),
                "log-ons: {told} told, {counted} counted by the server"
            );
        }
        assert_eq!(server.redirect_hits, 0, "redirects are never followed");
        self.audit_attempts(server);
    }

    /// A row that was asked says how often, as the server counts it by address; a proof that decided the row
    /// counts as well.
    fn audit_attempts(&self, server: &Counters) {
        if server.requests > server.requests_log.len() as u64 {
            return;
        }
        for (row, _) in self.rows.iter().filter(|(row, _)| row.attempts > 0) {
            let by = |kind: &str| {
                let log = server.requests_log.iter().filter(|request| {
                    request.operation.as_deref() == Some("GetFolder")
                        && request.identity_kind.as_deref() == Some(kind)
                        && request.identity.as_deref() == Some(row.mailbox.as_str())
                });
                log.count() as u64
            };
            let (asked, proofs) = (by("SmtpAddress"), by("PrimarySmtpAddress"));
            let decided_by_proof = row.verdict != Some(Verdict::Granted);
            let most = asked + if decided_by_proof { proofs } else { 0 };
            assert!(
                asked == 0 || (asked..=most).contains(&u64::from(row.attempts)),
                "asked {asked} times, and {proofs} in proof: {row:?}"
            );
        }
    }

    fn audit_counts(&self) {
        let summary = self.summary();
        let mut verdicts: HashMap<Verdict, u64> = HashMap::new();
        let mut causes: BTreeMap<Cause, u64> = BTreeMap::new();
        let (mut findings, mut total, mut left_out) = (0, 0, 0);
        for (row, _) in &self.rows {
            if row.cause == Some(Cause::MailboxSystem) {
                left_out += 1;
                continue;
            }
            total += 1;
            findings += u64::from(row.finding);
            *verdicts
                .entry(row.verdict.expect("every row ends in a verdict"))
                .or_default() += 1;
            if let Some(cause) = row.cause {
                *causes.entry(cause).or_default() += 1;
            }
        }
        let of = |verdict| verdicts.get(&verdict).copied().unwrap_or_default();
        assert_eq!(summary.total, total, "total");
        assert_eq!(summary.left_out, left_out, "left_out");
        assert_eq!(summary.findings, findings, "findings");
        assert_eq!(summary.granted, of(Verdict::Granted), "granted");
        assert_eq!(summary.refused, of(Verdict::Refused), "refused");
        assert_eq!(summary.no_mailbox, of(Verdict::NoMailbox), "no_mailbox");
        assert_eq!(summary.unusable, of(Verdict::Unusable), "unusable");
        assert_eq!(
            summary.undetermined,
            of(Verdict::Undetermined),
            "undetermined"
        );
        assert_eq!(summary.not_checked, of(Verdict::NotChecked), "not_checked");
        let told: BTreeMap<Cause, u64> =
            summary.causes.iter().map(|c| (c.cause, c.count)).collect();
        assert_eq!(told, causes, "causes");
        assert!(
            self.rows
                .windows(2)
                .all(|pair| pair[0].0.seq < pair[1].0.seq),
            "order of the list"
        );
    }

    fn audit_state(&self) {
        let open = self.rows.iter().any(|(row, _)| {
            let blind = row.expectation == Expectation::MustRefuse
                && matches!(row.verdict, Some(Verdict::NoMailbox | Verdict::Unusable));
            let undecided = matches!(
                row.verdict,
                Some(Verdict::Undetermined | Verdict::NotChecked)
            );
            blind || (undecided && row.cause != Some(Cause::MailboxSystem))
        });
        match self.state() {
            RunState::Complete => assert!(!open, "complete, but something is open"),
            RunState::Incomplete => assert!(open, "incomplete, but nothing is open"),
            RunState::Stopped => assert!(!self.message().is_empty(), "a stopped run says why"),
            RunState::Cancelled => {}
            other => panic!("the run ended as {other:?}"),
        }
        assert_eq!(
            self.cause().is_some(),
            self.state() == RunState::Stopped,
            "a cause if stopped, else none"
        );
        assert!(self.page.row.finished_at.is_some(), "it has ended");
    }

    /// Every row is told; what is told again says so; the last word is what is stored.
    fn audit_stream(&self) {
        let mut last: HashMap<i64, &ResultRow> = HashMap::new();
        for told in &self.told {
            let before = last.insert(told.row.seq, &told.row);
            assert_eq!(
                before.is_some(),
                told.supersedes,
                "supersedes: {:?}",
                told.row
            );
            if let Some(before) = before {
                let same = (before.verdict, before.cause, &before.alias_of)
                    == (told.row.verdict, told.row.cause, &told.row.alias_of);
                assert!(!same, "told again without news: {before:?}");
            }
        }
        for (row, _) in &self.rows {
            let told = last
                .get(&row.seq)
                .unwrap_or_else(|| panic!("never told: {row:?}"));
            assert_eq!(
                (told.verdict, told.cause),
                (row.verdict, row.cause),
                "the last word of {}",
                row.mailbox
            );
        }
    }
}

fn audit_row(row: &ResultRow, state: RunState) {
    let verdict = row.verdict.unwrap_or_else(|| panic!("no verdict: {row:?}"));
    let finding = match row.expectation {
        Expectation::MustOpen => matches!(
            verdict,
            Verdict::Refused | Verdict::NoMailbox | Verdict::Unusable
        ),
        Expectation::MustRefuse => verdict == Verdict::Granted,
    };
    assert_eq!(row.finding, finding, "finding: {row:?}");
    match (verdict, row.cause) {
        (Verdict::Granted, None) => {
            assert_eq!(
                row.expectation,
                Expectation::MustOpen,
                "an opened canary is exposed: {row:?}"
            );
            assert_eq!(
                (row.ews_code.as_deref(), row.http_status),
                (Some("NoError"), Some(200)),
                "{row:?}"
            );
        }
        (Verdict::Granted, Some(cause)) => {
            assert_eq!(cause, Cause::ImpersonationExposed, "{row:?}");
        }
        (Verdict::NotChecked, None) => assert_eq!(state, RunState::Cancelled, "{row:?}"),
        (_, None) => panic!("no cause: {row:?}"),
        // A row may end undetermined with what stops a run, where that could not be confirmed.
        (Verdict::Undetermined, Some(_)) => {
            assert!(row.attempts > 0, "undetermined, never asked: {row:?}");
        }
        (Verdict::NotChecked, Some(cause)) => {
            assert!(
                cause == Cause::MailboxSystem || state == RunState::Stopped,
                "{row:?}"
            );
        }
        (verdict, Some(cause)) => assert_eq!(cause.verdict(), verdict, "{row:?}"),
    }
    let silent = matches!(
        (verdict, row.cause),
        (Verdict::Granted | Verdict::NotChecked, None)
    );
    let says = row.message.as_deref().unwrap_or_default();
    assert!(
        silent || !says.is_empty(),
        "a cause has its sentence: {row:?}"
    );
    assert!(row.attempts <= 6, "asked {} times: {row:?}", row.attempts);
}
