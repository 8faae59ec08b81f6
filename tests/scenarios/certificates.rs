//! What stands between the program and Exchange is named: another certificate than expected, by its
//! issuer, and a handshake that never comes to a certificate, by what the other side said.

use std::collections::HashMap;

use contract::{CertificateInfo, TlsTrust};
use exchange_sim::proxy::{self, GATEWAY_CA, Inspection, Proxy, ProxyOptions};
use exchange_sim::{Bind, Certificate, CertificateFaults, Options, Simulator};
use support::{Check, Outcome, loopback, server, start};

use crate::proxies::{HOST, Through, https, says, through};

/// An Exchange, and a gateway before it that looks into TLS.
async fn inspected() -> (Simulator, Proxy) {
    let exchange = start(https(3)).await;
    let upstream_ca = exchange.ca_pem().expect("it has a CA").to_owned();
    let gateway = proxy::start(ProxyOptions {
        hosts: HashMap::from([(format!("{HOST}:443"), exchange.address())]),
        inspection: Some(Inspection { upstream_ca }),
        ..ProxyOptions::default()
    });
    let gateway = gateway.await.expect("the gateway starts");
    (exchange, gateway)
}

/// The certificate of a server as it is kept beside its pin.
async fn pinned(exchange: &Simulator) -> TlsTrust {
    let run = Check::on(exchange).loose_wire().run(exchange).await;
    let seen: &CertificateInfo = run.page.certificates.first().expect("the chain is kept");
    TlsTrust::Pin {
        sha256: seen.sha256.clone(),
        certificate: Some(Box::new(seen.clone())),
    }
}

#[tokio::test]
async fn a_gateway_that_looks_into_tls_is_named_by_its_issuer() {
    let (exchange, gateway) = inspected().await;
    let before = exchange.counters().requests;
    let run = through(&exchange, &gateway, 3).run().await;
    assert_eq!(run.end(), "stopped tls.untrusted");
    says(
        &run,
        &[
            &format!("isn't from a trusted issuer: it was issued by O=Contoso, CN={GATEWAY_CA}"),
            "That is a web gateway",
            "TLS-inspecting proxy",
            "Exempt mail.contoso.test",
        ],
    );
    assert_eq!(exchange.counters().requests, before, "nothing was sent");
    assert!(run.page.certificates[0].issuer.contains(GATEWAY_CA));
}

#[tokio::test]
async fn a_pin_that_a_gateway_breaks_names_both_issuers() {
    let (exchange, gateway) = inspected().await;
    let pin = pinned(&exchange).await;
    let run = Through {
        trust: Some(pin),
        ..through(&exchange, &gateway, 3)
    };
    let run = run.run().await;
    assert_eq!(run.end(), "stopped tls.pin_mismatch");
    let issuer = &run.page.certificates[0].issuer;
    assert!(issuer.contains(GATEWAY_CA), "{issuer}");
    says(
        &run,
        &[
            "is not the pinned one: it was issued by",
            GATEWAY_CA,
            "the pinned one by",
            "That is a web gateway",
        ],
    );
}

#[tokio::test]
async fn a_pin_of_the_gateway_itself_is_not_mistaken_for_the_gateway() {
    let exchange = start(Options {
        bind: Bind::Https(Certificate::Ca),
        ..server(1)
    })
    .await;
    let mut pin = pinned(&exchange).await;
    if let TlsTrust::Pin {
        sha256,
        certificate: Some(certificate),
    } = &mut pin
    {
        *sha256 = "ab".repeat(32);
        certificate.issuer = format!("CN={GATEWAY_CA}");
    }
    let gateway = proxy::start(ProxyOptions {
        hosts: HashMap::from([(format!("{HOST}:443"), exchange.address())]),
        ..ProxyOptions::default()
    });
    let gateway = gateway.await.expect("the gateway starts");
    let run = Through {
        trust: Some(pin),
        ..through(&exchange, &gateway, 1)
    };
    let run = run.run().await;
    assert_eq!(run.end(), "stopped tls.pin_mismatch");
    says(&run, &["the pinned one by CN=Contoso Web Gateway CA"]);
    assert!(!run.message().contains("That is"), "{}", run.message());
}

