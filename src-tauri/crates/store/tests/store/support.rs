//! What most tests start from.

use contract::{Expectation, OrganizationId, ResultRow, RunId, SmtpAddress, UserId, Verdict};
use store::run_results::{NewResult, Outcome};
use store::runs::{NewRun, RunNumber};
use store::users::NewUser;
use store::{Db, StoreError, Tx, organizations, run_results, runs, users};

pub(crate) const NOW: &str = "2026-11-22T11:30:00Z";
pub(crate) const LATER: &str = "2026-11-22T12:00:00Z";

/// A database of its own; the folder lives as long as the guard.
pub(crate) fn database() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = Db::open(folder.path()).expect("an empty folder can be opened");
    (folder, db)
}

/// One write that must work.
pub(crate) async fn write<T: Send + 'static>(
    db: &Db,
    f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    db.write(f).await.expect("the write must work")
}

/// One read that must work.
pub(crate) async fn read<T: Send + 'static>(
    db: &Db,
    f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> T {
    db.read(f).await.expect("the read must work")
}

pub(crate) fn new_organization(name: &str) -> organizations::NewOrganization {
    organizations::NewOrganization {
        name: name.to_owned(),
        external_id: name.to_lowercase().replace(' ', "-"),
        access_type: contract::AccessType::default(),
        platform: contract::Platform::default(),
    }
}

pub(crate) fn user(address: &str) -> NewUser {
    NewUser::new(SmtpAddress::parse(address).expect("a sound address"))
}

/// Contoso with these users; one that starts with `canary` must be refused.
pub(crate) async fn contoso(db: &Db, addresses: &[&str]) -> (OrganizationId, Vec<UserId>) {
    let users: Vec<NewUser> = addresses
        .iter()
        .map(|address| NewUser {
            must_refuse: address.starts_with("canary"),
            ..user(address)
        })
        .collect();
    write(db, move |tx| {
        let organization = organizations::add(tx, &new_organization("Contoso"), NOW)?;
        let ids = users
            .iter()
            .map(|user| users::add(tx, organization, user, NOW))
            .collect::<Result<_, _>>()?;
        Ok((organization, ids))
    })
    .await
}

pub(crate) fn new_run(id: &str, organization: Option<OrganizationId>) -> NewRun {
    NewRun {
        id: RunId(id.to_owned()),
        organization,
        organization_name: organization.map(|_| "Contoso".to_owned()),
        started_at: NOW.to_owned(),
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        account: "CONTOSO\\svc".to_owned(),
        auth: "auto".to_owned(),
        scope: "all".to_owned(),
        fingerprint: "one".to_owned(),
        draft: false,
        options: serde_json::json!({ "folders": ["inbox"] }),
    }
}

pub(crate) fn listed(mailbox: &str, expectation: Expectation) -> NewResult {
    NewResult {
        mailbox: mailbox.to_owned(),
        identity: None,
        name: String::new(),
        kind: None,
        user: None,
        expectation,
        listed_guid: None,
        decided: None,
    }
}

/// A one-off run over these mailboxes, all pending; one that starts with `canary` must be refused.
pub(crate) async fn run_over(db: &Db, mailboxes: &[&str]) -> RunNumber {
    let rows: Vec<NewResult> = mailboxes
        .iter()
        .map(|mailbox| {
            let canary = mailbox.starts_with("canary");
            listed(
                mailbox,
                if canary {
                    Expectation::MustRefuse
                } else {
                    Expectation::MustOpen
                },
            )
        })
        .collect();
    write(db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", None))?;
        run_results::add(tx, run, 0, &rows)?;
        Ok(run)
    })
    .await
}

pub(crate) fn outcome(seq: i64, verdict: Verdict) -> Outcome {
    Outcome {
        seq,
        verdict,
        cause: None,
        ews_code: None,
        http_status: Some(200),
        attempts: 1,
        latency_ms: Some(31),
        request_id: Some(format!("request-{seq}")),
        message: None,
        alias_of: None,
        folder_key: None,
        by_guid: false,
        folders: Vec::new(),
        checked_at: Some(NOW.to_owned()),
        evidence: None,
    }
}

/// The rows of a run, without their folders.
pub(crate) fn rows_of(
    tx: &Tx<'_>,
    run: RunNumber,
    after: i64,
    limit: u64,
) -> Result<Vec<ResultRow>, StoreError> {
    let rows = run_results::each(tx, run, after, limit)?;
    Ok(rows.into_iter().map(|(row, _)| row).collect())
}
