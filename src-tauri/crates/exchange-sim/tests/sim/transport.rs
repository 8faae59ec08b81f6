//! TLS with each kind of certificate, counting of connections, stopping.

use std::time::Duration;

use exchange_sim::{
    Bind, Certificate, CertificateFaults, Fault, Options, Simulator, What, When, start,
};

use crate::client::{http, inbox_of, own_inbox, service, simulator, tcp, tls};

async fn https(certificate: Certificate) -> Simulator {
    simulator(Options {
        bind: Bind::Https(certificate),
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn a_client_that_trusts_the_ca_gets_through() {
    let server = https(Certificate::Ca).await;
    assert!(server.ews_url().starts_with("https://localhost:"));
    assert!(server.ews_url().ends_with("/EWS/Exchange.asmx"));
    let mut client = tls(&server, server.ca_pem()).await.unwrap();
    for _ in 0..3 {
        let reply = client
            .post(Some(&service()), &inbox_of("user1@contoso.com"))
            .await;
        reply.has(200, "NoError");
    }
    let counters = server.counters();
    assert_eq!(
        (counters.connections, counters.log_ons_ok, counters.requests),
        (1, 1, 3)
    );
    assert_eq!(server.certificate_sha256().map(str::len), Some(64));
    assert!(server.certificate_der().is_some_and(|der| der.len() > 200));
}

#[tokio::test]
async fn each_fault_of_a_certificate_is_seen() {
    let several = CertificateFaults {
        expired: true,
        wrong_name: true,
        ..Default::default()
    };
    for (certificate, reason) in [
        (Certificate::WrongName, "NotValidForName"),
        (Certificate::Expired, "xpired"),
        (Certificate::NotYetValid, "ot valid yet"),
        (Certificate::With(several), "xpired"),
    ] {
        let server = https(certificate).await;
        let Err(error) = tls(&server, server.ca_pem()).await else {
            panic!("{certificate:?} must not be trusted");
        };
        let plain = error.replace(' ', "").to_lowercase();
        let reason = reason.replace(' ', "").to_lowercase();
        assert!(plain.contains(&reason), "{certificate:?}: {error}");
    }
}

#[tokio::test]
async fn an_unknown_issuer_is_not_trusted() {
    let server = https(Certificate::SelfSigned).await;
    assert!(server.ca_pem().is_none());
    let other = https(Certificate::Ca).await;
    for server in [&server, &other] {
        let stranger = https(Certificate::Ca).await;
        let Err(error) = tls(server, stranger.ca_pem()).await else {
            panic!("the issuer is unknown");
        };
        assert!(
            error.contains("UnknownIssuer") || error.contains("unknown"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_client_without_the_certificate_demanded_gets_nowhere() {
    let faults = CertificateFaults {
        demands_client_certificate: true,
        ..Default::default()
    };
    let server = https(Certificate::With(faults)).await;
    // With TLS 1.3 the client learns it only when it reads.
    if let Ok(mut client) = tls(&server, server.ca_pem()).await {
        assert_eq!(
            client.post(Some(&service()), &own_inbox()).await.status(),
            0
        );
    }
    assert_eq!(server.counters().requests, 0);
}

#[tokio::test]
async fn answers_break_over_tls_as_over_tcp() {
    let server = https(Certificate::Ca).await;
    server.plan(Fault::once(When::Impersonated, What::CloseMidAnswer));
    server.plan(Fault::once(When::Impersonated, What::Reset));
    let request = inbox_of("user1@contoso.com");
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let mut client = tls(&server, server.ca_pem()).await.unwrap();
        let reply = client.post(Some(&service()), &request).await;
        statuses.push((reply.status(), reply.truncated));
    }
    assert_eq!(statuses, [(200, true), (0, true), (200, false)]);
}

#[tokio::test]
async fn handshakes_fail_when_told() {
    let server = https(Certificate::Ca).await;
    server.plan(Fault::once(When::Connect, What::CloseInHandshake));
    server.plan(Fault::once(
        When::Connect,
        What::NoTls(Duration::from_millis(50)),
    ));
    server.plan(Fault::once(When::Connect, What::Reset));
    for _ in 0..3 {
        assert!(tls(&server, server.ca_pem()).await.is_err());
    }
    assert!(tls(&server, server.ca_pem()).await.is_ok());
    assert_eq!(server.counters().connections, 4);
}

#[tokio::test]
async fn connections_and_requests_at_a_time_are_counted() {
    let server = simulator(Options {
        latency: Duration::from_millis(50),
        ..Options::default()
    })
    .await;
    let ask = async || {
        http(&server)
            .await
            .post(Some(&service()), &own_inbox())
            .await
            .status()
    };
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    assert_eq!([a, b, c, d], [200; 4]);
    let counters = server.counters();
    assert_eq!((counters.connections, counters.peak_concurrency), (4, 4));
    assert_eq!(counters.peak_connections, 4);
    for _ in 0..100 {
        if server.counters().open_now == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("closed connections are still counted as open");
}

#[tokio::test]
async fn stopping_closes_what_is_open() {
    let server = simulator(Options::default()).await;
    let address = server.address();
    let mut client = http(&server).await;
    client
        .post(Some(&service()), &own_inbox())
        .await
        .has(200, "NoError");
    server.stop().await;
    assert_eq!(
        client.post(Some(&service()), &own_inbox()).await.status(),
        0
    );
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn a_taken_port_is_an_error_and_not_another_port() {
    let server = simulator(Options::default()).await;
    let port = server.address().port();
    let error = start(Options {
        port,
        ..Options::default()
    })
    .await
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("could not listen on port {port} of the loopback address")
    );
    drop(tcp(&server).await);
}
