//! Cause by cause against a server that brings it about: what is found, whose job it is said to be, which
//! commands are shown. Every wrong blame is counted; there may be none.

use std::collections::{BTreeMap, HashMap, HashSet};

use contract::{
    AddUser, Authentication, Blame, Cause, CauseCard, CheckScope, ClusterRef, Code, IdentifyBy,
    OrganizationsQuery, Remedy, RemedyPurpose, RunId, RunState, Secret, TlsTrust, Verdict,
};
use engine::Engine;
use engine::checks::{Audit, Mailboxes, Plan, ProxyChoice};
use exchange_sim::practice::causes::{BEYOND, CAUSES, Case, ClientSide, case, twelve};
use exchange_sim::proxy::{self, ProxyOptions};
use exchange_sim::{Fault, HttpAnswer, Simulator, What, When};
use support::{ACCOUNT, Check, Live, Outcome, PASSWORD, engine, loopback, server, start};

use crate::proxies::{HOST, https, through};

/// Causes that only a test of its own can end in: they write, or need a token.
const ELSEWHERE: [&str; 2] = ["mailbox.over_quota", "oauth.token_rejected"];

/// What came of one cause.
struct Ended {
    run: Outcome,
    case: Case,
}

async fn met(cause: &str, engine: &Engine) -> Ended {
    let case = case(cause, 12).unwrap_or_else(|| panic!("{cause} has a case"));
    let exchange = start(case.options.clone()).await;
    let run = checked(&case, exchange, engine).await;
    Ended { run, case }
}

/// The check of a case, with whatever the client must do for it.
async fn checked(case: &Case, exchange: Simulator, engine: &Engine) -> Outcome {
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
    check
        .list(lines)
        .account(&case.account)
        .password(&case.password)
        .authentication(Authentication::Basic)
        .with(engine)
        .loose_wire()
        .run_alone()
        .await
}

fn cause_of(id: &str) -> Cause {
    let id = id.split_once('#').map_or(id, |(id, _)| id);
    Cause::parse(id).unwrap_or_else(|| panic!("{id} is a cause"))
}

