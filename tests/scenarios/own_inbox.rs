//! The account's own Inbox that cannot be read at the log-on (ruling 7): what showed its identity meanwhile is
//! found out at the end, and where it stays unknown no lone mailbox passes for another one.

use contract::{Cause, IdentifyBy};
use exchange_sim::{EwsError, Fault, HttpAnswer, Simulator, Times, What, When};
use support::{Check, Outcome, server, start};

const OWN_UNREAD: &str = "The service account's own Inbox could not be read";

fn unread(exchange: &Simulator, times: Times, what: What) {
    exchange.plan(Fault {
        when: When::LogOn,
        times,
        what,
    });
}

fn ignores_it_for(exchange: &Simulator, mailbox: &str) {
    exchange.plan(Fault::always(
        When::Mailbox(mailbox.to_owned()),
        What::HeaderIgnored,
    ));
}

fn busy() -> What {
    What::Http(HttpAnswer::throttled(503, None))
}

fn warns(run: &Outcome) -> bool {
    let warnings = &run.page.row.warnings;
    warnings.iter().any(|said| said.starts_with(OWN_UNREAD))
}

#[tokio::test]
async fn it_is_asked_for_again_before_anything_is_final() {
    for (people, ignored) in [(1, 1), (6, 4)] {
        let exchange = start(server(people)).await;
        unread(&exchange, Times::N(5), busy());
        ignores_it_for(&exchange, &format!("user{ignored}@contoso.com"));
        let run = Check::on(&exchange).users(people).run(&exchange).await;
        assert_eq!(run.end(), "stopped impersonation.ignored", "{people}");
        assert_eq!(run.user(ignored), "undetermined impersonation.ignored");
        assert!(!warns(&run), "{:?}", run.page.row.warnings);
    }
}

#[tokio::test]
async fn read_at_the_end_it_costs_no_verdict() {
    let exchange = start(server(6)).await;
    unread(&exchange, Times::N(5), busy());
    let run = Check::on(&exchange).users(6).run(&exchange).await;
    assert_eq!(run.lines(), vec!["granted".to_owned(); 6]);
    assert_eq!(run.end(), "complete");
    assert!(!warns(&run), "{:?}", run.page.row.warnings);
}

#[tokio::test]
async fn a_lone_mailbox_may_be_the_accounts_own() {
    for what in [
        busy(),
        What::Ews(EwsError::new("ErrorMailboxMoveInProgress")),
    ] {
        let exchange = start(server(1)).await;
        unread(&exchange, Times::Always, what);
        let run = Check::on(&exchange).users(1).run(&exchange).await;
        assert_eq!(run.summary().granted, 0);
        assert!(run.user(1).starts_with("undetermined "), "{}", run.user(1));
        let says = run.says("user1@contoso.com");
        assert!(says.contains("service account's own"), "{says}");
        assert_eq!(run.end(), "incomplete");
        assert!(warns(&run), "{:?}", run.page.row.warnings);
    }
}

#[tokio::test]
async fn several_that_differ_stand_with_a_warning() {
    let exchange = start(server(3)).await;
    unread(&exchange, Times::Always, busy());
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(run.lines(), vec!["granted".to_owned(); 3]);
    assert_eq!(run.end(), "complete");
    assert!(warns(&run), "{:?}", run.page.row.warnings);
}

#[tokio::test]
async fn a_canary_that_opened_stays_an_alarm() {
    let exchange = start(server(1)).await;
    unread(&exchange, Times::Always, busy());
    let canary = "user1@contoso.com";
    let check = Check::on(&exchange).no_users().canary(canary);
    let run = check.run(&exchange).await;
    assert_eq!(run.line(canary), "granted impersonation.exposed");
    assert!(warns(&run), "{:?}", run.page.row.warnings);
}

#[tokio::test]
async fn whose_account_is_disabled_is_not_guessed() {
    let exchange = start(server(4)).await;
    for n in [2, 3] {
        exchange.plan(Fault::always(
            When::Mailbox(format!("user{n}@contoso.com")),
            What::Ews(EwsError::new("ErrorAccountDisabled")),
        ));
    }
    // The log-on is answered; later nothing is that impersonates nobody.
    let run = Check::on(&exchange).users(4).lanes(1).begin().await;
    exchange.plan(Fault::always(When::LogOn, busy()));
    let run = run.ended(Some(&exchange)).await;
    for n in [2, 3] {
        assert_eq!(run.user(n), "undetermined server.busy");
        let says = run.says(&format!("user{n}@contoso.com"));
        assert!(says.contains("which one could not be found out"), "{says}");
    }
    assert_eq!(run.count(Cause::MailboxDisabled), 0);
    assert_eq!(run.end(), "incomplete");
}

#[tokio::test]
async fn a_sid_is_never_sent_as_an_address() {
    let mut options = server(3);
    let sids =
        [1_101, 1_102, 1_103].map(|rid| format!("S-1-5-21-1004336348-1177238915-682003330-{rid}"));
    for (mailbox, sid) in options.mailboxes.iter_mut().zip(&sids) {
        mailbox.sid = Some(sid.clone());
    }
    let exchange = start(options).await;
    exchange.plan(Fault::always(
        When::Mailbox("user2@contoso.com".to_owned()),
        What::WrongMailbox("user1@contoso.com".to_owned()),
    ));
    let lines = ["Sid".to_owned()].into_iter().chain(sids);
    let check = Check::on(&exchange)
        .list(lines)
        .identify_by(IdentifyBy::Sid);
    let run = check.run(&exchange).await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(
        run.count(Cause::ImpersonationIgnored),
        2,
        "{:?}",
        run.lines()
    );
    let log = exchange.counters().requests_log;
    let by_address = log
        .iter()
        .filter(|r| r.identity_kind.as_deref() == Some("PrimarySmtpAddress"));
    assert_eq!(by_address.count(), 0);
}
