//! The card of every cause, as administrators read it: with the names of Contoso, one file a cause. Two
//! mailboxes carry it on Exchange SE; nothing else is known, so that the usual reasons stand in their order.

use contract::{
    Cause, CauseCard, ExchangeNames, Expectation, RunAuthentication, RunId, RunRow, RunState,
    Summary,
};
use store::run_results::CauseGroup;
use store::runs::StoredRun;

use super::hand_off::hand_off;
use super::known::{Cluster, Known};
use super::wording::{self, RowFacts, Words};

fn run(cause: Cause) -> StoredRun {
    StoredRun {
        row: RunRow {
            id: RunId("0f0b5b8e-6c5c-4a3e-8f0f-0a1d6e7d6c11".to_owned()),
            number: 12,
            organization: None,
            organization_name: None,
            state: RunState::Incomplete,
            cause: None,
            message: None,
            started_at: "2026-11-22T08:00:00.000Z".to_owned(),
            finished_at: Some("2026-11-22T08:01:00.000Z".to_owned()),
            ews_url: format!("https://{}/EWS/Exchange.asmx", host(cause)),
            account: "CONTOSO\\svc-ews".to_owned(),
            auth: "ntlm".to_owned(),
            scope: "all".to_owned(),
            server_version: Some("15.2.2562.17".to_owned()),
            draft: false,
            old_settings: false,
            summary: Summary {
                total: 40,
                granted: 36,
                ..Summary::default()
            },
            warnings: Vec::new(),
            application: false,
            authority: None,
        },
        fingerprint: String::new(),
        options: serde_json::Value::Null,
        steps: Vec::new(),
        certificates: Vec::new(),
        offered: Vec::new(),
        authentication: RunAuthentication::default(),
        applied_at: None,
    }
}

fn host(cause: Cause) -> &'static str {
    match cause {
        Cause::PolicyExchangeOnlineRetired | Cause::PolicyOrganizationBlocked => {
            "outlook.office365.com"
        }
        _ => "mail.contoso.com",
    }
}

fn names() -> ExchangeNames {
    ExchangeNames {
        server: "EX1".to_owned(),
        ..ExchangeNames::default()
    }
}

fn cluster() -> Cluster {
    Cluster {
        count: 2,
        mailboxes: vec![
            "anna@contoso.com".to_owned(),
            "o'brien@contoso.com".to_owned(),
        ],
        ..Cluster::default()
    }
}

fn card(cause: Cause, known: &Known, cluster: &Cluster) -> CauseCard {
    let expectation = if cause == Cause::ImpersonationExposed {
        Expectation::MustRefuse
    } else {
        Expectation::MustOpen
    };
    let group = CauseGroup {
        cause,
        count: cluster.count,
        verdict: cause.verdict(),
        expectation,
        finding: cause.verdict().is_finding(expectation),
        examples: cluster.mailboxes.clone(),
    };
    known
        .cards(
            &[group],
            &std::iter::once((cause, cluster.clone())).collect(),
        )
        .remove(0)
}

/// The sentence of a row, and of a run that it stops.
fn sentences(cause: Cause) -> [String; 2] {
    let words = Words {
        account: "CONTOSO\\svc-ews",
        host: host(cause),
        offered: &[],
        auth: "ntlm",
        application: false,
        authority: None,
    };
    [
        wording::row_message(cause, &RowFacts::default(), &words),
        wording::run_message(cause, None, &words),
    ]
}

#[test]
fn every_cause_reads_as_it_was_agreed() {
    for cause in Cause::ALL {
        let known = Known::of(run(*cause), &names());
        let card = card(*cause, &known, &cluster());
        let [row, run] = sentences(*cause);
        let mut shown = serde_json::to_value(&card).expect("a card is JSON");
        shown["row sentence"] = row.into();
        shown["run sentence"] = run.into();
        insta::assert_json_snapshot!(format!("card of {cause}"), shown);
    }
}

#[test]
fn what_an_application_is_told_reads_as_it_was_agreed() {
    for cause in [
        Cause::OauthSignInNeeded,
        Cause::ImpersonationRoleMissing,
        Cause::ImpersonationOutOfScope,
        Cause::ImpersonationExposed,
    ] {
        let mut run = run(cause);
        "a1b2c3d4-0000-4000-8000-000000000001".clone_into(&mut run.row.account);
        run.row.application = true;
        "https://graph.microsoft.com/v1.0".clone_into(&mut run.row.ews_url);
        "bearer".clone_into(&mut run.row.auth);
        run.row.server_version = None;
        let card = card(cause, &Known::of(run, &names()), &cluster());
        insta::assert_json_snapshot!(format!("application, card of {cause}"), card);
    }
}

#[test]
fn a_ticket_reads_as_it_was_agreed() {
    let cause = Cause::ImpersonationOutOfScope;
    let known = Known::of(run(cause), &names());
    insta::assert_snapshot!("ticket", hand_off(cause, &known, &cluster()).markdown);
}
