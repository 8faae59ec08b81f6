//! What a server says before any password is typed: offer, build, clock, domain, certificate. Nothing
//! that is asked here names anybody.

use contract::{
    Cause, EmailConfigurationForm, EndpointProbe, OrganizationsQuery, ProbeEndpoint, TlsTrust,
};
use exchange_sim::{ChallengeFault, Fault, HttpAnswer, Simulator, What, When};
use support::{engine, https, server, start};

async fn probe(exchange: &Simulator, account: &str, trusted: bool) -> EndpointProbe {
    let engine = engine().await;
    let organizations = engine
        .organizations_list(OrganizationsQuery::default())
        .await
        .expect("there is a default one");
    let tls_trust = match exchange.ca_pem().filter(|_| trusted) {
        Some(pem) => TlsTrust::Ca {
            pem: pem.to_owned(),
            name: "ca.pem".to_owned(),
        },
        None => TlsTrust::System,
    };
    let form = EmailConfigurationForm {
        account_logon: account.to_owned(),
        ews_url: exchange.ews_url(),
        tls_trust,
        ..EmailConfigurationForm::default()
    };
    engine
        .endpoint_probe(ProbeEndpoint {
            organization: organizations[0].id,
            form,
        })
        .await
        .expect("the form names a server")
}

fn stock() -> exchange_sim::Options {
    let mut options = server(1);
    options.bind = https();
    options.offered = vec!["Negotiate".into(), "NTLM".into()];
    options
}

#[tokio::test]
async fn offer_build_clock_domain_and_certificate_are_told() {
    let mut options = stock();
    options.clock_skew = 900;
    let exchange = start(options).await;
    let told = probe(&exchange, "svc-ews", true).await;
    assert_eq!(told.cause, None, "{}", told.message);
    assert_eq!(told.authentication.offered, ["Negotiate", "NTLM"]);
    assert_eq!(
        told.authentication.server_version.as_deref(),
        Some("15.2.2562.17")
    );
    let skew = told.authentication.clock_skew_seconds.unwrap_or_default();
    assert!((898..=902).contains(&skew), "{skew}");
    let domain = told.authentication.domain.expect("the challenge names it");
    assert_eq!(domain.netbios.as_deref(), Some("CONTOSO"));
    assert_eq!(told.account_suggestion.as_deref(), Some("CONTOSO\\svc-ews"));
    assert!(told.message.contains("15 min ahead"), "{}", told.message);
    let leaf = told.certificates.first().expect("it was shown");
    assert!(
        leaf.pem
            .as_deref()
            .is_some_and(|pem| pem.starts_with("-----BEGIN"))
    );
    let counters = exchange.counters();
    assert_eq!(
        (counters.log_ons_ok, counters.log_ons_refused),
        (0, 0),
        "nobody was logged on"
    );
    assert_eq!(counters.log_ons.negotiates, 1, "the first leg alone");
}

#[tokio::test]
async fn a_name_with_its_domain_needs_no_suggestion() {
    let exchange = start(stock()).await;
    for account in ["", "CONTOSO\\svc-ews", "svc-ews@contoso.com"] {
        let told = probe(&exchange, account, true).await;
        assert_eq!(told.account_suggestion, None, "{account:?}");
    }
}

#[tokio::test]
async fn what_is_in_the_way_is_named_with_the_chain() {
    let exchange = start(stock()).await;
    let told = probe(&exchange, "svc", false).await;
    assert_eq!(told.cause, Some(Cause::TlsUntrusted));
    assert!(!told.certificates.is_empty(), "to be trusted or pinned");
    assert_eq!(exchange.counters().requests, 0, "nothing was sent");
    let exchange = start(server(1)).await;
    exchange.plan(Fault::always(
        When::Anonymous,
        What::Http(HttpAnswer::sign_in_page()),
    ));
    let told = probe(&exchange, "svc", true).await;
    assert_eq!(told.cause, Some(Cause::HttpNotEws));
}

#[tokio::test]
async fn without_a_usable_challenge_the_offer_stands() {
    let exchange = start(stock()).await;
    exchange.plan(Fault::always(
        When::NtlmNegotiate,
        What::Challenge(ChallengeFault::Garbage),
    ));
    let told = probe(&exchange, "svc", true).await;
    assert_eq!((told.cause, told.authentication.domain), (None, None));
    assert_eq!(told.authentication.offered, ["Negotiate", "NTLM"]);
}
