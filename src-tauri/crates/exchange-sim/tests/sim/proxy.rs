//! The proxy: tunnels, log-ons of its own, faults, and TLS inspection.

use std::collections::HashMap;
use std::time::Duration;

use exchange_sim::proxy::{
    GATEWAY_CA, Inspection, Proxy, ProxyAuthentication, ProxyFault, ProxyOptions, start,
};
use exchange_sim::{Bind, Binding, Certificate, Options, Simulator};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Client, Reply, inbox_of, own_inbox, service, simulator, tls_over};
use crate::windows::stock;
use crate::windows_client::{
    LogOn, SERVICE, authenticate, binding, log_on, negotiate, token, value,
};

async fn exchange() -> Simulator {
    simulator(Options {
        bind: Bind::Https(Certificate::Ca),
        offered: vec!["NTLM".to_owned(), "Basic".to_owned()],
        ..stock()
    })
    .await
}

async fn proxy(server: &Simulator, authentication: ProxyAuthentication) -> Proxy {
    start(ProxyOptions {
        authentication,
        hosts: HashMap::from([("mail.contoso.test:443".to_owned(), server.address())]),
        ..ProxyOptions::default()
    })
    .await
    .expect("a loopback port is free")
}

async fn dial(proxy: &Proxy) -> Client {
    let stream = TcpStream::connect(proxy.address()).await;
    Client::over(stream.expect("the proxy listens"))
}

async fn connect(client: &mut Client, target: &str, credentials: Option<&str>) -> Reply {
    let header = credentials
        .map(|value| format!("Proxy-Authorization: {value}\r\n"))
        .unwrap_or_default();
    client
        .connect(&format!(
            "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{header}\r\n"
        ))
        .await
}

#[tokio::test]
async fn a_tunnel_leads_to_the_named_host_and_no_further() {
    let server = exchange().await;
    let proxy = proxy(&server, ProxyAuthentication::None).await;
    let mut client = dial(&proxy).await;
    assert_eq!(
        connect(&mut client, "mail.contoso.test:443", None)
            .await
            .status(),
        200
    );
    let mut client = tls_over(client, server.ca_pem(), "mail.contoso.test")
        .await
        .expect("the certificate names the host");
    client
        .post(Some(&service()), &inbox_of("user1@contoso.com"))
        .await
        .has(200, "NoError");
    for nowhere in [
        "192.0.2.1:443",
        "example.com:443",
        "localhost:1",
        "nonsense",
    ] {
        let reply = connect(&mut dial(&proxy).await, nowhere, None).await;
        assert_eq!(reply.status(), 502, "{nowhere}");
    }
    let near = format!("localhost:{}", server.address().port());
    assert_eq!(
        connect(&mut dial(&proxy).await, &near, None).await.status(),
        200
    );
    let counters = proxy.counters();
    assert_eq!((counters.tunnels, counters.authorizations), (2, 0));
    assert_eq!(counters.targets[0], "mail.contoso.test:443");
    let mut careless = dial(&proxy).await;
    careless
        .connect("CONNECT localhost:1 HTTP/1.1\r\nAuthorization: Basic eDp5\r\n\r\n")
        .await;
    assert_eq!(proxy.counters().authorizations, 1, "leaked ones are seen");
}

