//! Counting results.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use contract::{Cause, CauseCount, Expectation, Summary, Verdict};
use rusqlite::named_params;

use crate::runs::RunNumber;
use crate::values::{InOrder, count, id, id_opt};
use crate::{StoreError, Tx};

/// What was expected of a row, and its verdict.
type Kind = (Expectation, Option<Verdict>);

/// Rows of one cause that share verdict and expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseGroup {
    /// The cause.
    pub cause: Cause,
    /// Rows that carry it.
    pub count: u64,
    /// Their verdict.
    pub verdict: Verdict,
    /// What was expected of them.
    pub expectation: Expectation,
    /// Whether they are findings.
    pub finding: bool,
    /// The first addresses, in the order of the list.
    pub examples: Vec<String>,
}

/// Counts the rows of a run. System mailboxes are in `left_out` and in no other count; rows without
/// a verdict are in `total` alone. `requests`, `connections`, `log_ons` and `retries` are 0: rows do
/// not know them.
///
/// # Errors
/// As [`StoreError`].
pub fn summary(tx: &Tx<'_>, run: RunNumber) -> Result<Summary, StoreError> {
    let mut groups = tx.all(
        include_str!("summary_causes.sql"),
        named_params! { ":run": run.0 },
        |row| {
            Ok((
                (id(row, "expectation")?, id_opt(row, "verdict")?),
                Some(id::<Cause>(row, "cause")?),
                count(row, "rows")?,
            ))
        },
    )?;
    let plain = without_cause(tx, run)?;
    groups.extend(plain.into_iter().map(|(kind, rows)| (kind, None, rows)));
    let mut summary = Summary::default();
    let mut causes: BTreeMap<Cause, u64> = BTreeMap::new();
    for ((expectation, verdict), cause, rows) in groups {
        if cause == Some(Cause::MailboxSystem) {
            summary.left_out += rows;
            continue;
        }
        summary.total += rows;
        if let Some(cause) = cause {
            *causes.entry(cause).or_default() += rows;
        }
        let Some(verdict) = verdict else { continue };
        if verdict.is_finding(expectation) {
            summary.findings += rows;
        }
        *of_verdict(&mut summary, verdict) += rows;
    }
    summary.causes = causes
        .into_iter()
        .map(|(cause, count)| CauseCount { cause, count })
        .collect();
    // The gravest of all stands first, however few they are.
    summary
        .causes
        .sort_by_key(|c| (c.cause != Cause::ImpersonationExposed, Reverse(c.count)));
    Ok(summary)
}

/// Causes with a few of their addresses: opened canaries first of all, then findings, then by how many
/// rows they touch. System mailboxes are left out.
///
/// # Errors
/// As [`StoreError`].
pub fn cause_groups(
    tx: &Tx<'_>,
    run: RunNumber,
    examples: u64,
) -> Result<Vec<CauseGroup>, StoreError> {
    let mut groups = tx.all(
        include_str!("cause_groups.sql"),
        named_params! { ":run": run.0 },
        |row| {
            let (verdict, expectation) = (id::<Verdict>(row, "verdict")?, id(row, "expectation")?);
            Ok(CauseGroup {
                cause: id(row, "cause")?,
                count: count(row, "rows")?,
                verdict,
                expectation,
                finding: verdict.is_finding(expectation),
                examples: Vec::new(),
            })
        },
    )?;
    groups.sort_by_key(|group| {
        let graver = group.cause != Cause::ImpersonationExposed;
        (graver, !group.finding, Reverse(group.count), group.cause)
    });
    for group in &mut groups {
        group.examples = tx.all(
            include_str!("cause_examples.sql"),
            named_params! {
                ":run": run.0,
                ":cause": group.cause.as_str(),
                ":verdict": group.verdict.as_str(),
                ":expectation": group.expectation.as_str(),
                ":limit": examples.cast_signed(),
            },
            |row| row.get(0),
        )?;
    }
    Ok(groups)
}

/// How many rows carry no cause, which most of them do not.
fn without_cause(tx: &Tx<'_>, run: RunNumber) -> Result<HashMap<Kind, u64>, StoreError> {
    let mut counts: HashMap<Kind, u64> = HashMap::new();
    tx.each(
        include_str!("summary_plain.sql"),
        named_params! { ":run": run.0 },
        |row| {
            let mut row = InOrder::of(row);
            let kind = (row.next_id("expectation")?, row.next_id_opt("verdict")?);
            *counts.entry(kind).or_default() += 1;
            Ok(())
        },
    )?;
    Ok(counts)
}

const fn of_verdict(summary: &mut Summary, verdict: Verdict) -> &mut u64 {
    match verdict {
        Verdict::Granted => &mut summary.granted,
        Verdict::Refused => &mut summary.refused,
        Verdict::NoMailbox => &mut summary.no_mailbox,
        Verdict::Unusable => &mut summary.unusable,
        Verdict::Undetermined => &mut summary.undetermined,
        Verdict::NotChecked => &mut summary.not_checked,
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use crate::migrations::MIGRATIONS;

    /// A million rows that are sorted take a megabyte at once, and a file beside it.
    #[test]
    fn counting_sorts_nothing() {
        let mut database = Connection::open_in_memory().expect("opens");
        MIGRATIONS.to_latest(&mut database).expect("the schema");
        for sql in [
            include_str!("summary_plain.sql"),
            include_str!("summary_causes.sql"),
            include_str!("cause_groups.sql"),
        ] {
            let mut explained = database
                .prepare(&format!("EXPLAIN {sql}"))
                .expect("sound SQL");
            let steps: Vec<String> = explained
                .raw_query()
                .mapped(|row| row.get("opcode"))
                .collect::<Result<_, _>>()
                .expect("reads");
            let sorts = |step: &String| ["SorterOpen", "OpenEphemeral"].contains(&step.as_str());
            assert!(!steps.iter().any(sorts), "{sql}: {steps:?}");
        }
    }
}
