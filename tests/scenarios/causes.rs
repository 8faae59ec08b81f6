//! Cause by cause against a server that brings it about: what is found, whose job it is said to be, which
//! commands are shown. Every wrong blame is counted; there may be none.

use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;

use contract::{
    Authentication, Blame, Cause, CauseCard, IdentifyBy, Remedy, RemedyPurpose, RunState, Verdict,
};
use engine::Engine;
use engine::checks::{Approach, Sending, Tokens};
use exchange_sim::practice::causes::{BEYOND, CAUSES, Case, ClientSide, case};
use exchange_sim::proxy::{self, ProxyOptions};
use exchange_sim::{Fault, HttpAnswer, Simulator, What, When};
use support::{Check, Outcome, engine, engine_asking, loopback, server, start};

use crate::proxies::{HOST, https, through};

/// Causes that only a test of its own can end in: they write.
const ELSEWHERE: [&str; 1] = ["mailbox.over_quota"];

/// What came of one cause.
pub(crate) struct Ended {
    pub(crate) run: Outcome,
    case: Case,
}

pub(crate) async fn meet(id: &str, engine: &Engine) -> Ended {
    let case = case(id, 12).unwrap_or_else(|| panic!("{id} has a case"));
    let exchange = start(case.options.clone()).await;
    let run = checked(&case, exchange, engine).await;
    Ended { run, case }
}

/// The check of a case, with whatever the client must do for it.
pub(crate) async fn checked(case: &Case, exchange: Simulator, engine: &Engine) -> Outcome {
    let mut check = Check::on(&exchange);
    let mut _proxy = None;
    match case.client {
        ClientSide::AsUsual | ClientSide::Bearer | ClientSide::Writes => {}
        ClientSide::AsksForTls => {
            check = Check::at(&exchange.ews_url().replace("http://", "https://"));
        }
        ClientSide::NobodyListens => {
            let port = loopback::nobody().await.port();
            check = Check::at(&format!("https://localhost:{port}/EWS/Exchange.asmx"));
        }
        ClientSide::UnknownHost => {
            check = Check::at("https://no-such-host.invalid/EWS/Exchange.asmx");
        }
        ClientSide::ThroughProxy(fault) => {
            let started = proxy::start(ProxyOptions {
                hosts: HashMap::from([(format!("{HOST}:443"), exchange.address())]),
                fault: Some(fault),
                ..ProxyOptions::default()
            });
            let started = started.await.expect("the proxy starts");
            check = Check::at(&format!("https://{HOST}/EWS/Exchange.asmx"))
                .proxy("127.0.0.1", started.address().port());
            _proxy = Some(started);
        }
        ClientSide::WithoutTrust => check = check.system_trust(),
        ClientSide::OtherPin => check = check.pin(&"AB".repeat(32)),
        ClientSide::ShortTimeout => check = check.timeout(1),
        ClientSide::ByPrincipalName => check = check.identify_by(IdentifyBy::Upn),
    }
    let by_name = case.client == ClientSide::ByPrincipalName;
    let mut lines = vec!["PrimarySmtpAddress,UserPrincipalName,RecipientTypeDetails".to_owned()];
    for user in &case.users {
        match user.must_refuse {
            // A canary is named by its address alone.
            true if by_name => {}
            true => check = check.canary(&user.primary),
            false => lines.push(format!(
                "{},{},{}",
                user.primary, user.upn, user.recipient_type
            )),
        }
    }
    check = check.authentication(Authentication::Basic);
    let mut engine = engine.clone();
    if case.client == ClientSide::Bearer {
        check = check.by_token(Approach::Account);
        engine = engine.sending(Sending {
            tokens: Some(Tokens::fixed("any-token-at-all".to_owned().into())),
            ..Sending::default()
        });
    }
    check
        .list(lines)
        .account(&case.account)
        .password(&case.password)
        .with(&engine)
        .loose_wire()
        .run_alone()
        .await
}

pub(crate) fn cause_of(id: &str) -> Cause {
    let id = id.split_once('#').map_or(id, |(id, _)| id);
    Cause::parse(id).unwrap_or_else(|| panic!("{id} is a cause"))
}

pub(crate) fn card(run: &Outcome, cause: Cause) -> Option<&CauseCard> {
    run.page.causes.iter().find(|card| card.cause == cause)
}

/// What a run must look like that met `cause`, told in a line where it does not.
fn faults(id: &str, ended: &Ended) -> Vec<String> {
    let (run, cause) = (&ended.run, cause_of(id));
    let mut wrong = Vec::new();
    let mut hold = |holds: bool, what: String| {
        if !holds {
            wrong.push(format!("{id} (by {}): {what}", ended.case.by));
        }
    };
    if ended.case.rows.is_empty() {
        of_the_run(cause, run, &mut hold);
    } else {
        of_its_rows(&ended.case, run, &mut hold);
    }
    if cause != Cause::MailboxSystem {
        match card(run, cause) {
            None => hold(false, "has no card".to_owned()),
            Some(card) => of_its_card(card, &mut hold),
        }
    }
    for told in &run.page.causes {
        hold(
            told.cause == cause,
            format!("another cause is told as well: {}", told.cause),
        );
    }
    wrong
}

