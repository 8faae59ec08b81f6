//! Check runs: their header, how they ended, their history. Their rows are in
//! [`run_results`](crate::run_results). Whether a run may start or be applied is decided elsewhere.

mod drawn;

use contract::{
    Cause, CertificateInfo, OrganizationId, RunAuthentication, RunId, RunRow, RunState, RunsQuery,
    ServerLoad, Step, Summary,
};
use rusqlite::{Row, named_params};
use serde_json::Value;

pub use drawn::{Distinct, Drawn, drawn, set_population};

use crate::values::{id, id_opt, json, optional_json, to_json};
use crate::{StoreError, Tx, run_results};

/// Rows of [`list`] where the query names no limit.
const DEFAULT_LIMIT: u64 = 100;

/// A run within the data folder: 1, 2, 3 …; what its results hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunNumber(pub i64);

/// A run that starts.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// Its id.
    pub id: RunId,
    /// Left out: a one-off audit.
    pub organization: Option<OrganizationId>,
    /// Name of the organization.
    pub organization_name: Option<String>,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// What is asked.
    pub ews_url: String,
    /// As whom.
    pub account: String,
    /// With which scheme, as chosen.
    pub auth: String,
    /// `all`, `users`, `failed_only`, `cause`, `sample`, `address`.
    pub scope: String,
    /// Fingerprint of the settings.
    pub fingerprint: String,
    /// The settings are not saved.
    pub draft: bool,
    /// What the run needs to go on later. Never a secret.
    pub options: Value,
}

/// What becomes known while a run goes on. `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunHeader {
    /// Scheme in use.
    pub auth: Option<String>,
    /// Build of the server.
    pub server_version: Option<String>,
    /// What the run needs to go on later.
    pub options: Option<Value>,
    /// Step ladder.
    pub steps: Option<Vec<Step>>,
    /// Chain the server showed, leaf first.
    pub certificates: Option<Vec<CertificateInfo>>,
    /// Schemes the server offers.
    pub offered: Option<Vec<String>>,
    /// How the log-on went.
    pub authentication: Option<RunAuthentication>,
    /// Warnings in plain sentences.
    pub warnings: Option<Vec<String>>,
    /// Counts so far.
    pub summary: Option<Summary>,
    /// What it did to the server so far.
    pub load: Option<ServerLoad>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFinish {
    /// Any state but `running`.
    pub state: RunState,
    /// Why it was stopped.
    pub cause: Option<Cause>,
    /// One plain sentence about that.
    pub message: Option<String>,
    /// RFC 3339, UTC.
    pub finished_at: String,
    /// Counts.
    pub summary: Summary,
    /// Step ladder.
    pub steps: Vec<Step>,
    /// Warnings in plain sentences.
    pub warnings: Vec<String>,
}

/// A run with everything that is kept of it, its results apart.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// As in a list.
    pub row: RunRow,
    /// Fingerprint of the settings it used.
    pub fingerprint: String,
    /// What it needs to go on later.
    pub options: Value,
    /// Step ladder.
    pub steps: Vec<Step>,
    /// Chain the server showed, leaf first.
    pub certificates: Vec<CertificateInfo>,
    /// Schemes the server offers.
    pub offered: Vec<String>,
    /// How the log-on went.
    pub authentication: RunAuthentication,
    /// When its results were applied to the users (RFC 3339, UTC).
    pub applied_at: Option<String>,
}

impl StoredRun {
    /// What its results hang on.
    #[must_use]
    pub const fn number(&self) -> RunNumber {
        RunNumber(self.row.number)
    }
}

/// Starts a run, in state `running`.
///
/// # Errors
/// [`StoreError::Taken`] when the id is not new.
pub fn create(tx: &Tx<'_>, run: &NewRun) -> Result<RunNumber, StoreError> {
    let number = tx.insert(
        include_str!("create.sql"),
        named_params! {
            ":id": run.id.0,
            ":organization": run.organization.map(|organization| organization.0),
            ":organization_name": run.organization_name,
            ":started_at": run.started_at,
            ":ews_url": run.ews_url,
            ":account": run.account,
            ":auth": run.auth,
            ":scope": run.scope,
            ":fingerprint": run.fingerprint,
            ":draft": run.draft,
            ":options": to_json(&run.options)?,
        },
    )?;
    Ok(RunNumber(number))
}