fn card(run: &Outcome, cause: Cause) -> Option<&CauseCard> {
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
fn of_its_rows(case: &Case, run: &Outcome, hold: &mut dyn FnMut(bool, String)) {
    let struck: HashMap<&str, &str> = case
        .rows
        .iter()
        .map(|(address, cause)| (address.as_str(), *cause))
        .collect();
    hold(
        run.state() != RunState::Stopped,
        format!("the run ended {}", run.end()),
    );
    for (row, _) in &run.rows {
        if case
            .users
            .iter()
            .any(|user| user.must_refuse && user.primary == row.mailbox)
        {
            hold(
                row.verdict == Some(Verdict::Refused),
                format!("the canary: {row:?}"),
            );
            continue;
        }
        let (verdict, cause) = match struck.get(row.mailbox.as_str()) {
            Some(id) => (cause_of(id).verdict(), Some(cause_of(id))),
            None => (Verdict::Granted, None),
        };
        hold(
            (row.verdict, row.cause) == (Some(verdict), cause),
            format!("{} is {:?} {:?}", row.mailbox, row.verdict, row.cause),
        );
        let says = row.message.as_deref().unwrap_or_default();
        hold(
            cause.is_none() || !says.is_empty(),
            format!("{} says nothing", row.mailbox),
        );
    }
}

fn of_its_card(card: &CauseCard, hold: &mut dyn FnMut(bool, String)) {
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
fn no_powershell(step: &Remedy) -> Option<String> {
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
        let ended = met(id, &engine).await;
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
async fn forty_mailboxes_with_twelve_causes_become_twelve_cards() {
    let case = twelve();
    let engine = engine().await;
    let exchange = start(case.options.clone()).await;
    let run = checked(&case, exchange, &engine).await;
    let mut wrong = Vec::new();
    of_its_rows(&case, &run, &mut |holds, what| {
        if !holds {
            wrong.push(what);
        }
    });
    let mut expected: BTreeMap<Cause, u64> = BTreeMap::new();
    for (_, id) in &case.rows {
        *expected.entry(cause_of(id)).or_default() += 1;
    }
    let told: BTreeMap<Cause, u64> = run
        .page
        .causes
        .iter()
        .map(|card| (card.cause, card.count))
        .collect();
    assert_eq!(told, expected, "one card a cause, with its count");
    for card in &run.page.causes {
        of_its_card(card, &mut |holds, what| {
            if !holds {
                wrong.push(format!("{}: {what}", card.cause));
            }
        });
        handed_off(&engine, &run, card).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Card and script of a cluster: all of its mailboxes, and nothing that changes anything as it stands.
async fn handed_off(engine: &Engine, run: &Outcome, card: &CauseCard) {
    let request = ClusterRef {
        run: run.page.row.id.clone(),
        cause: card.cause,
    };
    let hand_off = engine.hand_off_card(request.clone()).await.expect("a card");
    assert_eq!((hand_off.count, hand_off.blame), (card.count, card.blame));
    assert_eq!(hand_off.remedy, card.remedy);
    for mailbox in &hand_off.mailboxes {
        assert!(hand_off.markdown.contains(mailbox.as_str()), "{mailbox}");
    }
    let script = engine.cluster_script(request).await.expect("a script").text;
    let live: Vec<&str> = script
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    for verb in [
        "Add-", "Set-", "New-", "Remove-", "Enable-", "Disable-", "Mount-", "Restart-",
    ] {
        let changes = live.iter().find(|line| line.contains(verb));
        assert_eq!(
            changes, None,
            "{}: as it stands it changes something",
            card.cause
        );
    }
    let step = Remedy {
        purpose: RemedyPurpose::Look,
        powershell: script,
        note: None,
    };
    assert_eq!(no_powershell(&step), None, "{}", card.cause);
}

#[tokio::test]
async fn a_script_goes_over_every_mailbox_of_its_cause_and_over_no_canary() {
    let mut options = server(45);
    options.accounts[0].role = exchange_sim::Role::Only(HashSet::from([
        "user1@contoso.com".to_owned(),
        "svc-ews@contoso.com".to_owned(),
    ]));
    let exchange = start(options).await;
    let engine = engine().await;
    let run = Check::on(&exchange)
        .list((1..=40).map(|n| format!("user{n}@contoso.com")))
        .canary("user45@contoso.com")
        .with(&engine)
        .run(&exchange)
        .await;
    assert_eq!(
        run.line("user45@contoso.com"),
        "refused impersonation.out_of_scope",
        "as it must be"
    );
    let told = card(&run, Cause::ImpersonationOutOfScope).expect("a card");
    assert_eq!(told.count, 39);
    let add = told
        .remedy
        .iter()
        .find(|step| step.powershell.contains("Add-DistributionGroupMember"))
        .expect("they are put into the group");
    assert!(
        add.powershell
            .starts_with("@('user2@contoso.com','user3@contoso.com',"),
        "{add:?}"
    );
    let note = add.note.as_deref().unwrap_or_default();
    assert!(note.contains("the first 20 of 39"), "{note}");
    let request = ClusterRef {
        run: run.page.row.id.clone(),
        cause: Cause::ImpersonationOutOfScope,
    };
    let script = engine
        .cluster_script(request.clone())
        .await
        .expect("a script")
        .text;
    for n in 2..=40 {
        assert!(
            script.contains(&format!("'user{n}@contoso.com'")),
            "user{n}"
        );
    }
    assert!(
        !script.contains("user45"),
        "a canary is never put into the scope:\n{script}"
    );
    let hand_off = engine.hand_off_card(request).await.expect("a card");
    assert!(
        !hand_off.markdown.contains("user45"),
        "nor handed to anybody"
    );
    let canary = run.row("user45@contoso.com").seq;
    let shown = contract::ResultRef {
        run: run.page.row.id.clone(),
        seq: canary,
    };
    let detail = engine.result_show(shown).await.expect("it is there");
    assert!(
        detail.remedy.is_empty() && detail.reasons.is_empty(),
        "{detail:?}"
    );
}

#[tokio::test]
async fn a_stopped_run_is_handed_off_as_well_and_a_cause_it_lacks_is_not() {
    let ended = {
        let engine = engine().await;
        let ended = met("account.locked", &engine).await;
        let of = |cause| ClusterRef {
            run: ended.run.page.row.id.clone(),
            cause,
        };
        let hand_off = engine
            .hand_off_card(of(Cause::AccountLocked))
            .await
            .expect("a card");
        assert!(hand_off.what.contains("locked out"), "{}", hand_off.what);
        assert!(
            hand_off
                .remedy
                .iter()
                .any(|step| step.powershell.starts_with("Unlock-ADAccount")),
            "{:?}",
            hand_off.remedy
        );
        let none = engine.hand_off_card(of(Cause::MailboxMoving)).await;
        assert_eq!(
            none.map(|_| ()).map_err(|problem| problem.code),
            Err(Code::NotFound)
        );
        let script = engine
            .cluster_script(of(Cause::AccountLocked))
            .await
            .expect("a script");
        assert!(
            script.text.contains("\n# Unlock-ADAccount"),
            "{}",
            script.text
        );
        ended
    };
    assert_eq!(ended.run.end(), "stopped account.locked");
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
    let ended = met("account.no_mailbox", &engine).await;
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
async fn the_mailboxes_of_a_cause_are_asked_again_and_no_others() {
    let mut options = server(4);
    options.accounts[0].role = exchange_sim::Role::Only(HashSet::from([
        "user1@contoso.com".to_owned(),
        "user2@contoso.com".to_owned(),
    ]));
    let exchange = start(options).await;
    let engine = engine().await;
    let all = engine.organizations_list(OrganizationsQuery::default());
    let home = all.await.expect("organizations")[0].clone();
    for n in 1..=3 {
        let user = AddUser {
            organization: home.id,
            address: format!("user{n}@contoso.com"),
            name: String::new(),
            upn: None,
            sid: None,
            must_refuse: false,
            tags: String::new(),
        };
        engine.user_add(user).await.expect("a user");
    }
    let check = Check::on(&exchange).users(4).with(&engine);
    let first = check.of(home.id, &home.name).run(&exchange).await;
    assert_eq!(first.summary().refused, 2, "{:?}", first.lines());
    let again = |run: &RunId, cause| Audit {
        plan: Plan {
            ews_url: exchange.ews_url(),
            account: ACCOUNT.to_owned(),
            authentication: Authentication::Basic,
            tls_trust: TlsTrust::System,
            identify_by: IdentifyBy::Smtp,
            folders: Vec::new(),
            concurrency: None,
            timeout_seconds: 10,
            resolve: Vec::new(),
            proxy: ProxyChoice::None,
        },
        password: Secret::new(PASSWORD.to_owned()),
        mailboxes: Mailboxes::Scope(CheckScope::Cause {
            run: run.clone(),
            cause,
        }),
        canaries: Vec::new(),
        organization: Some((home.id, home.name.clone())),
        fingerprint: String::new(),
        draft: false,
        stream: true,
    };
    let run = first.page.row.id.clone();
    exchange.update(|options| options.accounts[0].role = exchange_sim::Role::Everyone);
    let started = engine
        .start_audit(again(&run, Cause::ImpersonationOutOfScope))
        .await
        .expect("it starts");
    let second = Live::new(engine.clone(), started, false).ended(None).await;
    let asked: Vec<&str> = second
        .rows
        .iter()
        .map(|(row, _)| row.mailbox.as_str())
        .collect();
    assert_eq!(asked, ["user3@contoso.com"], "user4 is on no list any more");
    assert_eq!(second.user(3), "granted");
    assert_eq!(second.page.row.scope, "cause");
    for (run, cause, code) in [
        (run, Cause::MailboxMoving, Code::Invalid),
        (
            RunId("no-such-run".to_owned()),
            Cause::MailboxMoving,
            Code::NotFound,
        ),
    ] {
        let refused = engine.start_audit(again(&run, cause)).await.map(|_| ());
        assert_eq!(refused.map_err(|problem| problem.code), Err(code));
    }
}