/// The whole run met it: it was stopped, or every mailbox ended with it.
fn of_the_run(cause: Cause, run: &Outcome, hold: &mut dyn FnMut(bool, String)) {
    let rows: HashSet<_> = run.rows.iter().filter_map(|(row, _)| row.cause).collect();
    hold(rows.contains(&cause), format!("rows carry {rows:?}"));
    if run.state() == RunState::Stopped {
        hold(
            run.cause() == Some(cause),
            format!("the run ended {}", run.end()),
        );
        hold(!run.message().is_empty(), "says nothing".to_owned());
        hold(
            run.message().ends_with(['.', '!']),
            format!("is no sentence: {}", run.message()),
        );
        hold(
            run.summary().findings == 0,
            "is called a finding".to_owned(),
        );
        let stopped_by_rank = cause.then().is_some() || cause.verdict() == Verdict::NotChecked;
        hold(
            stopped_by_rank || cause == Cause::ImpersonationIgnored,
            "stops a run that it must not stop".to_owned(),
        );
        hold(
            run.summary().refused == 0,
            "something is called refused".to_owned(),
        );
    } else {
        let finding = matches!(
            cause,
            Cause::ImpersonationRoleMissing
                | Cause::ImpersonationRefused
                | Cause::ImpersonationExposed
        );
        hold(finding, format!("the run ended {}", run.end()));
        hold(run.summary().findings > 0, "is no finding".to_owned());
    }
}

/// Some rows met it, the others opened.
pub(crate) fn of_its_rows(case: &Case, run: &Outcome, hold: &mut dyn FnMut(bool, String)) {
    let struck: HashMap<&str, &str> = case
        .rows
        .iter()
        .map(|(address, id)| (address.as_str(), *id))
        .collect();
    hold(
        run.state() != RunState::Stopped,
        format!("the run ended {}", run.end()),
    );
    for (row, _) in &run.rows {
        let mut people = case.users.iter();
        if people.any(|user| user.must_refuse && user.primary == row.mailbox) {
            hold(
                row.verdict == Some(Verdict::Refused),
                format!("the canary: {row:?}"),
            );
            continue;
        }
        let (verdict, why) = match struck.get(row.mailbox.as_str()) {
            Some(id) => (cause_of(id).verdict(), Some(cause_of(id))),
            None => (Verdict::Granted, None),
        };
        hold(
            (row.verdict, row.cause) == (Some(verdict), why),
            format!("{} is {:?} {:?}", row.mailbox, row.verdict, row.cause),
        );
        let says = row.message.as_deref().unwrap_or_default();
        hold(
            why.is_none() || !says.is_empty(),
            format!("{} says nothing", row.mailbox),
        );
    }
}

pub(crate) fn of_its_card(card: &CauseCard, hold: &mut dyn FnMut(bool, String)) {
    hold(
        card.blame == card.cause.blame(),
        format!("blames {:?}", card.blame),
    );
    hold(!card.explanation.is_empty(), "explains nothing".to_owned());
    hold(!card.reasons.is_empty(), "gives no reason".to_owned());
    hold(!card.evidence.is_empty(), "shows no evidence".to_owned());
    let nothing_to_type = matches!(
        card.cause,
        Cause::ProtocolUnexpected
            | Cause::ProtocolRejected
            | Cause::ImpersonationHeaderRejected
            | Cause::MailboxSystem
    );
    hold(
        card.remedy.is_empty() == nothing_to_type,
        format!("commands: {:?}", card.remedy),
    );
    if card.cause.blame() != Blame::Identity {
        let rights = card.remedy.iter().any(|step| {
            step.purpose == RemedyPurpose::Change && step.powershell.contains("ManagementRole")
        });
        hold(!rights, "rights are to be changed".to_owned());
    }
    for step in &card.remedy {
        if let Some(wrong) = no_powershell(step) {
            hold(false, wrong);
        }
    }
}

/// What PowerShell's grammar makes of a command, where it is none.
pub(crate) fn no_powershell(step: &Remedy) -> Option<String> {
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .expect("the grammar fits");
    let tree = parser.parse(&step.powershell, None).expect("it is parsed");
    tree.root_node()
        .has_error()
        .then(|| format!("is no PowerShell: {}", step.powershell))
}

