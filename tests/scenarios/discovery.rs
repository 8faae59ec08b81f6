//! Autodiscover against hosts that answer, redirect, refuse and lie. What is held above all: which of
//! them was ever sent credentials.

mod checking;
mod hostile;
mod redirects;
mod tested;

use std::sync::Arc;

use contract::{
    AnswerConsent, Authentication, Cause, ConsentAnswer, Discovery, DiscoveryCandidate,
    DiscoveryMethod as Method, DiscoveryPlacement as Placement, DiscoveryRef, DiscoveryState,
    DiscoveryStep, Secret, StepStatus, TlsTrust,
};
use engine::checks::{Plan, ProxyChoice, SendAgain, Sending};
use engine::discovery::{Asking, Search};
use engine::{Engine, Options, VaultChoice};
use exchange_sim::{
    Account, Autodiscover, Bind, Certificate, Endpoint, EwsUrl, Found, Hosts, HttpAnswer, hosts,
};
use support::{ACCOUNT, NameServer, PASSWORD, Record, server};

const AUTODISCOVER: &str = "autodiscover.contoso.com";
const SRV: &str = "_autodiscover._tcp.contoso.com";
const EWS: &str = "https://mail.contoso.com/EWS/Exchange.asmx";

/// A host over HTTPS that knows no JSON v2 and asks for NTLM.
fn host(name: &str, autodiscover: Autodiscover) -> exchange_sim::Options {
    exchange_sim::Options {
        bind: Bind::Https(Certificate::Ca),
        names: vec![name.to_owned()],
        offered: vec!["NTLM".to_owned()],
        autodiscover: Autodiscover {
            json: Endpoint::Missing,
            ..autodiscover
        },
        ..server(1)
    }
}

/// The same over plain HTTP.
fn plain(name: &str, autodiscover: Autodiscover) -> exchange_sim::Options {
    exchange_sim::Options {
        bind: Bind::Http,
        ..host(name, autodiscover)
    }
}

/// The same where the account's password is another one.
fn refusing(name: &str) -> exchange_sim::Options {
    let account = Account {
        password: "another one".to_owned(),
        ..Account::default()
    };
    exchange_sim::Options {
        accounts: vec![account],
        ..host(name, Autodiscover::at(EWS))
    }
}

/// Hosts, names and an engine that sees nothing else.
struct Scene {
    hosts: Hosts,
    names: NameServer,
    engine: Engine,
}

impl Scene {
    async fn of(list: Vec<exchange_sim::Options>, records: Vec<Record>) -> Self {
        let hosts = hosts(list).await.expect("they start");
        let names = NameServer::start(records).await;
        let options = Options {
            vault: VaultChoice::Memory,
            name_server: Some(names.address()),
            resolve: hosts.resolve(),
            ..Options::default()
        };
        let engine = Engine::temporary(options).await.expect("temporary space");
        Self {
            hosts,
            names,
            engine,
        }
    }

    fn trust(&self) -> TlsTrust {
        TlsTrust::Ca {
            pem: self.hosts.ca_pem().to_owned(),
            name: "ca.pem".to_owned(),
        }
    }

    fn search(&self) -> Search {
        Search {
            address: "user1@contoso.com".to_owned(),
            plan: Plan {
                ews_url: String::new(),
                account: ACCOUNT.to_owned(),
                authentication: Authentication::Ntlm,
                tls_trust: self.trust(),
                identify_by: contract::IdentifyBy::Smtp,
                folders: Vec::new(),
                concurrency: None,
                timeout_seconds: 10,
                resolve: Vec::new(),
                proxy: ProxyChoice::None,
                approach: engine::checks::Approach::default(),
            },
            password: Some(Secret::new(PASSWORD.to_owned())),
            sending: Sending {
                again: SendAgain::Never,
                proxy_password: None,
                tokens: None,
            },
            send_to: Vec::new(),
            asking: Asking::Person,
        }
    }

    /// Runs it to its end; `consents` answers questions by host. Answers the hosts it was asked about.
    async fn run(
        &self,
        search: Search,
        consents: impl Fn(&str) -> ConsentAnswer,
    ) -> (Discovery, Vec<String>) {
        let mut started = self.engine.discover(search).await.expect("good input");
        let mut asked = Vec::new();
        loop {
            let now = started.found.borrow_and_update().clone();
            match (&now.state, &now.question) {
                (DiscoveryState::Done | DiscoveryState::Cancelled, _) => {
                    audit(&now);
                    return (now, asked);
                }
                (DiscoveryState::Asking, Some(question))
                    if asked.len() < question.question as usize =>
                {
                    assert!(question.certificate.is_some(), "its certificate is shown");
                    asked.push(question.host.clone());
                    let answer = AnswerConsent {
                        discovery: started.discovery.clone(),
                        question: question.question,
                        answer: consents(&question.host),
                        remember: false,
                    };
                    self.engine
                        .discovery_answer(answer)
                        .await
                        .expect("it waits");
                }
                _ => {}
            }
            started.found.changed().await.expect("it says how it ends");
        }
    }

