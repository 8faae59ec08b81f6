//! HTTP proxies: through one to Exchange with each way to sign in, and every way in which one fails,
//! told as the proxy's fault and nobody else's. The service account's credentials never reach a proxy.

use std::collections::HashMap;
use std::io::Cursor;

use contract::{Authentication, Cause, IdentifyBy, Secret, TlsTrust};
use engine::checks::{Audit, List, Mailboxes, Plan, ProxyChoice, Sending};
use exchange_sim::proxy::{self, Proxy, ProxyAuthentication, ProxyFault, ProxyOptions};
use exchange_sim::{Bind, Certificate, HttpAnswer, Options, Simulator, What, When};
use support::{ACCOUNT, Check, Live, Outcome, PASSWORD, engine, loopback, server, start};

/// A name that the certificate of the simulated Exchange is for; loopback's never go through a proxy.
pub(crate) const HOST: &str = "mail.contoso.test";
const URL: &str = "https://mail.contoso.test/EWS/Exchange.asmx";
const USER: &str = "CONTOSO\\proxy-user";
const WORD: &str = "Pr0xy-Pa55!";

pub(crate) fn https(people: usize) -> Options {
    Options {
        bind: Bind::Https(Certificate::Ca),
        offered: vec!["Negotiate".into(), "NTLM".into()],
        ..server(people)
    }
}

fn ntlm() -> ProxyAuthentication {
    ProxyAuthentication::Ntlm {
        user: USER.to_owned(),
        password: WORD.to_owned(),
    }
}

fn basic() -> ProxyAuthentication {
    ProxyAuthentication::Basic {
        user: USER.to_owned(),
        password: WORD.to_owned(),
    }
}

async fn before(
    exchange: &Simulator,
    authentication: ProxyAuthentication,
    fault: Option<ProxyFault>,
) -> Proxy {
    let hosts = HashMap::from([(format!("{HOST}:443"), exchange.address())]);
    proxy::start(ProxyOptions {
        authentication,
        fault,
        hosts,
        ..ProxyOptions::default()
    })
    .await
    .expect("the proxy starts")
}

/// A check of `users` mailboxes over `lanes`, signing in to the proxy as this user with this password.
pub(crate) struct Through<'a> {
    pub(crate) exchange: &'a Simulator,
    pub(crate) port: u16,
    pub(crate) sign_in: Option<(&'a str, &'a str)>,
    /// Left out: the CA of the simulated Exchange.
    pub(crate) trust: Option<TlsTrust>,
    pub(crate) users: usize,
    pub(crate) lanes: u32,
}

impl Through<'_> {
    pub(crate) async fn run(self) -> Outcome {
        let of_exchange = || TlsTrust::Ca {
            pem: self.exchange.ca_pem().expect("it has a CA").to_owned(),
            name: "ca.pem".to_owned(),
        };
        let plan = Plan {
            ews_url: URL.to_owned(),
            account: ACCOUNT.to_owned(),
            authentication: Authentication::Ntlm,
            tls_trust: self.trust.clone().unwrap_or_else(of_exchange),
            identify_by: IdentifyBy::Smtp,
            folders: Vec::new(),
            concurrency: Some(self.lanes),
            timeout_seconds: 3,
            resolve: Vec::new(),
            proxy: ProxyChoice::Http {
                host: "127.0.0.1".to_owned(),
                port: self.port,
                user: self.sign_in.map(|(user, _)| user.to_owned()),
            },
            approach: engine::checks::Approach::default(),
        };
        let addresses: Vec<_> = (1..=self.users)
            .map(|n| format!("user{n}@contoso.com"))
            .collect();
        let audit = Audit {
            plan,
            password: Secret::new(PASSWORD.to_owned()),
            mailboxes: Mailboxes::List(List {
                name: "users.csv".to_owned(),
                source: Box::new(Cursor::new(addresses.join("\n").into_bytes())),
            }),
            canaries: Vec::new(),
            organization: None,
            fingerprint: String::new(),
            draft: false,
            stream: true,
        };
        let proxy_password = self
            .sign_in
            .map(|(_, password)| Secret::new(password.to_owned()));
        let engine = engine().await.sending(Sending {
            proxy_password,
            ..Sending::default()
        });
        let started = engine.start_audit(audit).await.expect("the check starts");
        Live::new(engine, started, false).ended(None).await
    }
}

