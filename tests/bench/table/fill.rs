//! A data folder with a long list: nine in ten users in one organization, the rest in two more, and
//! a run over the first that found something in one of fifty.

use std::path::Path;

use contract::{Cause, IdentifyBy, OrganizationId, RunId, RunState, SmtpAddress, Verdict};
use store::organizations::NewOrganization;
use store::run_results::{Outcome, Selection};
use store::runs::{NewRun, RunFinish};
use store::users::NewUser;
use store::{Db, StoreError, Tx, organizations, run_results, runs, users};

const NOW: &str = "2026-11-22T11:30:00Z";
/// Rows written at once.
const PIECE: u32 = 100_000;
const FIRST: [&str; 8] = [
    "Anna", "Ben", "Carla", "David", "Eva", "Frank", "Greta", "Hans",
];
const LAST: [&str; 8] = [
    "Berg", "Bauer", "Schmidt", "Klein", "Wolf", "Stein", "Huber", "Lang",
];

/// Answers the organization with most users.
///
/// # Errors
/// In words.
pub(crate) async fn fill(folder: &Path, users: u32) -> Result<OrganizationId, String> {
    let db = Db::open(folder).map_err(|error| error.to_string())?;
    let large = add(&db, "Contoso", 0..users / 10 * 9).await?;
    add(&db, "Fabrikam", users / 10 * 9..users / 20 * 19).await?;
    add(&db, "Adatum", users / 20 * 19..users).await?;
    check(&db, large, users / 10 * 9).await?;
    Ok(large)
}

async fn add(db: &Db, name: &str, of: std::ops::Range<u32>) -> Result<OrganizationId, String> {
    let new = NewOrganization {
        name: name.to_owned(),
        external_id: name.to_lowercase(),
        access_type: contract::AccessType::default(),
        platform: contract::Platform::default(),
    };
    let organization = write(db, move |tx| organizations::add(tx, &new, NOW)).await?;
    for first in of.clone().step_by(PIECE as usize) {
        let list: Vec<NewUser> = (first..(first + PIECE).min(of.end)).map(person).collect();
        write(db, move |tx| users::import(tx, organization, &list, NOW)).await?;
    }
    Ok(organization)
}

fn person(number: u32) -> NewUser {
    // Neither names nor addresses come in the order of the list.
    let mixed = number.wrapping_mul(2_654_435_761);
    let (first, last) = (
        FIRST[(mixed >> 5) as usize % 8],
        LAST[(mixed >> 9) as usize % 8],
    );
    let address = format!(
        "{}.{}{mixed}@contoso.com",
        first.to_lowercase(),
        last.to_lowercase()
    );
    NewUser {
        name: format!("{first} {last} {}", mixed % 10_000),
        upn: Some(address.clone()),
        kind: Some("UserMailbox".to_owned()),
        tags: if number.is_multiple_of(4) {
            "Berlin".to_owned()
        } else {
            String::new()
        },
        must_refuse: number.is_multiple_of(1_000),
        ..NewUser::new(SmtpAddress::parse(&address).expect("made of letters and digits"))
    }
}

async fn check(db: &Db, organization: OrganizationId, users: u32) -> Result<(), String> {
    let run = write(db, move |tx| {
        let run = runs::create(tx, &new_run(organization))?;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, IdentifyBy::Smtp)?;
        Ok(run)
    })
    .await?;
    for first in (0..users).step_by(PIECE as usize) {
        let outcomes: Vec<Outcome> = (first..(first + PIECE).min(users)).map(outcome).collect();
        write(db, move |tx| run_results::record(tx, run, &outcomes)).await?;
    }
    write(db, move |tx| {
        let summary = run_results::summary(tx, run)?;
        let finish = RunFinish {
            state: RunState::Complete,
            cause: None,
            message: None,
            finished_at: NOW.to_owned(),
            summary,
            steps: Vec::new(),
            warnings: Vec::new(),
        };
        runs::finish(tx, run, &finish)?;
        run_results::apply_to_users(tx, run, organization, NOW).map(drop)
    })
    .await
}

fn new_run(organization: OrganizationId) -> NewRun {
    NewRun {
        id: RunId("long-list".to_owned()),
        organization: Some(organization),
        organization_name: Some("Contoso".to_owned()),
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

fn outcome(seq: u32) -> Outcome {
    let finding = seq.is_multiple_of(50);
    let mut key = [0; 16];
    key[..4].copy_from_slice(&seq.to_le_bytes());
    Outcome {
        seq: seq.into(),
        verdict: if finding {
            Verdict::Refused
        } else {
            Verdict::Granted
        },
        cause: finding.then_some(Cause::ImpersonationOutOfScope),
        ews_code: finding.then(|| "ErrorImpersonateUserDenied".to_owned()),
        http_status: Some(200),
        attempts: 1,
        latency_ms: Some(u64::from(seq.wrapping_mul(2_654_435_761) % 400)),
        request_id: None,
        message: None,
        alias_of: None,
        folder_key: Some(key),
        by_guid: false,
        folders: Vec::new(),
        checked_at: Some(format!(
            "2026-11-22T11:{:02}:{:02}Z",
            seq / 60 % 60,
            seq % 60
        )),
        evidence: None,
    }
}

async fn write<T: Send + 'static>(
    db: &Db,
    f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, String> {
    db.write(f).await.map_err(|error| error.to_string())
}