    /// Every question is answered with yes.
    async fn freely(&self) -> Discovery {
        self.run(self.search(), |_| ConsentAnswer::Send).await.0
    }
}

/// What holds for every discovery.
fn audit(found: &Discovery) {
    assert!(found.message.is_some() && found.question.is_none());
    for step in &found.steps {
        assert_ne!(step.status, StepStatus::Running, "{step:?}");
        assert!(!step.result.is_empty(), "{step:?}");
        if let Some(host) = &step.password_sent_to {
            assert!(
                step.address.starts_with(&format!("https://{host}/")),
                "{step:?}"
            );
        }
    }
    let advised = found.candidates.iter().filter(|c| c.advised).count();
    assert_eq!(advised, usize::from(!found.candidates.is_empty()));
    assert!(
        !format!("{found:?}").contains(PASSWORD),
        "the password shows"
    );
}

fn step<'a>(found: &'a Discovery, method: Method, protocol: &str) -> &'a DiscoveryStep {
    let mut steps = found.steps.iter();
    steps
        .find(|step| step.method == method && step.protocol == protocol)
        .unwrap_or_else(|| panic!("no row {method:?} {protocol}: {found:#?}"))
}

fn sent_to(found: &Discovery) -> Vec<&str> {
    let sent = found.steps.iter();
    sent.filter_map(|step| step.password_sent_to.as_deref())
        .collect()
}

fn urls(found: &Discovery) -> Vec<&str> {
    found.candidates.iter().map(|c| c.url.as_str()).collect()
}

#[tokio::test]
async fn json_finds_it_and_no_credentials_leave() {
    let mut with_json = host(AUTODISCOVER, Autodiscover::at(EWS));
    with_json.autodiscover.json = Endpoint::Works;
    let scene = Scene::of(vec![with_json], Vec::new()).await;
    let (found, asked) = scene.run(scene.search(), |_| ConsentAnswer::Send).await;
    assert_eq!(urls(&found), [EWS]);
    let row = step(&found, Method::JsonV2, "JSON v2");
    assert_eq!(
        (row.status, row.answer.as_deref()),
        (StepStatus::Pass, Some("200"))
    );
    assert!(!row.certificates.is_empty() && row.elapsed_ms.is_some());
    for method in [
        Method::AutodiscoverHost,
        Method::RootDomain,
        Method::HttpRedirect,
        Method::DnsSrv,
    ] {
        let rest = found.steps.iter().find(|step| step.method == method);
        assert_eq!(rest.expect("listed").status, StepStatus::Skipped);
    }
    assert!(asked.is_empty());
    assert!(scene.hosts.that_received_credentials().is_empty());
}

#[tokio::test]
async fn the_password_goes_where_a_person_consents() {
    let inside = "https://localhost:1/EWS/Exchange.asmx";
    let told = Autodiscover {
        internal: Some(EwsUrl::At(inside.to_owned())),
        ..Autodiscover::at(EWS)
    };
    let scene = Scene::of(vec![host(AUTODISCOVER, told)], Vec::new()).await;
    let (found, asked) = scene.run(scene.search(), |_| ConsentAnswer::Send).await;
    assert_eq!(asked, [AUTODISCOVER]);
    assert_eq!(sent_to(&found), [AUTODISCOVER]);
    assert_eq!(
        urls(&found),
        [EWS, inside],
        "the inside one does not answer"
    );
    let DiscoveryCandidate {
        placement, method, ..
    } = found.candidates[0];
    assert_eq!(
        (placement, method),
        (Placement::External, Method::AutodiscoverHost)
    );
    let simulator = scene.hosts.host(AUTODISCOVER);
    assert_eq!(simulator.counters().log_ons_ok, 1, "once");
}

