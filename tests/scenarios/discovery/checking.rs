//! `Find when checking`: Autodiscover as a step of a check that asks no questions.

use contract::{
    AddUser, AnswerConsent, Authentication, Cause, CheckPassword, CheckScope, ConsentAnswer,
    Discovery, DiscoveryState, EmailConfiguration, EmailConfigurationForm, OrganizationsQuery,
    PasswordChange, Problem, ProxySetting, RunPage, RunState, SaveEmailConfiguration, Secret,
    StartCheck, StartDiscovery, StepStatus,
};
use exchange_sim::{Autodiscover, Endpoint};
use support::{ACCOUNT, PASSWORD};

use super::{AUTODISCOVER, EWS, Scene, host, refusing, urls};

/// An organization whose URL is found when checking, with one user.
pub(super) struct Office {
    pub(super) scene: Scene,
    pub(super) id: contract::OrganizationId,
}

impl Office {
    pub(super) async fn of(list: Vec<exchange_sim::Options>) -> Self {
        let office = Self::without_users(list).await;
        let user = AddUser {
            organization: office.id,
            name: "User One".to_owned(),
            address: "user1@contoso.com".to_owned(),
            upn: None,
            sid: None,
            must_refuse: false,
            tags: String::new(),
        };
        let added = office.scene.engine.user_add(user).await;
        added.expect("a user");
        office
    }

    async fn without_users(list: Vec<exchange_sim::Options>) -> Self {
        let scene = Scene::of(list, Vec::new()).await;
        let all = OrganizationsQuery::default();
        let all = scene.engine.organizations_list(all).await;
        let id = all.expect("there is a default one")[0].id;
        Self { scene, id }
    }

    pub(super) fn form(&self, ews_url: &str, find_when_checking: bool) -> EmailConfigurationForm {
        EmailConfigurationForm {
            account_logon: ACCOUNT.to_owned(),
            ews_url: ews_url.to_owned(),
            authentication: Authentication::Ntlm,
            tls_trust: self.scene.trust(),
            proxy: ProxySetting::None,
            find_when_checking,
            ..EmailConfigurationForm::default()
        }
    }

    pub(super) async fn save(&self, form: EmailConfigurationForm) -> EmailConfiguration {
        let request = SaveEmailConfiguration {
            organization: self.id,
            form,
            password: PasswordChange::Store {
                password: Secret::new(PASSWORD.to_owned()),
            },
            proxy_password: None,
            app_credential: contract::AppCredentialChange::Keep,
        };
        let saved = self.scene.engine.email_configuration_save(request).await;
        saved.expect("good settings").configuration
    }

    async fn check(&self) -> Result<RunPage, Problem> {
        let request = StartCheck {
            organization: self.id,
            form: None,
            password: CheckPassword::Stored,
            scope: CheckScope::All,
            send_again: false,
            proxy_password: None,
            app_credential: None,
        };
        let run = self.scene.engine.check_start(request).await?;
        let mut progress = self.scene.engine.watch_run(&run.run).await?;
        progress
            .wait_for(|progress| progress.state != RunState::Running)
            .await
            .expect("it ends");
        self.scene.engine.run_show(run).await
    }

