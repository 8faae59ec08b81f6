//! Below HTTP: names, ports, proxies, certificates, connections that end (ruling 11).

use std::time::{Duration, Instant};

use exchange_sim::{Bind, Certificate, CertificateFaults, Fault, Options, What, When};
use support::{Check, https, loopback, server, start};

fn with(certificate: Certificate) -> Options {
    Options {
        bind: Bind::Https(certificate),
        ..server(3)
    }
}

fn faults(faults: CertificateFaults) -> Options {
    with(Certificate::With(faults))
}

const NONE: CertificateFaults = CertificateFaults {
    self_signed: false,
    wrong_name: false,
    expired: false,
    not_yet_valid: false,
    demands_client_certificate: false,
};

#[tokio::test]
async fn a_private_ca_is_trusted_by_its_file() {
    let exchange = start(with(Certificate::Ca)).await;
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 3));
    assert_eq!(run.page.certificates.len(), 2, "the chain is kept");
}

#[tokio::test]
async fn a_bad_certificate_stops_before_anything_is_sent() {
    let cases = [
        (Certificate::SelfSigned, "tls.untrusted"),
        (Certificate::WrongName, "tls.name_mismatch"),
        (Certificate::Expired, "tls.expired"),
        (Certificate::NotYetValid, "tls.expired"),
        (
            Certificate::With(CertificateFaults {
                self_signed: true,
                expired: true,
                ..NONE
            }),
            "tls.untrusted",
        ),
        (
            Certificate::With(CertificateFaults {
                self_signed: true,
                wrong_name: true,
                expired: true,
                ..NONE
            }),
            "tls.untrusted",
        ),
        (
            Certificate::With(CertificateFaults {
                wrong_name: true,
                expired: true,
                ..NONE
            }),
            "tls.name_mismatch",
        ),
        (
            Certificate::With(CertificateFaults {
                wrong_name: true,
                not_yet_valid: true,
                ..NONE
            }),
            "tls.name_mismatch",
        ),
    ];
    for (certificate, cause) in cases {
        let exchange = start(with(certificate)).await;
        let run = Check::on(&exchange).users(3).run(&exchange).await;
        assert_eq!(run.end(), format!("stopped {cause}"), "{certificate:?}");
        assert_eq!(
            run.lines(),
            vec![format!("not_checked {cause}"); 3],
            "{certificate:?}"
        );
        assert_eq!(exchange.counters().requests, 0, "{certificate:?}");
        assert!(
            !run.page.certificates.is_empty(),
            "the chain is shown: {certificate:?}"
        );
    }
}

#[tokio::test]
async fn an_unknown_issuer_comes_before_name_and_dates() {
    for certificate in [
        Certificate::Ca,
        Certificate::WrongName,
        Certificate::Expired,
        Certificate::NotYetValid,
    ] {
        let exchange = start(with(certificate)).await;
        let run = Check::on(&exchange).system_trust().run(&exchange).await;
        assert_eq!(run.end(), "stopped tls.untrusted", "{certificate:?}");
    }
}

#[tokio::test]
async fn with_a_pin_only_the_pin_counts() {
    let all = CertificateFaults {
        self_signed: true,
        wrong_name: true,
        expired: true,
        ..NONE
    };
    for certificate in [
        Certificate::Ca,
        Certificate::SelfSigned,
        Certificate::With(all),
    ] {
        let exchange = start(with(certificate)).await;
        let pin = exchange.certificate_sha256().unwrap().to_owned();
        let run = Check::on(&exchange).users(3).pin(&pin).run(&exchange).await;
        assert_eq!(run.end(), "complete", "the right pin: {certificate:?}");
        let run = Check::on(&exchange)
            .pin(&"ab".repeat(32))
            .loose_wire()
            .run(&exchange)
            .await;
        assert_eq!(
            run.end(),
            "stopped tls.pin_mismatch",
            "another pin: {certificate:?}"
        );
    }
}

#[tokio::test]
async fn a_client_certificate_that_is_demanded_is_a_matter_of_tls() {
    let exchange = start(faults(CertificateFaults {
        demands_client_certificate: true,
        ..NONE
    }))
    .await;
    for _ in 0..10 {
        let run = Check::on(&exchange)
            .users(3)
            .loose_wire()
            .run(&exchange)
            .await;
        assert_eq!(run.end(), "stopped tls.protocol");
    }
    assert_eq!(exchange.counters().posts_with_credentials, 0);
}