#[tokio::test]
async fn the_inside_address_is_advised_where_it_answers() {
    let inside = "https://inside.contoso.com/EWS/Exchange.asmx";
    let told = Autodiscover {
        internal: Some(EwsUrl::At(inside.to_owned())),
        ..Autodiscover::at(EWS)
    };
    let list = vec![
        host(AUTODISCOVER, told),
        host("inside.contoso.com", Autodiscover::absent()),
    ];
    let scene = Scene::of(list, Vec::new()).await;
    let found = scene.freely().await;
    assert_eq!(urls(&found), [inside, EWS]);
    assert!(
        !scene
            .hosts
            .host("inside.contoso.com")
            .received_credentials()
    );
}

#[tokio::test]
async fn pox_is_asked_where_soap_is_not_there() {
    let mut told = Autodiscover::at(EWS);
    told.soap = Endpoint::Missing;
    let scene = Scene::of(vec![host(AUTODISCOVER, told)], Vec::new()).await;
    let found = scene.freely().await;
    assert_eq!(urls(&found), [EWS]);
    let soap = step(&found, Method::AutodiscoverHost, "SOAP");
    assert_eq!(
        (soap.status, soap.password_sent_to.as_ref()),
        (StepStatus::Warning, None)
    );
    assert_eq!(
        step(&found, Method::AutodiscoverHost, "POX").status,
        StepStatus::Pass
    );
    assert_eq!(scene.hosts.host(AUTODISCOVER).counters().log_ons_ok, 1);
}

/// A server that tells only whoever is logged on that SOAP is not there: that log-on serves POX too, and
/// nothing is sent a second time.
#[tokio::test]
async fn one_log_on_serves_pox_where_soap_turns_out_not_to_be_there() {
    for scheme in ["NTLM", "Negotiate"] {
        let mut told = host(AUTODISCOVER, Autodiscover::at(EWS));
        told.offered = vec![scheme.to_owned()];
        told.autodiscover.soap = Endpoint::Hidden;
        let scene = Scene::of(vec![told], Vec::new()).await;
        let mut search = scene.search();
        search.plan.authentication = Authentication::Automatic;
        let (found, asked) = scene.run(search, |_| ConsentAnswer::Send).await;
        assert_eq!((urls(&found), asked.len()), (vec![EWS], 1), "{found:#?}");
        let soap = step(&found, Method::AutodiscoverHost, "SOAP");
        assert_eq!(soap.status, StepStatus::Warning, "{scheme}: {soap:?}");
        assert_eq!(soap.password_sent_to.as_deref(), Some(AUTODISCOVER));
        let pox = step(&found, Method::AutodiscoverHost, "POX");
        assert_eq!(pox.status, StepStatus::Pass, "{scheme}: {pox:?}");
        assert_eq!(pox.password_sent_to, None, "{scheme}: {pox:?}");
        let counted = scene.hosts.host(AUTODISCOVER).counters();
        assert_eq!(counted.log_ons_ok, 1, "{scheme}");
    }
}

#[tokio::test]
async fn nothing_is_sent_where_the_person_skips_or_cancels_or_nobody_is_there() {
    for how in [ConsentAnswer::Skip, ConsentAnswer::Cancel] {
        let scene = Scene::of(vec![host(AUTODISCOVER, Autodiscover::at(EWS))], Vec::new()).await;
        let (found, asked) = scene.run(scene.search(), |_| how).await;
        assert_eq!(asked, [AUTODISCOVER]);
        let cancelled = how == ConsentAnswer::Cancel;
        assert_eq!(found.state == DiscoveryState::Cancelled, cancelled);
        assert!(scene.hosts.that_received_credentials().is_empty());
    }
    let scene = Scene::of(vec![host(AUTODISCOVER, Autodiscover::at(EWS))], Vec::new()).await;
    let nobody = Search {
        asking: Asking::Flag,
        ..scene.search()
    };
    let (found, asked) = scene.run(nobody, |_| ConsentAnswer::Send).await;
    assert!(asked.is_empty() && found.candidates.is_empty());
    let row = step(&found, Method::AutodiscoverHost, "SOAP");
    assert_eq!(row.status, StepStatus::Skipped);
    assert!(
        row.result.contains(&format!("--send-to {AUTODISCOVER}")),
        "{}",
        row.result
    );
    assert!(scene.hosts.that_received_credentials().is_empty());
    let in_advance = Search {
        asking: Asking::Flag,
        send_to: vec![AUTODISCOVER.to_owned()],
        ..scene.search()
    };
    let (found, _) = scene.run(in_advance, |_| ConsentAnswer::Skip).await;
    assert_eq!(urls(&found), [EWS]);
}

