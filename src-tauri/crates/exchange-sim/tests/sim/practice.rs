//! Scenarios, started and asked.

use std::time::{Duration, Instant};

use exchange_sim::Simulator;
use exchange_sim::practice::{Practice, Scenario, setup};

use crate::client::{Client, Reply, basic, inbox_of, own_inbox, simulator, tls};

async fn begin(scenario: Scenario, users: usize) -> (Simulator, Practice) {
    let practice = setup(scenario, users);
    let server = simulator(practice.options.clone()).await;
    (server, practice)
}

async fn connect(server: &Simulator) -> Client {
    tls(server, server.ca_pem())
        .await
        .expect("the practice CA is trusted")
}

async fn open(client: &mut Client, practice: &Practice, address: &str) -> Reply {
    let value = basic(&practice.account, &practice.password);
    client.post(Some(&value), &inbox_of(address)).await
}

/// How many rows open, canary left out, and whether the canary does.
async fn census(scenario: Scenario, users: usize) -> (usize, bool) {
    let (server, practice) = begin(scenario, users).await;
    let mut client = connect(&server).await;
    let (mut opened, mut exposed) = (0, false);
    for user in &practice.users {
        let reply = open(&mut client, &practice, &user.primary).await;
        if reply.status() == 200 && reply.body.contains("NoError") {
            if user.must_refuse {
                exposed = true;
            } else {
                opened += 1;
            }
        }
    }
    (opened, exposed)
}

#[tokio::test]
async fn scenarios_open_as_many_mailboxes_as_they_promise() {
    assert_eq!(census(Scenario::Healthy, 50).await, (50, false));
    assert_eq!(census(Scenario::OutsideTheScope, 50).await, (40, false));
    assert_eq!(census(Scenario::NoRole, 50).await, (0, false));
    assert_eq!(census(Scenario::UnscopedRole, 50).await, (50, true));
    assert_eq!(
        census(Scenario::AccountWithoutMailbox, 50).await,
        (50, false)
    );
    assert_eq!(census(Scenario::MailboxMoving, 50).await, (45, false));
    assert_eq!(census(Scenario::WrongPassword, 50).await, (0, false));
    assert_eq!(census(Scenario::NtlmOnly, 50).await, (0, false));
    assert_eq!(census(Scenario::ExtendedProtection, 50).await, (0, false));
    assert_eq!(census(Scenario::Blocked403, 50).await, (0, false));
    assert_eq!(census(Scenario::HtmlSignInPage, 5).await, (0, false));
    assert_eq!(census(Scenario::RedirectToAnotherHost, 5).await, (0, false));
    // Every seventh is turned away the first time; nobody asks twice here. 51 asked, 7 turned away.
    assert_eq!(census(Scenario::Throttled, 50).await, (43, false));
    // Three of twenty are remote, mail users or refused aliases; the second address opens.
    assert_eq!(
        census(Scenario::AliasesAndRemoteMailboxes, 40).await,
        (34, false)
    );
}

#[tokio::test]
async fn the_demo_has_one_of_everything() {
    let (server, practice) = begin(Scenario::Demo, 200).await;
    let mut client = connect(&server).await;
    let mut answers = String::new();
    let mut opened = 0;
    for user in &practice.users {
        let reply = open(&mut client, &practice, &user.primary).await;
        opened += usize::from(reply.body.contains("NoError"));
        answers.push_str(&reply.body);
    }
    for code in [
        "ErrorImpersonateUserDenied",
        "ErrorNonExistentMailbox",
        "ErrorNonPrimarySmtpAddress",
        "ErrorMailboxMoveInProgress",
        "ErrorAccountDisabled",
        "ErrorFolderNotFound",
        "ErrorMailboxStoreUnavailable",
        "ErrorMailboxConfiguration",
        "ErrorServerBusy",
    ] {
        assert!(answers.contains(code), "{code} is missing");
    }
    assert_eq!(
        opened,
        200 - 4 * 11,
        "eleven of fifty do not open at the first asking"
    );
    for user in practice.users.iter().skip(2).step_by(50).take(4) {
        open(&mut client, &practice, &user.primary)
            .await
            .has(500, "ErrorServerBusy");
        open(&mut client, &practice, &user.primary)
            .await
            .has(200, "NoError");
    }
}

#[tokio::test]
async fn an_expired_certificate_is_one_even_to_a_client_that_trusts_the_ca() {
    let (server, _) = begin(Scenario::ExpiredCertificate, 3).await;
    let Err(error) = tls(&server, server.ca_pem()).await else {
        panic!("it has expired");
    };
    assert!(error.to_lowercase().contains("expired"), "{error}");
}

#[tokio::test]
async fn header_ignored_and_slow_server_keep_their_word() {
    let (server, practice) = begin(Scenario::HeaderIgnored, 3).await;
    let mut client = connect(&server).await;
    let value = basic(&practice.account, &practice.password);
    let own = client.post(Some(&value), &own_inbox()).await;
    let other = open(&mut client, &practice, &practice.users[0].primary).await;
    assert_eq!(own.body, other.body);
    let (server, practice) = begin(Scenario::SlowServer, 3).await;
    let mut client = connect(&server).await;
    let started = Instant::now();
    open(&mut client, &practice, &practice.users[0].primary)
        .await
        .has(200, "NoError");
    assert!(started.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn fifty_thousand_people_are_no_burden() {
    let (server, practice) = begin(Scenario::Demo, 50_000).await;
    let mut client = connect(&server).await;
    for user in practice
        .users
        .iter()
        .step_by(1_000)
        .filter(|user| !user.must_refuse)
    {
        open(&mut client, &practice, &user.primary)
            .await
            .has(200, "NoError");
    }
}