pub(crate) fn through<'a>(exchange: &'a Simulator, proxy: &Proxy, users: usize) -> Through<'a> {
    Through {
        exchange,
        port: proxy.address().port(),
        sign_in: None,
        trust: None,
        users,
        lanes: 4,
    }
}

fn signed_in<'a>(exchange: &'a Simulator, proxy: &Proxy, password: &'a str) -> Through<'a> {
    Through {
        sign_in: Some((USER, password)),
        ..through(exchange, proxy, 12)
    }
}

#[tokio::test]
async fn a_tunnel_carries_the_log_on_to_exchange_and_nothing_of_it_to_the_proxy() {
    for authentication in [ProxyAuthentication::None, basic(), ntlm()] {
        let exchange = start(https(12)).await;
        let proxy = before(&exchange, authentication.clone(), None).await;
        let run = signed_in(&exchange, &proxy, WORD).run().await;
        assert_eq!(
            run.end(),
            "complete",
            "{authentication:?}: {}",
            run.message()
        );
        assert_eq!(run.summary().granted, 12);
        let (seen, lanes) = (proxy.counters(), run.summary().connections);
        assert_eq!((seen.authorizations, seen.other_requests), (0, 0));
        assert_eq!((seen.refusals, seen.tunnels), (0, lanes), "a tunnel a lane");
        assert_eq!(seen.connections, lanes, "all legs on one connection");
        assert_eq!(exchange.counters().connections, lanes);
        let asked = match authentication {
            ProxyAuthentication::None => 0,
            ProxyAuthentication::Basic { .. } => lanes,
            ProxyAuthentication::Ntlm { .. } => 2 * lanes,
        };
        assert_eq!(seen.challenges, asked, "{authentication:?}");
        assert!(seen.targets.iter().all(|to| *to == format!("{HOST}:443")));
    }
}

#[tokio::test]
async fn a_password_the_proxy_refuses_reaches_it_once() {
    for authentication in [basic(), ntlm()] {
        let exchange = start(https(12)).await;
        let proxy = before(&exchange, authentication.clone(), None).await;
        let run = signed_in(&exchange, &proxy, "wrong").run().await;
        assert_eq!(run.end(), "stopped proxy.failed");
        assert_eq!(run.lines(), vec!["not_checked proxy.failed"; 12]);
        let seen = proxy.counters();
        assert_eq!((seen.refusals, seen.tunnels), (1, 0), "{authentication:?}");
        assert_eq!(
            (seen.authorizations, exchange.counters().connections),
            (0, 0)
        );
        says(
            &run,
            &[
                "refused the sign-in of its user",
                USER,
                "not again",
                "Exchange was not asked",
            ],
        );
    }
}

#[tokio::test]
async fn a_password_that_is_changed_in_mid_run_is_refused_once_more_at_most() {
    let exchange = start(https(60)).await;
    exchange.update(|options| options.close_after = Some(3));
    let proxy = before(&exchange, ntlm(), None).await;
    let run = Through {
        users: 60,
        ..signed_in(&exchange, &proxy, WORD)
    };
    let changing = async {
        while proxy.counters().tunnels < 6 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        proxy.update(|options| {
            options.authentication = ProxyAuthentication::Ntlm {
                user: USER.to_owned(),
                password: "changed".to_owned(),
            };
        });
    };
    let (run, ()) = tokio::join!(run.run(), changing);
    assert_eq!(run.end(), "stopped proxy.failed", "{}", run.message());
    assert!(run.summary().granted > 0);
    assert_eq!(run.summary().refused, 0, "never a matter of rights");
    assert_eq!(proxy.counters().refusals, 1);
}

#[tokio::test]
async fn a_proxy_that_asks_gets_nothing_of_the_service_account() {
    for (authentication, offered) in [(basic(), "it offers Basic"), (ntlm(), "it offers NTLM")] {
        let exchange = start(https(3)).await;
        let proxy = before(&exchange, authentication, None).await;
        let run = through(&exchange, &proxy, 3).run().await;
        assert_eq!(run.end(), "stopped proxy.failed");
        let seen = proxy.counters();
        assert_eq!(
            (seen.connects, seen.refusals, seen.authorizations),
            (1, 0, 0)
        );
        says(
            &run,
            &[
                "asks for a sign-in of its own",
                offered,
                "never sent to a proxy",
            ],
        );
    }
}