#[tokio::test]
async fn the_form_s_own_host_needs_no_question_and_another_port_does() {
    let list = vec![host(AUTODISCOVER, Autodiscover::at(EWS))];
    let scene = Scene::of(list, Vec::new()).await;
    let with = |url: &str| {
        let mut search = scene.search();
        search.plan.ews_url = url.to_owned();
        search
    };
    let other_port = with(&format!("https://{AUTODISCOVER}:444/EWS/Exchange.asmx"));
    let (_, asked) = scene.run(other_port, |_| ConsentAnswer::Skip).await;
    assert_eq!(asked, [AUTODISCOVER]);
    let own = with(&format!("https://{AUTODISCOVER}/EWS/Exchange.asmx"));
    let (found, asked) = scene.run(own, |_| ConsentAnswer::Skip).await;
    assert!(asked.is_empty());
    assert_eq!(urls(&found), [EWS]);
}

#[tokio::test]
async fn without_a_password_the_rest_is_left_out() {
    let scene = Scene::of(vec![host(AUTODISCOVER, Autodiscover::at(EWS))], Vec::new()).await;
    let search = Search {
        password: None,
        ..scene.search()
    };
    let (found, asked) = scene.run(search, |_| ConsentAnswer::Send).await;
    assert!(asked.is_empty());
    let row = step(&found, Method::AutodiscoverHost, "SOAP");
    assert_eq!(row.status, StepStatus::Skipped);
    assert!(row.result.contains("no password"), "{}", row.result);
    let last = found.message.expect("it says so");
    assert_eq!(last, "No candidate. Enter the URL or try another address.");
}

#[tokio::test]
async fn a_refusal_means_the_next_candidate() {
    let other = "srv.contoso.com";
    let list = vec![refusing(AUTODISCOVER), host(other, Autodiscover::at(EWS))];
    let srv = vec![Record::Srv(SRV, 0, 0, 443, other)];
    let scene = Scene::of(list, srv).await;
    let found = scene.freely().await;
    assert_eq!(sent_to(&found), [AUTODISCOVER, other]);
    assert_eq!(urls(&found), [EWS]);
    let refused = step(&found, Method::AutodiscoverHost, "SOAP");
    assert_eq!(
        (refused.status, refused.cause),
        (StepStatus::Fail, Some(Cause::AuthRejected))
    );
    let counters = scene.hosts.host(AUTODISCOVER).counters();
    assert_eq!(counters.log_ons_refused, 1, "one attempt a host");
}

#[tokio::test]
async fn a_refused_password_is_not_sent_there_again_for_half_an_hour() {
    let scene = Scene::of(vec![refusing(AUTODISCOVER)], Vec::new()).await;
    assert_eq!(sent_to(&scene.freely().await), [AUTODISCOVER]);
    let again = scene.freely().await;
    assert!(sent_to(&again).is_empty());
    let row = step(&again, Method::AutodiscoverHost, "SOAP");
    assert!(row.result.contains("was not sent"), "{}", row.result);
    let counters = scene.hosts.host(AUTODISCOVER).counters();
    assert_eq!(counters.log_ons_refused, 1);
    let wanted = Search {
        sending: Sending {
            again: SendAgain::Yes,
            proxy_password: None,
            tokens: None,
        },
        ..scene.search()
    };
    let (wanted, _) = scene.run(wanted, |_| ConsentAnswer::Send).await;
    assert_eq!(sent_to(&wanted), [AUTODISCOVER]);
}

#[tokio::test]
async fn two_hosts_get_it_and_no_third() {
    let list = vec![
        refusing(AUTODISCOVER),
        refusing("contoso.com"),
        refusing("srv.contoso.com"),
    ];
    let srv = vec![Record::Srv(SRV, 0, 0, 443, "srv.contoso.com")];
    let scene = Scene::of(list, srv).await;
    let (found, asked) = scene.run(scene.search(), |_| ConsentAnswer::Send).await;
    assert_eq!(asked, [AUTODISCOVER, "contoso.com"]);
    let mut received = scene.hosts.that_received_credentials();
    received.sort();
    assert_eq!(received, [AUTODISCOVER, "contoso.com"]);
    let third = step(&found, Method::DnsSrv, "SOAP");
    assert_eq!(third.status, StepStatus::Skipped);
    assert!(third.result.contains("two hosts"), "{}", third.result);
}

