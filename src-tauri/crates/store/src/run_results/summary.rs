//! Counting results.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use contract::{Cause, CauseCount, Expectation, Summary, Verdict};
use rusqlite::named_params;

use crate::runs::RunNumber;
use crate::values::{count, id, id_opt};
use crate::{StoreError, Tx};

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
    let groups = tx.all(
        include_str!("summary.sql"),
        named_params! { ":run": run.0 },
        |row| {
            Ok((
                id::<Expectation>(row, "expectation")?,
                id_opt::<Verdict>(row, "verdict")?,
                id_opt::<Cause>(row, "cause")?,
                count(row, "rows")?,
            ))
        },
    )?;
    let mut summary = Summary::default();
    let mut causes: BTreeMap<Cause, u64> = BTreeMap::new();
    for (expectation, verdict, cause, rows) in groups {
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
