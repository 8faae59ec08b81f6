//! Autodiscover as a step of Service Account Access: whose matter it is where it fails, and an end at
//! once where somebody stops it.

use std::time::{Duration, Instant};

use contract::{
    Blame, Cause, CheckPassword, IdentifyBy, RunRef, RunState, ServiceAccountFields,
    ServiceAccountTest, ServiceAccountTestRef, ServiceAccountTestState as State,
    StartServiceAccountTest, Step, StepStatus, TlsTrust, Verdict,
};
use exchange_sim::{Autodiscover, Endpoint, Fault, HttpAnswer, What, When};

use super::checking::Office;
use super::{AUTODISCOVER, EWS, host, refusing};

/// Longest time a cancelled test takes; a debug build has more.
const AT_ONCE: Duration = if cfg!(debug_assertions) {
    Duration::from_secs(1)
} else {
    Duration::from_millis(200)
};
/// Longer than any of these tests.
const FOREVER: Duration = Duration::from_mins(5);

impl Office {
    /// Starts a test of the saved settings that asks Autodiscover first.
    async fn begin(&self, use_autodiscover: bool) -> ServiceAccountTestRef {
        let request = StartServiceAccountTest {
            organization: self.id,
            form: None,
            password: CheckPassword::Stored,
            fields: ServiceAccountFields {
                mailbox: "user1@contoso.com".to_owned(),
                use_autodiscover,
                folder: "inbox".to_owned(),
                impersonate: true,
                impersonated_user: None,
                identify_by: IdentifyBy::Smtp,
                write_test: false,
            },
            send_again: false,
            proxy_password: None,
        };
        let started = self.scene.engine.service_account_start(request).await;
        started.expect("good input")
    }