#[tokio::test]
async fn the_mail_domain_itself_is_never_sent_basic() {
    let mut root = host("contoso.com", Autodiscover::at(EWS));
    root.offered = vec!["Basic".to_owned()];
    let scene = Scene::of(vec![root], Vec::new()).await;
    let mut search = scene.search();
    search.plan.authentication = Authentication::Basic;
    let (found, asked) = scene.run(search, |_| ConsentAnswer::Send).await;
    assert!(asked.is_empty());
    let row = step(&found, Method::RootDomain, "SOAP");
    assert!(row.result.contains("foreign web host"), "{}", row.result);
    assert!(!scene.hosts.host("contoso.com").received_credentials());
}

#[tokio::test]
async fn a_mailbox_in_the_cloud_is_told_and_no_password_follows() {
    let cloud = "user1@contoso.mail.onmicrosoft.com";
    let told = Autodiscover::at(EWS).user(
        "user1@contoso.com",
        Found::RedirectAddress(cloud.to_owned()),
    );
    let mut online = host(
        "outlook.office365.com",
        Autodiscover::at("https://outlook.office365.com/EWS/Exchange.asmx"),
    );
    online.autodiscover.json = Endpoint::Works;
    online.autodiscover = online.autodiscover.user(
        cloud,
        Found::Urls {
            internal: None,
            external: Some(EwsUrl::At(
                "https://outlook.office365.us/EWS/Exchange.asmx".to_owned(),
            )),
        },
    );
    let scene = Scene::of(vec![host(AUTODISCOVER, told), online], Vec::new()).await;
    let found = scene.freely().await;
    assert_eq!(found.redirect_address.as_deref(), Some(cloud));
    let first = found.candidates.first().expect("one");
    assert_eq!(
        first.cloud.as_deref(),
        Some("Exchange Online (US Government L4, GCC High)")
    );
    assert_eq!(scene.hosts.that_received_credentials(), [AUTODISCOVER]);
}

#[tokio::test]
async fn a_discovery_can_be_stopped_while_it_asks() {
    let scene =
        Arc::new(Scene::of(vec![host(AUTODISCOVER, Autodiscover::at(EWS))], Vec::new()).await);
    let mut started = scene
        .engine
        .discover(scene.search())
        .await
        .expect("good input");
    started
        .found
        .wait_for(|found| found.state == DiscoveryState::Asking)
        .await
        .expect("it asks");
    let which = DiscoveryRef {
        discovery: started.discovery.clone(),
    };
    scene
        .engine
        .discovery_cancel(which.clone())
        .await
        .expect("it stops");
    started
        .found
        .wait_for(|found| found.state == DiscoveryState::Cancelled)
        .await
        .expect("it ends");
    audit(
        &scene
            .engine
            .discovery_show(which)
            .await
            .expect("still there"),
    );
    assert!(scene.hosts.that_received_credentials().is_empty());
}

#[tokio::test]
async fn a_url_over_http_is_left_out() {
    let told = Autodiscover {
        internal: Some(EwsUrl::At(
            "http://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        )),
        ..Autodiscover::at(EWS)
    };
    let scene = Scene::of(vec![host(AUTODISCOVER, told)], Vec::new()).await;
    let found = scene.freely().await;
    assert_eq!(urls(&found), [EWS]);
    let row = step(&found, Method::AutodiscoverHost, "SOAP");
    assert_eq!(row.status, StepStatus::Warning);
    assert!(row.result.contains("isn't https"), "{}", row.result);
}

#[tokio::test]
async fn without_an_account_nobody_is_signed_in() {
    let scene = Scene::of(vec![host(AUTODISCOVER, Autodiscover::at(EWS))], Vec::new()).await;
    let mut search = scene.search();
    search.plan.account.clear();
    let (found, asked) = scene.run(search, |_| ConsentAnswer::Send).await;
    assert!(asked.is_empty() && found.candidates.is_empty());
    assert!(scene.hosts.that_received_credentials().is_empty());
}

#[tokio::test]
async fn exchange_online_is_never_sent_a_password() {
    let cloud = "autodiscover-s.outlook.com";
    let door = format!("https://{cloud}/autodiscover/autodiscover.xml");
    let mut sends_on = Autodiscover::absent();
    sends_on.pox = Endpoint::Says(HttpAnswer::redirect(302, &door));
    let list = vec![
        host(AUTODISCOVER, sends_on),
        host(cloud, Autodiscover::at(EWS)),
    ];
    let scene = Scene::of(list, Vec::new()).await;
    let (found, asked) = scene.run(scene.search(), |_| ConsentAnswer::Send).await;
    assert!(asked.is_empty(), "nobody is even asked");
    let row = step(&found, Method::Redirect, "SOAP");
    assert!(row.result.contains("takes no passwords"), "{}", row.result);
    assert!(scene.hosts.that_received_credentials().is_empty());
}