/// Notes what has become known.
///
/// # Errors
/// [`StoreError::NotFound`] when the run was removed.
pub fn update_header(tx: &Tx<'_>, run: RunNumber, header: &RunHeader) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("update_header.sql"),
        named_params! {
            ":run": run.0,
            ":auth": header.auth,
            ":server_version": header.server_version,
            ":options": header.options.as_ref().map(to_json).transpose()?,
            ":steps": header.steps.as_ref().map(to_json).transpose()?,
            ":certificates": header.certificates.as_ref().map(to_json).transpose()?,
            ":offered": header.offered.as_ref().map(to_json).transpose()?,
            ":authentication": header.authentication.as_ref().map(to_json).transpose()?,
            ":warnings": header.warnings.as_ref().map(to_json).transpose()?,
            ":summary": header.summary.as_ref().map(to_json).transpose()?,
            ":load": header.load.as_ref().map(to_json).transpose()?,
        },
    )
}

/// Ends a run.
///
/// # Errors
/// [`StoreError::NotFound`] when the run was removed.
pub fn finish(tx: &Tx<'_>, run: RunNumber, finish: &RunFinish) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("finish.sql"),
        named_params! {
            ":run": run.0,
            ":state": finish.state.as_str(),
            ":cause": finish.cause.map(Cause::as_str),
            ":message": finish.message,
            ":finished_at": finish.finished_at,
            ":summary": to_json(&finish.summary)?,
            ":steps": to_json(&finish.steps)?,
            ":warnings": to_json(&finish.warnings)?,
        },
    )
}

/// Lets a run go on: `running` again, its end forgotten. Its undecided rows are opened again by
/// [`run_results::reopen`].
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run, or it is running or complete.
pub fn resume(tx: &Tx<'_>, run: RunNumber) -> Result<(), StoreError> {
    tx.execute_one(include_str!("resume.sql"), named_params! { ":run": run.0 })
}

/// The number behind an id.
///
/// # Errors
/// As [`StoreError`].
pub fn number(tx: &Tx<'_>, run: &RunId) -> Result<Option<RunNumber>, StoreError> {
    tx.first(
        include_str!("number.sql"),
        named_params! { ":id": run.0 },
        |row| row.get(0).map(RunNumber),
    )
}

/// One run.
///
/// # Errors
/// As [`StoreError`].
pub fn show(tx: &Tx<'_>, run: &RunId) -> Result<Option<StoredRun>, StoreError> {
    tx.first(
        include_str!("show.sql"),
        named_params! { ":id": run.0 },
        |row| {
            Ok(StoredRun {
                row: read_row(row)?,
                fingerprint: row.get("fingerprint")?,
                options: json(row, "options")?,
                steps: json(row, "steps")?,
                certificates: json(row, "certificates")?,
                offered: json(row, "offered")?,
                authentication: json(row, "authentication")?,
                applied_at: row.get("applied_at")?,
            })
        },
    )
}

/// What a run did to the server, as it was kept last.
///
/// # Errors
/// As [`StoreError`].
pub fn load(tx: &Tx<'_>, run: RunNumber) -> Result<Option<ServerLoad>, StoreError> {
    tx.first(
        include_str!("load.sql"),
        named_params! { ":run": run.0 },
        |row| json(row, "load"),
    )
}

/// Runs, newest first.
///
/// # Errors
/// As [`StoreError`].
pub fn list(tx: &Tx<'_>, query: &RunsQuery) -> Result<Vec<RunRow>, StoreError> {
    let limit = if query.limit == 0 {
        DEFAULT_LIMIT
    } else {
        query.limit
    }
    .cast_signed();
    match query.organization {
        Some(organization) => tx.all(
            include_str!("list_of_organization.sql"),
            named_params! { ":organization": organization.0, ":limit": limit },
            read_row,
        ),
        None => tx.all(
            include_str!("list.sql"),
            named_params! { ":limit": limit },
            read_row,
        ),
    }
}