    async fn ended(&self, test: &ServiceAccountTestRef) -> ServiceAccountTest {
        loop {
            let now = self.scene.engine.service_account_show(test.clone()).await;
            let now = now.expect("it is known");
            if matches!(now.state, State::Done | State::Cancelled) {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn tested(&self) -> ServiceAccountTest {
        let test = self.begin(true).await;
        self.ended(&test).await
    }

    /// Cancels a test once a server has seen something; answers how long it took to end.
    async fn cancelled(&self, test: &ServiceAccountTestRef) -> (ServiceAccountTest, Duration) {
        let hosts = &self.scene.hosts;
        while hosts.host(AUTODISCOVER).counters().faults_struck == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let begun = Instant::now();
        let stopped = self.scene.engine.service_account_cancel(test.clone()).await;
        stopped.expect("it goes on");
        let ended = self.ended(test).await;
        (ended, begun.elapsed())
    }
}

fn step(test: &ServiceAccountTest) -> &Step {
    let found = test.steps.iter().find(|step| step.id == "discovery");
    found.expect("a step of its own")
}

/// The own EWS URL of the form is at this host: it needs no confirming.
async fn office_at(name: &str, options: exchange_sim::Options) -> Office {
    let office = Office::of(vec![options]).await;
    let own = format!("https://{name}/EWS/Exchange.asmx");
    office.save(office.form(&own, false)).await;
    office
}

/// Cause and blame of the step, and what the run came to.
async fn told(office: &Office) -> (Option<Cause>, Option<Blame>, ServiceAccountTest) {
    let test = office.tested().await;
    let step = step(&test);
    assert_eq!(step.status, StepStatus::Fail, "{step:?}");
    assert!(!step.evidence.is_empty(), "the steps are shown: {step:?}");
    assert_eq!(test.verdict, Some(Verdict::NotChecked));
    assert_eq!(test.cause, step.cause, "the run says what the step says");
    let run = test.run.clone().expect("it is kept");
    let page = office.scene.engine.run_show(RunRef { run }).await;
    let page = page.expect("it is kept");
    assert_eq!(page.row.cause, step.cause);
    let stopped = page.row.state == RunState::Stopped;
    assert_eq!(stopped, step.cause.is_some(), "{:?}", page.row.state);
    (step.cause, step.blame, test)
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_a_matter_of_the_network() {
    let office = office_at(
        "mail.contoso.com",
        host("mail.contoso.com", Autodiscover::absent()),
    )
    .await;
    let (cause, blame, _) = told(&office).await;
    assert_eq!(
        (cause, blame),
        (Some(Cause::DnsNotFound), Some(Blame::Network))
    );
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_a_matter_of_the_certificate() {
    let office = Office::of(vec![host(AUTODISCOVER, Autodiscover::at(EWS))]).await;
    let mut form = office.form(EWS, false);
    form.tls_trust = TlsTrust::System;
    office.save(form).await;
    let (cause, blame, _) = told(&office).await;
    assert_eq!(
        (cause, blame),
        (Some(Cause::TlsUntrusted), Some(Blame::Certificate))
    );
}

#[tokio::test]
async fn a_refused_password_is_a_matter_of_the_account() {
    let office = office_at(AUTODISCOVER, refusing(AUTODISCOVER)).await;
    let (cause, blame, test) = told(&office).await;
    assert_eq!(
        (cause, blame),
        (Some(Cause::AuthRejected), Some(Blame::Identity))
    );
    let refusals = || {
        office
            .scene
            .hosts
            .host(AUTODISCOVER)
            .counters()
            .log_ons_refused
    };
    assert_eq!(refusals(), 1, "{test:?}");
    // The next one finds the guard's note.
    let (cause, _, _) = told(&office).await;
    assert_eq!((cause, refusals()), (Some(Cause::AuthRejected), 1));
}

#[tokio::test]
async fn a_locked_account_is_told_as_locked() {
    let mut locked = host(AUTODISCOVER, Autodiscover::at(EWS));
    let answer = What::Http(HttpAnswer::locked_out());
    locked.faults = vec![Fault::always(When::NtlmAuthenticate, answer)];
    let office = office_at(AUTODISCOVER, locked).await;
    let (cause, blame, _) = told(&office).await;
    assert_eq!(
        (cause, blame),
        (Some(Cause::AccountLocked), Some(Blame::Identity))
    );
}

/// The usual host answers and has none: that other names of Autodiscover resolve to nothing is usual.
#[tokio::test]
async fn a_host_without_autodiscover_is_a_matter_of_exchange() {
    let office = office_at(AUTODISCOVER, host(AUTODISCOVER, Autodiscover::absent())).await;
    let (cause, blame, _) = told(&office).await;
    assert_eq!(
        (cause, blame),
        (Some(Cause::HttpNotEws), Some(Blame::Exchange))
    );
}

#[tokio::test]
async fn a_host_that_nobody_confirmed_is_nobodys_fault() {
    let mut with_json = host(AUTODISCOVER, Autodiscover::at(EWS));
    with_json.autodiscover.json = Endpoint::Works;
    let own = "https://elsewhere.contoso.com/EWS/Exchange.asmx";
    let office = Office::of(vec![with_json]).await;
    office.save(office.form(own, false)).await;
    let (cause, blame, test) = told(&office).await;
    assert_eq!((cause, blame), (None, None));
    assert!(step(&test).message.contains("nobody has confirmed"));
}

#[tokio::test]
async fn find_when_checking_is_a_step_that_can_be_stopped() {
    let mut silent = host(AUTODISCOVER, Autodiscover::at(EWS));
    let path = When::Path("/autodiscover".to_owned());
    silent.faults = vec![Fault::always(path, What::Stall(FOREVER))];
    let office = office_at(AUTODISCOVER, silent).await;
    office.save(office.form("", true)).await;
    let begun = Instant::now();
    let test = office.begin(false).await;
    assert!(begun.elapsed() < AT_ONCE, "it starts, and asks then");
    let (ended, took) = office.cancelled(&test).await;
    assert_eq!(ended.state, State::Cancelled);
    assert!(took <= AT_ONCE, "{took:?}");
    assert!(ended.cause.is_none() && step(&ended).cause.is_none());
}

/// Its log-on is heard to its end, whoever waits for it: the refusal is known the next time.
#[tokio::test]
async fn a_test_stopped_in_its_log_on_ends_at_once_and_keeps_the_refusal() {
    let mut late = refusing(AUTODISCOVER);
    late.faults = vec![Fault::once(
        When::NtlmAuthenticate,
        What::Delay(Duration::from_secs(2)),
    )];
    let office = office_at(AUTODISCOVER, late).await;
    let test = office.begin(true).await;
    let (ended, took) = office.cancelled(&test).await;
    assert_eq!(ended.state, State::Cancelled);
    assert!(took <= AT_ONCE, "{took:?}");
    let refusals = || {
        office
            .scene
            .hosts
            .host(AUTODISCOVER)
            .counters()
            .log_ons_refused
    };
    assert_eq!(refusals(), 1, "it was judged, and its answer is late");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (cause, _, _) = told(&office).await;
    assert_eq!((cause, refusals()), (Some(Cause::AuthRejected), 1));
}