#[tokio::test]
async fn basic_is_asked_for_and_judged() {
    let server = exchange().await;
    let account = ProxyAuthentication::Basic {
        user: "proxy".to_owned(),
        password: "Gate-Pa55!".to_owned(),
    };
    let proxy = proxy(&server, account).await;
    let mut client = dial(&proxy).await;
    let target = "mail.contoso.test:443";
    let asked = connect(&mut client, target, None).await;
    assert_eq!(asked.status(), 407);
    let challenge = asked.header("proxy-authenticate").expect("a scheme");
    assert!(challenge.starts_with("Basic realm="));
    let wrong = crate::client::basic("proxy", "x");
    let refused = connect(&mut client, target, Some(&wrong)).await;
    assert_eq!(refused.status(), 407);
    let right = crate::client::basic("proxy", "Gate-Pa55!");
    let opened = connect(&mut client, target, Some(&right)).await;
    assert_eq!(opened.status(), 200, "on the same connection");
    let counters = proxy.counters();
    assert_eq!(
        (counters.challenges, counters.refusals, counters.connections),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn ntlm_takes_three_legs_of_one_connection() {
    let server = exchange().await;
    let account = ProxyAuthentication::Ntlm {
        user: "contoso\\svc-ews".to_owned(),
        password: "Practice-Pa55!".to_owned(),
    };
    let proxy = proxy(&server, account).await;
    let target = "mail.contoso.test:443";
    for (password, status) in [("Practice-Pa55!", 200), ("practice", 407)] {
        let who = LogOn {
            password,
            ..SERVICE
        };
        let mut client = dial(&proxy).await;
        let asked = connect(&mut client, target, None).await;
        assert_eq!(asked.header("proxy-authenticate"), Some("NTLM"));
        let challenge = connect(&mut client, target, Some(&negotiate("NTLM"))).await;
        assert_eq!(challenge.status(), 407);
        let message = challenge.header("proxy-authenticate").expect("a challenge");
        let message = format!("WWW-Authenticate: {message}");
        let as_challenge = Reply {
            head: message,
            ..Reply::default()
        };
        let message = token(&as_challenge, "NTLM");
        let last = value("NTLM", &authenticate(&who, &message));
        assert_eq!(
            connect(&mut client, target, Some(&last)).await.status(),
            status
        );
        if status == 407 {
            let right = value("NTLM", &authenticate(&SERVICE, &message));
            assert_eq!(
                connect(&mut client, target, Some(&right)).await.status(),
                407,
                "a challenge is good for one answer"
            );
        }
        let mut stranger = dial(&proxy).await;
        assert_eq!(
            connect(&mut stranger, target, Some(&last)).await.status(),
            407,
            "the challenge belongs to another connection"
        );
    }
    assert_eq!(proxy.counters().tunnels, 1);
}

#[tokio::test]
async fn faults_strike_every_connect() {
    let server = exchange().await;
    let proxy = proxy(&server, ProxyAuthentication::None).await;
    let target = "mail.contoso.test:443";
    for (fault, status) in [
        (ProxyFault::Refuses(403), 403),
        (ProxyFault::Refuses(502), 502),
        (ProxyFault::Closes, 0),
        (ProxyFault::AsksForNothing, 407),
    ] {
        proxy.update(|options| options.fault = Some(fault));
        let reply = connect(&mut dial(&proxy).await, target, None).await;
        assert_eq!(reply.status(), status, "{fault:?}");
        assert_eq!(reply.header("proxy-authenticate"), None);
    }
    proxy.update(|options| options.fault = Some(ProxyFault::Hangs));
    let mut client = dial(&proxy).await;
    let answer = timeout(
        Duration::from_millis(100),
        connect(&mut client, target, None),
    );
    assert!(answer.await.is_err(), "it hangs");
    proxy.update(|options| {
        options.fault = Some(ProxyFault::ClosesAfterChallenge);
        options.authentication = ProxyAuthentication::Ntlm {
            user: String::new(),
            password: String::new(),
        };
    });
    let mut client = dial(&proxy).await;
    let asked = connect(&mut client, target, None).await;
    assert_eq!(asked.header("connection"), Some("close"));
    assert_eq!(connect(&mut client, target, None).await.status(), 0);
    assert_eq!(proxy.counters().tunnels, 0);
}

#[tokio::test]
async fn inspected_tls_shows_another_issuer_and_breaks_the_binding() {
    let server = exchange().await;
    let proxy = start(ProxyOptions {
        inspection: Some(Inspection {
            upstream_ca: server.ca_pem().expect("a CA").to_owned(),
        }),
        ..ProxyOptions::default()
    })
    .await
    .expect("a loopback port is free");
    let target = format!("localhost:{}", server.address().port());
    let gateway = proxy.ca_pem();
    for (ca, trusted) in [(server.ca_pem(), false), (gateway.as_deref(), true)] {
        let mut client = dial(&proxy).await;
        connect(&mut client, &target, None).await;
        let opened = tls_over(client, ca, "localhost").await;
        assert_eq!(opened.is_ok(), trusted);
        let Ok(mut client) = opened else { continue };
        let seen = client.certificate().expect("a certificate");
        assert!(
            seen.windows(GATEWAY_CA.len())
                .any(|part| part == GATEWAY_CA.as_bytes()),
            "its issuer is the gateway"
        );
        let bound = LogOn {
            binding: Some(binding(&Sha256::digest(&seen))),
            ..SERVICE
        };
        log_on(&mut client, "NTLM", &bound, &own_inbox())
            .await
            .has(401, "");
        assert_eq!(server.counters().log_ons.last_binding, Some(Binding::Wrong));
    }
}

#[tokio::test]
async fn a_proxy_begins_to_ask_after_some_tunnels() {
    let server = exchange().await;
    let basic = ProxyAuthentication::Basic {
        user: "contoso\\anna".to_owned(),
        password: "Door-Pa55!".to_owned(),
    };
    let proxy = proxy(&server, basic).await;
    proxy.update(|options| options.free_tunnels = 2);
    let target = "mail.contoso.test:443";
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(
            connect(&mut dial(&proxy).await, target, None)
                .await
                .status(),
        );
    }
    assert_eq!(statuses, [200, 200, 407]);
    let counters = proxy.counters();
    assert_eq!((counters.tunnels, counters.challenges), (2, 1));
}