#[tokio::test]
async fn every_fault_of_a_proxy_is_told_by_its_own_words() {
    let mut told = Vec::new();
    for (fault, words) in [
        (
            ProxyFault::Refuses(403),
            "doesn't allow a tunnel to mail.contoso.test:443 (403 Forbidden)",
        ),
        (ProxyFault::Refuses(405), "makes no tunnels"),
        (
            ProxyFault::Refuses(502),
            "seen from the proxy the name isn't found",
        ),
        (
            ProxyFault::Refuses(503),
            "has no way to mail.contoso.test:443",
        ),
        (
            ProxyFault::Refuses(504),
            "a firewall between the proxy and the server",
        ),
        (
            ProxyFault::Closes,
            "closed the connection instead of answering",
        ),
        (ProxyFault::Hangs, "doesn't answer: waited 3 s"),
        (ProxyFault::AsksForNothing, "it names no scheme"),
        (
            ProxyFault::ClosesAfterChallenge,
            "in the middle of the sign-in",
        ),
    ] {
        let exchange = start(https(3)).await;
        let proxy = before(&exchange, ntlm(), Some(fault)).await;
        let run = signed_in(&exchange, &proxy, WORD).run().await;
        assert_eq!(run.end(), "stopped proxy.failed", "{fault:?}");
        says(
            &run,
            &[
                words,
                "Can't reach mail.contoso.test: the HTTP proxy 127.0.0.1:",
            ],
        );
        assert_eq!(exchange.counters().connections, 0, "{fault:?}");
        assert_eq!(
            proxy.counters().refusals,
            0,
            "no password was sent: {fault:?}"
        );
        told.push(run.message().replace(&proxy.address().to_string(), "proxy"));
    }
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 9, "{told:#?}");
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_none_at_all() {
    let exchange = start(https(3)).await;
    let nobody = loopback::nobody().await;
    let other = loopback::says(b"\x05\0").await;
    for (port, words) in [
        (
            nobody.port(),
            "can't be reached: the connection was refused",
        ),
        (other.port(), "isn't an HTTP proxy"),
    ] {
        let run = Through {
            exchange: &exchange,
            port,
            sign_in: None,
            trust: None,
            users: 3,
            lanes: 1,
        };
        let run = run.run().await;
        assert_eq!(run.end(), "stopped proxy.failed");
        says(&run, &[words]);
    }
}

#[tokio::test]
async fn a_407_of_the_origin_is_told_apart_from_the_proxy_before_it() {
    let exchange = start(https(3)).await;
    let answer = HttpAnswer::status(407).header("proxy-authenticate", "NTLM");
    exchange.plan(exchange_sim::Fault::always(When::Any, What::Http(answer)));
    let proxy = before(&exchange, ntlm(), None).await;
    let run = signed_in(&exchange, &proxy, WORD).run().await;
    assert_eq!(run.end(), "stopped proxy.failed");
    says(&run, &["a proxy in front of the server"]);
    assert_eq!(proxy.counters().refusals, 0);
    assert_eq!(exchange.counters().posts_with_credentials, 0);
}

#[tokio::test]
async fn loopback_never_goes_through_a_proxy() {
    let exchange = start(server(3)).await;
    let proxy = before(&exchange, ProxyAuthentication::None, None).await;
    let check = Check::on(&exchange).proxy("127.0.0.1", proxy.address().port());
    assert_eq!(check.run(&exchange).await.end(), "complete");
    assert_eq!(proxy.counters().connections, 0);
}

#[tokio::test]
async fn what_exchange_refuses_is_never_the_proxys_fault() {
    let mut options = https(3);
    options.accounts.clear();
    let exchange = start(options).await;
    let proxy = before(&exchange, ntlm(), None).await;
    let run = signed_in(&exchange, &proxy, WORD).run().await;
    assert_eq!(run.cause(), Some(Cause::AuthRejected), "{}", run.message());
    assert_eq!(run.summary().log_ons, 1, "the service account's own, once");
    assert_eq!(proxy.counters().refusals, 0);
}

#[track_caller]
pub(crate) fn says(run: &Outcome, words: &[&str]) {
    for word in words {
        assert!(
            run.message().contains(word),
            "{word:?} in {:?}",
            run.message()
        );
    }
}