/// The newest run of an organization; `None`: of all, one-off audits included.
///
/// # Errors
/// As [`StoreError`].
pub fn latest(
    tx: &Tx<'_>,
    organization: Option<OrganizationId>,
) -> Result<Option<RunId>, StoreError> {
    match organization {
        Some(organization) => tx.first(
            include_str!("latest.sql"),
            named_params! { ":organization": organization.0 },
            read_id,
        ),
        None => tx.first(include_str!("latest_of_all.sql"), (), read_id),
    }
}

/// The newest finished run with these settings, unless it was applied already: what `Save` would
/// apply.
///
/// # Errors
/// As [`StoreError`].
pub fn waiting(
    tx: &Tx<'_>,
    organization: OrganizationId,
    fingerprint: &str,
) -> Result<Option<RunId>, StoreError> {
    tx.first(
        include_str!("waiting.sql"),
        named_params! { ":organization": organization.0, ":fingerprint": fingerprint },
        read_id,
    )
}

/// Removes a run with its results.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such run.
pub fn remove(tx: &Tx<'_>, run: &RunId) -> Result<(), StoreError> {
    tx.execute_one(include_str!("remove.sql"), named_params! { ":id": run.0 })
}

/// The runs of an organization that go on now, or were cut off and not marked yet; newest first.
///
/// # Errors
/// As [`StoreError`].
pub fn running(tx: &Tx<'_>, organization: OrganizationId) -> Result<Vec<RunId>, StoreError> {
    tx.all(
        include_str!("running.sql"),
        named_params! { ":organization": organization.0 },
        read_id,
    )
}

/// Marks every run that still reads `running`, except the given ones, as `interrupted`, and counts
/// its results anew: a killed process could not. Answers which they were.
///
/// # Errors
/// As [`StoreError`].
pub fn mark_interrupted(tx: &Tx<'_>, except: &[RunId]) -> Result<Vec<RunId>, StoreError> {
    let cut_off = tx.all(
        include_str!("running_except.sql"),
        named_params! { ":except": to_json(except)? },
        |row| {
            Ok((
                RunNumber(row.get("number")?),
                read_id_named(row)?,
                json::<Summary>(row, "summary")?,
            ))
        },
    )?;
    let mut marked = Vec::with_capacity(cut_off.len());
    for (number, run, known) in cut_off {
        let summary = Summary {
            requests: known.requests,
            connections: known.connections,
            log_ons: known.log_ons,
            retries: known.retries,
            ..run_results::summary(tx, number)?
        };
        tx.execute_one(
            include_str!("mark_interrupted.sql"),
            named_params! { ":run": number.0, ":summary": to_json(&summary)? },
        )?;
        marked.push(run);
    }
    Ok(marked)
}

/// Notes that the results of a run were applied to the users.
pub(crate) fn mark_applied(tx: &Tx<'_>, run: RunNumber, now: &str) -> Result<(), StoreError> {
    tx.execute_one(
        include_str!("mark_applied.sql"),
        named_params! { ":run": run.0, ":now": now },
    )
}

fn read_id(row: &Row<'_>) -> rusqlite::Result<RunId> {
    row.get(0).map(RunId)
}

fn read_id_named(row: &Row<'_>) -> rusqlite::Result<RunId> {
    row.get("id").map(RunId)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: read_id_named(row)?,
        number: row.get("number")?,
        organization: row
            .get::<_, Option<i64>>("organization_id")?
            .map(OrganizationId),
        organization_name: row.get("organization_name")?,
        state: id(row, "state")?,
        cause: id_opt(row, "cause")?,
        message: row.get("message")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
        ews_url: row.get("ews_url")?,
        account: row.get("account")?,
        auth: row.get("auth")?,
        scope: row.get("scope")?,
        server_version: row.get("server_version")?,
        draft: row.get("draft")?,
        old_settings: row.get("old_settings")?,
        summary: json(row, "summary")?,
        warnings: json(row, "warnings")?,
        application: row.get("application")?,
        authority: optional_json(row, "authority")?,
    })
}