#[tokio::test]
async fn what_is_no_tls_is_a_matter_of_tls() {
    for bytes in [
        &b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"[..],
        // A fatal alert: handshake_failure (RFC 5246, 7.2).
        b"\x15\x03\x01\x00\x02\x02\x28",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
    ] {
        let other = loopback::says(bytes).await;
        let run = Check::at(&format!(
            "https://127.0.0.1:{}/EWS/Exchange.asmx",
            other.port()
        ))
        .run_alone()
        .await;
        assert_eq!(run.end(), "stopped tls.protocol", "{bytes:?}");
        assert_eq!(run.summary().connections, other.connections(), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_handshake_cut_at_random_is_tried_once_more() {
    for what in [What::Close, What::Reset, What::CloseInHandshake] {
        let exchange = start(Options {
            bind: https(),
            ..server(2)
        })
        .await;
        exchange.plan(Fault::once(When::Connect, what.clone()));
        let run = Check::on(&exchange).users(2).run(&exchange).await;
        assert_eq!(
            (run.end().as_str(), run.summary().granted),
            ("complete", 2),
            "{what:?}"
        );
    }
    let exchange = start(Options {
        bind: https(),
        ..server(2)
    })
    .await;
    exchange.plan(Fault::always(When::Connect, What::Reset));
    let run = Check::on(&exchange).users(2).run(&exchange).await;
    assert_eq!(run.end(), "stopped tls.protocol");
}

#[tokio::test]
async fn a_handshake_nobody_answers_is_a_connection_time_out() {
    let other = loopback::silent().await;
    let begun = Instant::now();
    let run = Check::at(&format!(
        "https://127.0.0.1:{}/EWS/Exchange.asmx",
        other.port()
    ))
    .timeout(1)
    .run_alone()
    .await;
    assert_eq!(
        (run.end().as_str(), run.user(1).as_str()),
        ("stopped tcp.timeout", "not_checked tcp.timeout")
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn plain_http_that_is_never_answered_is_a_request_time_out() {
    let other = loopback::silent().await;
    let run = Check::at(&format!(
        "http://127.0.0.1:{}/EWS/Exchange.asmx",
        other.port()
    ))
    .timeout(1)
    .run_alone()
    .await;
    assert_eq!(run.end(), "stopped http.timeout");
    assert_eq!((run.summary().connections, run.summary().requests), (5, 0));
}

#[tokio::test]
async fn what_is_no_http_cannot_be_understood() {
    let other = loopback::says(b"220 mail.contoso.com ESMTP\r\n").await;
    let run = Check::at(&format!(
        "http://127.0.0.1:{}/EWS/Exchange.asmx",
        other.port()
    ))
    .run_alone()
    .await;
    assert_eq!(run.end(), "stopped protocol.unexpected");
}

#[tokio::test]
async fn a_port_nobody_listens_on() {
    let nobody = loopback::nobody().await;
    for scheme in ["http", "https"] {
        let run = Check::at(&format!(
            "{scheme}://127.0.0.1:{}/EWS/Exchange.asmx",
            nobody.port()
        ))
        .users(3)
        .run_alone()
        .await;
        assert_eq!(
            (run.end().as_str(), run.user(3).as_str()),
            ("stopped tcp.refused", "not_checked tcp.refused")
        );
        let summary = run.summary();
        assert_eq!(
            (summary.requests, summary.connections, summary.log_ons),
            (0, 0, 0)
        );
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    let run = Check::at("https://nonexistent.invalid/EWS/Exchange.asmx")
        .timeout(2)
        .run_alone()
        .await;
    assert_eq!(
        (run.end().as_str(), run.user(1).as_str()),
        ("stopped dns.not_found", "not_checked dns.not_found")
    );
}

#[tokio::test]
async fn another_address_than_the_name_resolves_to() {
    let exchange = start(Options {
        bind: https(),
        ..server(2)
    })
    .await;
    let run = Check::at("https://localhost/EWS/Exchange.asmx")
        .ca(exchange.ca_pem().unwrap())
        .resolve("LOCALHOST", 443, exchange.address())
        .users(2);
    assert_eq!(run.run(&exchange).await.end(), "complete");
}

#[tokio::test]
async fn a_proxy_that_fails_is_told_as_the_proxy() {
    let nobody = loopback::nobody().await;
    for status in [
        "407 Proxy Authentication Required",
        "403 Forbidden",
        "502 Bad Gateway",
        "garbage",
    ] {
        let proxy = loopback::proxy(status, nobody).await;
        let check = Check::at("https://mail.contoso.com/EWS/Exchange.asmx")
            .users(2)
            .proxy("127.0.0.1", proxy.port());
        let run = check.run_alone().await;
        assert_eq!(
            (run.end().as_str(), run.user(2).as_str()),
            ("stopped proxy.failed", "not_checked proxy.failed"),
            "{status}"
        );
        assert_eq!(proxy.connections(), 1, "at first sight: {status}");
    }
    let check =
        Check::at("https://mail.contoso.com/EWS/Exchange.asmx").proxy("127.0.0.1", nobody.port());
    assert_eq!(
        check.run_alone().await.end(),
        "stopped proxy.failed",
        "nobody listens"
    );
    let check =
        Check::at("https://mail.contoso.com/EWS/Exchange.asmx").proxy("proxy.invalid", 8080);
    assert_eq!(
        check.run_alone().await.end(),
        "stopped proxy.failed",
        "its name does not resolve"
    );
    let silent = loopback::silent().await;
    let check = Check::at("https://mail.contoso.com/EWS/Exchange.asmx")
        .proxy("127.0.0.1", silent.port())
        .timeout(1);
    assert_eq!(
        check.run_alone().await.end(),
        "stopped proxy.failed",
        "it never answers"
    );
}

#[tokio::test]
async fn a_proxy_that_works_is_a_tunnel_to_the_certificate_of_the_server() {
    let exchange = start(with(Certificate::WrongName)).await;
    let proxy = loopback::proxy("200 Connection established", exchange.address()).await;
    let check = Check::on(&exchange).users(3);
    let through = |url: &str| {
        Check::at(url)
            .users(3)
            .ca(exchange.ca_pem().unwrap())
            .proxy("127.0.0.1", proxy.port())
    };
    let run = through("https://mail.fabrikam.com/EWS/Exchange.asmx")
        .run(&exchange)
        .await;
    assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 3));
    assert!(proxy.connections() > 0);
    let before = proxy.connections();
    let run = check
        .proxy("127.0.0.1", proxy.port())
        .loose_wire()
        .run(&exchange)
        .await;
    assert_eq!(run.end(), "stopped tls.name_mismatch");
    assert_eq!(
        proxy.connections(),
        before,
        "loopback never goes through a proxy"
    );
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_replaced_unseen() {
    let exchange = start(server(2)).await;
    // The answer says that the connection stays, and the server closes it while the client waits.
    exchange.plan(Fault::once(
        When::Mailbox("user1@contoso.com".into()),
        What::Http(exchange_sim::HttpAnswer::throttled(503, Some(1)).header("connection", "close")),
    ));
    let run = Check::on(&exchange).users(2).lanes(1).run(&exchange).await;
    assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 2));
    assert_eq!(run.evidence("user1@contoso.com"), "NoError 200 x2");
}

#[tokio::test]
async fn a_server_that_goes_away_in_mid_run_stops_it() {
    let exchange = start(server(500)).await;
    exchange.update(|options| options.latency = Duration::from_millis(5));
    let mut live = Check::on(&exchange).users(500).lanes(4).begin().await;
    live.decided(50).await;
    exchange.stop().await;
    let run = live.ended(None).await;
    assert_eq!(run.end(), "stopped tcp.refused");
    assert!(run.summary().granted >= 50);
    assert_eq!(
        run.summary().findings,
        0,
        "an outage is never a matter of rights"
    );
    assert_eq!(run.user(500), "not_checked tcp.refused");
}

#[tokio::test]
async fn further_connections_that_are_refused_make_fewer_lanes() {
    let exchange = start(server(40)).await;
    exchange.update(|options| options.latency = Duration::from_millis(3));
    exchange.plan(Fault::times(1, When::Connect, What::Stall(Duration::ZERO)));
    let run = Check::on(&exchange).users(40).lanes(8).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 40)
    );
}

#[tokio::test]
async fn a_server_that_closes_every_connection_without_a_word_costs_no_verdict() {
    let tiny = loopback::tiny(27, true).await;
    let check = Check::at(&format!(
        "http://127.0.0.1:{}/EWS/Exchange.asmx",
        tiny.port()
    ));
    let run = check.users(60).run_alone().await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 60)
    );
    assert_eq!(run.summary().connections, tiny.connections());
    assert!(tiny.connections() >= 61, "one each: {}", tiny.connections());
}