#[tokio::test]
async fn a_renewed_certificate_is_told_as_renewed() {
    let exchange = start(Options {
        bind: Bind::Https(Certificate::Ca),
        ..server(1)
    })
    .await;
    let mut pin = pinned(&exchange).await;
    if let TlsTrust::Pin { sha256, .. } = &mut pin {
        *sha256 = "ab".repeat(32);
    }
    let gateway = proxy::start(ProxyOptions {
        hosts: HashMap::from([(format!("{HOST}:443"), exchange.address())]),
        ..ProxyOptions::default()
    });
    let gateway = gateway.await.expect("the proxy starts");
    let run = Through {
        trust: Some(pin),
        ..through(&exchange, &gateway, 1)
    };
    let run = run.run().await;
    assert_eq!(run.end(), "stopped tls.pin_mismatch");
    says(&run, &["as the pinned one was: most likely it was renewed"]);
}

#[tokio::test]
async fn a_gateway_whose_ca_is_trusted_breaks_the_log_on_and_is_named() {
    let (exchange, gateway) = inspected().await;
    let trust = TlsTrust::Ca {
        pem: gateway.ca_pem().expect("it inspects"),
        name: "gateway.pem".to_owned(),
    };
    let run = Through {
        trust: Some(trust),
        ..through(&exchange, &gateway, 3)
    };
    let run = run.run().await;
    assert_eq!(run.end(), "stopped auth.rejected");
    says(
        &run,
        &["channel binding", GATEWAY_CA, "TLS-inspecting proxy"],
    );
    assert_eq!(run.summary().log_ons, 1);
}

#[tokio::test]
async fn a_certificate_that_signs_itself_is_told_so() {
    let exchange = start(Options {
        bind: Bind::Https(Certificate::SelfSigned),
        ..server(1)
    })
    .await;
    let run = Check::on(&exchange).system_trust().run(&exchange).await;
    assert_eq!(run.end(), "stopped tls.untrusted");
    says(&run, &["it signs itself as CN="]);
    assert!(!run.message().contains("That is"), "{}", run.message());
}

async fn of_bytes(bytes: &'static [u8]) -> Outcome {
    let other = loopback::says(bytes).await;
    let url = format!("https://127.0.0.1:{}/EWS/Exchange.asmx", other.port());
    Check::at(&url).run_alone().await
}

#[tokio::test]
async fn a_handshake_that_fails_says_why() {
    for (bytes, words) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            &["not TLS but plain HTTP", "443"][..],
        ),
        (
            b"220 mail.contoso.com ESMTP\r\n",
            &["not TLS but a mail server"],
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n", &["not TLS but SSH"]),
        // handshake_failure in records of TLS 1.2 and of TLS 1.0 (RFC 5246 §7.2).
        (
            b"\x15\x03\x03\x00\x02\x02\x28",
            &["no cipher suite in common", "2012 R2", "ECDSA"],
        ),
        (
            b"\x15\x03\x01\x00\x02\x02\x28",
            &["TLS 1.0 or 1.1 alone", "TLS 1.2"],
        ),
        // protocol_version.
        (
            b"\x15\x03\x03\x00\x02\x02\x46",
            &["TLS 1.0 or 1.1 alone", "TLS 1.2"],
        ),
        (b"", &["hung up in the middle of the handshake"]),
    ] {
        let run = of_bytes(bytes).await;
        assert_eq!(run.end(), "stopped tls.protocol", "{bytes:?}");
        says(&run, words);
    }
}

#[tokio::test]
async fn a_client_certificate_that_is_demanded_is_named() {
    let faults = CertificateFaults {
        demands_client_certificate: true,
        ..CertificateFaults::default()
    };
    let exchange = start(Options {
        bind: Bind::Https(Certificate::With(faults)),
        ..server(3)
    })
    .await;
    let run = Check::on(&exchange).loose_wire().run(&exchange).await;
    assert_eq!(run.end(), "stopped tls.protocol");
    says(&run, &["demands a client certificate", "IIS"]);
}