    /// Starts a discovery as the window does, answers its questions so, and remembers that.
    async fn look(&self, answer: ConsentAnswer) -> (Discovery, usize) {
        let request = StartDiscovery {
            organization: self.id,
            form: self.form("", false),
            address: None,
            password: Some(CheckPassword::Stored),
            send_again: false,
            proxy_password: None,
        };
        let engine = &self.scene.engine;
        let which = engine.discovery_start(request).await.expect("good input");
        let mut asked = 0;
        loop {
            let now = engine.discovery_show(which.clone()).await.expect("known");
            match (&now.state, &now.question) {
                (DiscoveryState::Done, _) => return (now, asked),
                (DiscoveryState::Asking, Some(question)) => {
                    asked += 1;
                    let consent = AnswerConsent {
                        discovery: which.discovery.clone(),
                        question: question.question,
                        answer,
                        remember: true,
                    };
                    engine.discovery_answer(consent).await.expect("it waits");
                }
                _ => {}
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

fn exchange() -> exchange_sim::Options {
    host("mail.contoso.com", Autodiscover::absent())
}

#[tokio::test]
async fn a_check_finds_the_url_at_a_host_that_was_saved_before() {
    let mut with_json = host(AUTODISCOVER, Autodiscover::at(EWS));
    with_json.autodiscover.json = Endpoint::Works;
    let office = Office::of(vec![exchange(), with_json]).await;
    office.save(office.form(EWS, false)).await;
    let saved = office.save(office.form("", true)).await;
    assert!(saved.form.find_when_checking && saved.form.ews_url.is_empty());
    let page = office.check().await.expect("it goes on");
    assert_eq!(page.row.state, RunState::Complete, "{:?}", page.row.message);
    assert_eq!(
        (page.row.ews_url.as_str(), page.row.summary.granted),
        (EWS, 1)
    );
    let step = page.steps.iter().find(|step| step.id == "discovery");
    let step = step.expect("a rung of its own");
    assert_eq!(step.status, StepStatus::Pass);
    assert!(step.message.contains(EWS), "{}", step.message);
    assert!(!step.evidence.is_empty() && step.elapsed_ms.is_some());
}

#[tokio::test]
async fn a_check_sends_nothing_to_a_host_that_nobody_confirmed() {
    let mut with_json = host(AUTODISCOVER, Autodiscover::at(EWS));
    with_json.autodiscover.json = Endpoint::Works;
    let office = Office::of(vec![exchange(), with_json]).await;
    office.save(office.form("", true)).await;
    let problem = office.check().await.expect_err("nobody confirmed it");
    assert_eq!(problem.code, contract::Code::NotAllowed);
    assert!(
        problem.message.contains("nobody has confirmed"),
        "{problem}"
    );
    assert!(problem.hint.is_some());
    assert!(office.scene.hosts.that_received_credentials().is_empty());
}

#[tokio::test]
async fn a_check_asks_no_question_and_honors_what_is_remembered() {
    let mail = "mail.contoso.com";
    let office = Office::of(vec![exchange(), host(AUTODISCOVER, Autodiscover::at(EWS))]).await;
    office.save(office.form(EWS, false)).await;
    office.save(office.form("", true)).await;
    let problem = office.check().await.expect_err("not without consent");
    assert!(problem.message.contains("found no EWS URL"), "{problem}");
    assert!(office.scene.hosts.that_received_credentials().is_empty());
    let (found, asked) = office.look(ConsentAnswer::Send).await;
    assert_eq!((urls(&found), asked), (vec![EWS], 1));
    let (_, asked) = office.look(ConsentAnswer::Skip).await;
    assert_eq!(asked, 0, "it is remembered");
    let page = office.check().await.expect("it goes on");
    assert_eq!(page.row.summary.granted, 1);
    let mut received = office.scene.hosts.that_received_credentials();
    received.sort();
    assert_eq!(received, [AUTODISCOVER, mail]);
}

#[tokio::test]
async fn what_was_confirmed_for_one_account_is_not_for_another() {
    let office = Office::of(vec![exchange(), host(AUTODISCOVER, Autodiscover::at(EWS))]).await;
    office.save(office.form(EWS, false)).await;
    let (_, asked) = office.look(ConsentAnswer::Send).await;
    assert_eq!(asked, 1);
    let mut other = office.form(EWS, false);
    other.account_logon = "CONTOSO\\somebody-else".to_owned();
    office.save(other).await;
    office.save(office.form(EWS, false)).await;
    let (_, asked) = office.look(ConsentAnswer::Skip).await;
    assert_eq!(asked, 1, "it is asked again");
}

#[tokio::test]
async fn a_password_that_is_refused_on_the_way_stops_the_check() {
    let office = Office::of(vec![exchange(), refusing(AUTODISCOVER)]).await;
    let own = format!("https://{AUTODISCOVER}/EWS/Exchange.asmx");
    office.save(office.form(&own, false)).await;
    office.save(office.form("", true)).await;
    // Refused now, and held back the second time.
    for _ in 0..2 {
        let problem = office.check().await.expect_err("it was refused");
        assert_eq!(problem.code, contract::Code::PasswordRefused, "{problem}");
        let cause = Cause::AuthRejected.as_str();
        assert!(problem.message.contains(cause), "{problem}");
    }
    let hosts = &office.scene.hosts;
    assert_eq!(hosts.host(AUTODISCOVER).counters().log_ons_refused, 1);
    assert_eq!(hosts.that_received_credentials(), [AUTODISCOVER]);
}

#[tokio::test]
async fn a_network_that_does_not_answer_is_told_as_one() {
    let office = Office::of(vec![exchange()]).await;
    office.save(office.form("", true)).await;
    let problem = office.check().await.expect_err("there is no such name");
    let cause = Cause::DnsNotFound.as_str();
    assert!(problem.message.contains(cause), "{problem}");
    assert!(problem.message.contains("not of rights"), "{problem}");
}

#[tokio::test]
async fn what_refuses_without_the_network_refuses_before_it() {
    let office = Office::of(vec![exchange(), host(AUTODISCOVER, Autodiscover::at(EWS))]).await;
    let form = office.form("", true);
    let request = StartCheck {
        organization: office.id,
        form: Some(form),
        password: CheckPassword::Stored,
        scope: CheckScope::All,
        send_again: false,
        proxy_password: None,
        app_credential: None,
    };
    let refused = office.scene.engine.check_start(request).await;
    let problem = refused.expect_err("no password is stored");
    assert_eq!(problem.code, contract::Code::PasswordNeeded, "{problem}");
    assert!(office.scene.names.asked().is_empty());
    assert!(office.scene.hosts.recorded().is_empty());
}

mod before_asking {
    //! What differs for one check holds for its Autodiscover as well; what is bad is refused before it.

    use std::io::Cursor;

    use contract::{CheckPassword, Code};
    use engine::checks::{Canary, List, Mailboxes, Plan, ProxyChoice};

    use super::*;

    impl Office {
        async fn audit(
            &self,
            canaries: Vec<Canary>,
            adjust: impl FnOnce(&mut Plan) + Send,
        ) -> Result<RunState, Problem> {
            let engine = &self.scene.engine;
            let all = engine.organizations_list(OrganizationsQuery::default());
            let row = all.await.expect("there is one").remove(0);
            let mailboxes = Mailboxes::Scope(CheckScope::All);
            let started = engine.audit_organization(&row, None, mailboxes, canaries, adjust, false);
            let mut started = started.await?;
            started.ended().await;
            let state = started.progress.borrow().state;
            Ok(state)
        }

        fn nobody_was_asked(&self) {
            assert!(self.scene.names.asked().is_empty());
            assert!(self.scene.hosts.recorded().is_empty());
        }
    }

    /// Autodiscover by JSON at a host that was saved before.
    async fn findable() -> Office {
        let mut with_json = host(AUTODISCOVER, Autodiscover::at(EWS));
        with_json.autodiscover.json = Endpoint::Works;
        let office = Office::of(vec![exchange(), with_json]).await;
        office.save(office.form(EWS, false)).await;
        office.save(office.form("", true)).await;
        office
    }

    #[tokio::test]
    async fn another_proxy_leads_to_autodiscover_too() {
        let office = findable().await;
        let nothing_there = ProxyChoice::Http {
            host: "127.0.0.1".to_owned(),
            port: 1,
            user: None,
        };
        let audited = office
            .audit(Vec::new(), |plan| plan.proxy = nothing_there)
            .await;
        let problem = audited.expect_err("the proxy is not there");
        let cause = Cause::ProxyFailed.as_str();
        assert!(problem.message.contains(cause), "{problem}");
        assert!(problem.message.contains("of the network"), "{problem}");
        assert!(office.scene.hosts.recorded().is_empty(), "past the proxy");
        let direct = office.audit(Vec::new(), |_| ()).await;
        assert_eq!(direct.expect("it is found"), RunState::Complete);
    }

    #[tokio::test]
    async fn a_list_that_is_none_is_refused_before_anybody_is_asked() {
        let office = findable().await;
        let empty = Canary::List(List {
            name: "canaries.csv".to_owned(),
            source: Box::new(Cursor::new(b"nobody at all\n".to_vec())),
        });
        let problem = office.audit(vec![empty], |_| ()).await;
        assert_eq!(problem.expect_err("a bad list").code, Code::BadList);
        let nobody = Canary::Address("nobody at all".to_owned());
        let problem = office.audit(vec![nobody], |_| ()).await;
        assert_eq!(problem.expect_err("no address").code, Code::Invalid);
        office.nobody_was_asked();
        let list = Canary::List(List {
            name: "canaries.csv".to_owned(),
            source: Box::new(Cursor::new(b"user9@contoso.com\n".to_vec())),
        });
        let audited = office.audit(vec![list], |_| ()).await;
        // Nobody's mailbox proves nothing about the scope.
        assert_eq!(audited.expect("it is read twice"), RunState::Incomplete);
    }

    #[tokio::test]
    async fn an_organization_without_users_asks_nobody() {
        let office = Office::without_users(vec![exchange()]).await;
        let mut form = office.form("", true);
        form.account_logon = "svc-ews@contoso.com".to_owned();
        office.save(form).await;
        let problem = office.check().await.expect_err("nobody is left");
        assert_eq!(problem.code, Code::Invalid, "{problem}");
        office.nobody_was_asked();
    }

    #[tokio::test]
    async fn send_again_sends_it_on_the_way_as_well() {
        let office = Office::of(vec![exchange(), refusing(AUTODISCOVER)]).await;
        let own = format!("https://{AUTODISCOVER}/EWS/Exchange.asmx");
        office.save(office.form(&own, false)).await;
        office.save(office.form("", true)).await;
        let refusals = || {
            office
                .scene
                .hosts
                .host(AUTODISCOVER)
                .counters()
                .log_ons_refused
        };
        for (send_again, refused) in [(false, 1), (false, 1), (true, 2)] {
            let request = StartCheck {
                organization: office.id,
                form: None,
                password: CheckPassword::Stored,
                scope: CheckScope::All,
                send_again,
                proxy_password: None,
                app_credential: None,
            };
            let problem = office.scene.engine.check_start(request).await;
            assert_eq!(problem.expect_err("refused").code, Code::PasswordRefused);
            assert_eq!(refusals(), refused, "send again: {send_again}");
        }
    }
}