#[tokio::test]
async fn every_cause_is_told_apart_and_blamed_on_whom_it_lies() {
    let mut wrong = Vec::new();
    let mut blamed_wrongly = 0;
    let engine = engine().await;
    for id in CAUSES.into_iter().filter(|id| !ELSEWHERE.contains(id)) {
        let ended = meet(id, &engine).await;
        let blame = cause_of(id).blame();
        let others = ended
            .run
            .page
            .causes
            .iter()
            .filter(|card| card.blame != blame);
        blamed_wrongly += others.count();
        wrong.extend(faults(id, &ended));
    }
    println!("wrong-blame count: {blamed_wrongly}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(blamed_wrongly, 0);
}

#[tokio::test]
async fn a_name_that_is_not_there_is_no_matter_of_rights() {
    assert_eq!(BEYOND[0].0, "dns.not_found");
    let case = Case {
        client: ClientSide::UnknownHost,
        ..case("impersonation.role_missing", 12).expect("it has a case")
    };
    let exchange = start(case.options.clone()).await;
    let run = checked(&case, exchange, &engine().await).await;
    assert_eq!(run.end(), "stopped dns.not_found");
    let card = card(&run, Cause::DnsNotFound).expect("it has a card");
    assert_eq!(card.blame, Blame::Network);
    assert!(
        card.remedy[0].powershell.starts_with("Resolve-DnsName"),
        "{:?}",
        card.remedy
    );
    assert_eq!(run.page.causes.len(), 1, "and nothing else");
}

#[tokio::test]
async fn a_proxy_that_asks_late_is_the_proxys_fault() {
    let exchange = start(https(40)).await;
    let authentication = proxy::ProxyAuthentication::Basic {
        user: "proxy-user".to_owned(),
        password: "Pr0xy-Pa55!".to_owned(),
    };
    let options = ProxyOptions {
        hosts: HashMap::from([(format!("{HOST}:443"), exchange.address())]),
        authentication,
        free_tunnels: 2,
        ..ProxyOptions::default()
    };
    let proxy = proxy::start(options).await.expect("the proxy starts");
    // Every connection ends after some answers, so that new tunnels are needed in mid-run.
    exchange.update(|options| options.close_after = Some(4));
    let run = through(&exchange, &proxy, 40).run().await;
    assert_eq!(run.end(), "stopped proxy.failed", "{:?}", run.lines());
    assert!(
        run.summary().granted > 0,
        "some went through the free tunnels"
    );
    assert_eq!(run.summary().refused, 0);
    assert_eq!(run.summary().granted + run.summary().not_checked, 40);
    let card = card(&run, Cause::ProxyFailed).expect("it has a card");
    assert_eq!(card.blame, Blame::Network);
    assert!(card.reasons[0].contains("sign-in"), "{:?}", card.reasons);
}

#[tokio::test]
async fn exchange_2013_without_a_mailbox_is_told_with_the_command_for_it() {
    let engine = engine().await;
    let ended = meet("account.no_mailbox", &engine).await;
    assert_eq!(ended.run.end(), "stopped account.no_mailbox");
    let card = card(&ended.run, Cause::AccountNoMailbox).expect("a card");
    assert!(
        card.reasons[0].contains("Exchange 2013"),
        "{:?}",
        card.reasons
    );
    assert!(
        card.reasons
            .iter()
            .any(|reason| reason.contains("out of support since 11 April 2023")),
        "{:?}",
        card.reasons
    );
    let change = card
        .remedy
        .iter()
        .find(|step| step.purpose == RemedyPurpose::Change);
    assert!(
        change.is_some_and(|step| step
            .powershell
            .starts_with("Enable-Mailbox -Identity 'CONTOSO\\svc-ews'")),
        "{change:?}"
    );
}

#[tokio::test]
async fn a_firewall_before_the_log_on_changes_nothing_of_the_account() {
    let exchange = start(server(3)).await;
    exchange.plan(Fault::always(
        When::Anonymous,
        What::Http(HttpAnswer::status(403)),
    ));
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    let card = card(&run, Cause::PolicyEwsBlocked).expect("a card");
    assert!(card.reasons[0].contains("firewall"), "{:?}", card.reasons);
    assert!(
        card.remedy
            .iter()
            .all(|step| step.purpose == RemedyPurpose::Look),
        "{:?}",
        card.remedy
    );
    assert!(card.alternatives.is_empty(), "{:?}", card.alternatives);
}

#[tokio::test]
async fn names_that_stop_resolving_half_way_are_the_networks_fault() {
    let mut options = https(40);
    // Every connection ends after some answers, so that the name is asked for again in mid-run.
    options.close_after = Some(4);
    let exchange = start(options).await;
    let names = exchange_sim::Names {
        records: vec![(
            HOST.to_owned(),
            exchange_sim::Record::Address(Ipv4Addr::LOCALHOST.into()),
        )],
        fault: Some(exchange_sim::NameFault::NotFound),
        fault_after: 6,
        ..exchange_sim::Names::default()
    };
    let server = exchange_sim::name_server(names).await.expect("it starts");
    let engine = engine_asking(server.address()).await;
    let url = format!(
        "https://{HOST}:{}/EWS/Exchange.asmx",
        exchange.address().port()
    );
    let check = Check::on(&exchange).url(&url).users(40).with(&engine);
    let check = check.authentication(Authentication::Ntlm).loose_wire();
    let run = check.run(&exchange).await;
    assert_eq!(run.end(), "stopped dns.not_found", "{:?}", run.lines());
    let summary = run.summary();
    assert!(summary.granted > 0, "some were asked while it resolved");
    assert_eq!(summary.refused, 0);
    assert_eq!(summary.granted + summary.not_checked, 40);
    let card = card(&run, Cause::DnsNotFound).expect("it has a card");
    assert_eq!(card.blame, Blame::Network);
}
