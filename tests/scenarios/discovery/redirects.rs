//! Where Autodiscover sends on to, and hosts that DNS or plain http name: what is followed, and where it ends.

use std::net::Ipv4Addr;

use contract::{
    Cause, ConsentAnswer, Discovery, DiscoveryMethod as Method, DiscoveryState, StepStatus,
};
use engine::discovery::Search;
use exchange_sim::{Autodiscover, Bind, Certificate, Endpoint, Found, HttpAnswer};
use support::Record;

use super::{AUTODISCOVER, EWS, SRV, Scene, host, plain, step, urls};

#[tokio::test]
async fn a_hostile_redirect_gets_nothing_without_consent() {
    let evil = "evil.fabrikam.com";
    let door = format!("https://{evil}/autodiscover/autodiscover.xml");
    let mut sends_on = Autodiscover::absent();
    sends_on.pox = Endpoint::Says(HttpAnswer::redirect(302, &door));
    let list = vec![
        host(AUTODISCOVER, sends_on),
        host(
            evil,
            Autodiscover::at("https://evil.fabrikam.com/EWS/Exchange.asmx"),
        ),
    ];
    let scene = Scene::of(list, Vec::new()).await;
    let (found, asked) = scene.run(scene.search(), |_| ConsentAnswer::Skip).await;
    assert_eq!(asked, [evil], "the host that would get it is named");
    assert!(found.candidates.is_empty());
    assert!(scene.hosts.that_received_credentials().is_empty());
    assert_eq!(step(&found, Method::Redirect, "HTTP").address, door);
}

#[tokio::test]
async fn a_redirect_after_the_sign_in_is_asked_about_anew() {
    let evil = "evil.fabrikam.com";
    let door = format!("https://{evil}/autodiscover/autodiscover.svc");
    let told = Autodiscover::at(EWS).user("user1@contoso.com", Found::RedirectUrl(door.clone()));
    let list = vec![host(AUTODISCOVER, told), host(evil, Autodiscover::at(EWS))];
    let scene = Scene::of(list, Vec::new()).await;
    let only_ours = |host: &str| match host {
        AUTODISCOVER => ConsentAnswer::Send,
        _ => ConsentAnswer::Skip,
    };
    let (found, asked) = scene.run(scene.search(), only_ours).await;
    assert_eq!(asked, [AUTODISCOVER, evil]);
    assert_eq!(scene.hosts.that_received_credentials(), [AUTODISCOVER]);
    assert_eq!(
        step(&found, Method::Redirect, "SOAP").status,
        StepStatus::Skipped
    );
}

#[tokio::test]
async fn a_redirect_to_http_ends_its_branch() {
    let plain_door = "http://plain.contoso.com/autodiscover/autodiscover.xml";
    let mut sends_on = Autodiscover::absent();
    sends_on.pox = Endpoint::Says(HttpAnswer::redirect(301, plain_door));
    let list = vec![
        host(AUTODISCOVER, sends_on),
        plain("plain.contoso.com", Autodiscover::at(EWS)),
    ];
    let scene = Scene::of(list, Vec::new()).await;
    let found = scene.freely().await;
    let row = step(&found, Method::AutodiscoverHost, "HTTP");
    assert_eq!(
        (row.status, row.cause),
        (StepStatus::Fail, Some(Cause::HttpRedirected))
    );
    assert!(row.result.contains("not https"), "{}", row.result);
    assert!(scene.hosts.plain("plain.contoso.com").recorded().is_empty());
}

#[tokio::test]
async fn a_loop_is_seen_and_ends() {
    let (a, b) = (AUTODISCOVER, "b.contoso.com");
    let to = |host: &str| {
        let mut sends_on = Autodiscover::absent();
        let door = format!("https://{host}/autodiscover/autodiscover.xml");
        sends_on.pox = Endpoint::Says(HttpAnswer::redirect(302, &door));
        sends_on
    };
    let scene = Scene::of(vec![host(a, to(b)), host(b, to(a))], Vec::new()).await;
    let found = scene.freely().await;
    let row = step(&found, Method::Redirect, "HTTP");
    assert_eq!(row.status, StepStatus::Fail);
    assert!(row.result.contains("a loop"), "{}", row.result);
    let asked = |name: &str| scene.hosts.host(name).recorded().len();
    assert_eq!(asked(b), 1);
}

#[tokio::test]
async fn ten_redirects_are_followed_and_no_more() {
    let mut endless = Autodiscover::absent();
    endless.pox = Endpoint::Endless;
    let scene = Scene::of(vec![host(AUTODISCOVER, endless)], Vec::new()).await;
    let found = scene.freely().await;
    let hops = scene.hosts.host(AUTODISCOVER).recorded();
    let hops = hops.iter().filter(|r| r.path.contains("autodiscover.xml"));
    assert_eq!(hops.count(), 11, "the first address and ten redirects");
    let mut redirects = found.steps.iter().filter(|s| s.method == Method::Redirect);
    let last = redirects.next_back().expect("ten of them");
    assert!(
        last.result.contains("after 10 redirects"),
        "{}",
        last.result
    );
}

#[tokio::test]
async fn addresses_without_end_are_followed_ten_times() {
    let told = Autodiscover::at(EWS).user("@contoso.com", Found::EndlessAddress);
    let scene = Scene::of(vec![host(AUTODISCOVER, told)], Vec::new()).await;
    let found = scene.freely().await;
    assert!(found.candidates.is_empty());
    let told = found.steps.iter().filter(|s| {
        s.answer
            .as_deref()
            .is_some_and(|answer| answer.starts_with("RedirectAddress"))
    });
    assert!(told.count() <= 11);
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_ends_its_branch() {
    for (certificate, cause) in [
        (Certificate::WrongName, Cause::TlsNameMismatch),
        (Certificate::Expired, Cause::TlsExpired),
        (Certificate::SelfSigned, Cause::TlsUntrusted),
    ] {
        let mut wrong = host(AUTODISCOVER, Autodiscover::at(EWS));
        wrong.bind = Bind::Https(certificate);
        let scene = Scene::of(vec![wrong], Vec::new()).await;
        let found = scene.freely().await;
        let row = step(&found, Method::AutodiscoverHost, "HTTP");
        assert_eq!((row.status, row.cause), (StepStatus::Fail, Some(cause)));
        assert!(!row.certificates.is_empty(), "it is shown all the same");
        assert!(scene.hosts.host(AUTODISCOVER).recorded().is_empty());
    }
}

#[tokio::test]
async fn plain_http_is_good_for_its_redirect_alone() {
    let target = "found.contoso.com";
    let door = format!("https://{target}/autodiscover/autodiscover.xml");
    let list = vec![
        plain(AUTODISCOVER, Autodiscover::redirecting(&door)),
        host(target, Autodiscover::at(EWS)),
    ];
    let scene = Scene::of(list, Vec::new()).await;
    let (found, asked) = scene.run(scene.search(), |_| ConsentAnswer::Send).await;
    assert_eq!(asked, [target]);
    assert_eq!(urls(&found), [EWS]);
    let plain_host = scene.hosts.plain(AUTODISCOVER);
    let recorded = plain_host.recorded();
    assert_eq!(recorded.len(), 1, "one GET");
    assert!(!recorded[0].had_authorization && recorded[0].method == "GET");
    assert!(!plain_host.received_credentials());
}

#[tokio::test]
async fn plain_http_that_asks_for_a_sign_in_gets_none() {
    let list = vec![plain(AUTODISCOVER, Autodiscover::at(EWS))];
    let scene = Scene::of(list, Vec::new()).await;
    let mut search = scene.search();
    search.send_to = vec![AUTODISCOVER.to_owned(), format!("{AUTODISCOVER}:80")];
    let (found, _) = scene.run(search, |_| ConsentAnswer::Send).await;
    let row = step(&found, Method::HttpRedirect, "HTTP");
    assert_eq!(
        (row.status, row.answer.as_deref()),
        (StepStatus::Warning, Some("401"))
    );
    assert!(!scene.hosts.plain(AUTODISCOVER).received_credentials());
}

#[tokio::test]
async fn srv_counts_at_port_443_by_priority() {
    let best = "best.contoso.com";
    let list = vec![
        host(best, Autodiscover::at(EWS)),
        host("other.contoso.com", Autodiscover::at(EWS)),
    ];
    let records = vec![
        Record::Srv(SRV, 0, 0, 8443, "other.contoso.com"),
        Record::Srv(SRV, 20, 100, 443, "other.contoso.com"),
        Record::Srv(SRV, 10, 1, 443, best),
    ];
    let scene = Scene::of(list, records).await;
    let (found, asked) = scene.run(scene.search(), |_| ConsentAnswer::Send).await;
    assert_eq!(asked, [best]);
    assert_eq!(urls(&found), [EWS]);
    let row = step(&found, Method::DnsSrv, "DNS");
    assert_eq!(row.address, SRV);
    let answer = row.answer.as_deref().expect("the records");
    assert!(answer.contains("SRV 10 1 443 best.contoso.com"), "{answer}");
    assert!(scene.hosts.host("other.contoso.com").recorded().is_empty());
    assert!(scene.names.asked().contains(&format!("SRV {SRV}")));
}

#[tokio::test]
async fn the_other_side_of_split_dns_answers_where_it_is_named() {
    let inside = vec![Record::A(AUTODISCOVER, Ipv4Addr::LOCALHOST)];
    for (records, cause) in [
        (Vec::new(), Cause::DnsNotFound),
        // Found there, and nothing listens at 127.0.0.1:443, or not with our certificate.
        (inside, Cause::TcpRefused),
    ] {
        let scene = Scene::of(Vec::new(), records).await;
        let found = scene.freely().await;
        let row = step(&found, Method::AutodiscoverHost, "HTTP");
        assert_eq!(row.cause, Some(cause), "{}", row.result);
        assert!(scene.names.asked().contains(&format!("A {AUTODISCOVER}")));
    }
}

#[tokio::test]
async fn a_question_says_who_named_the_address() {
    let (next, other) = ("user1@fabrikam.com", "autodiscover.fabrikam.com");
    let found = Found::RedirectAddress(next.to_owned());
    let told = Autodiscover::at(EWS).user("user1@contoso.com", found);
    let list = vec![host(AUTODISCOVER, told), host(other, Autodiscover::at(EWS))];
    let scene = Scene::of(list, Vec::new()).await;
    let search = Search {
        send_to: vec![AUTODISCOVER.to_owned()],
        ..scene.search()
    };
    let mut started = scene.engine.discover(search).await.expect("good input");
    let asks = |found: &Discovery| found.state == DiscoveryState::Asking;
    let asking = started.found.wait_for(asks).await.expect("it asks").clone();
    let question = asking.question.expect("it asks");
    assert_eq!(question.host, other);
    let told = format!("{AUTODISCOVER} sent us to {next}; It is the usual host");
    assert!(question.found.contains(&told), "{}", question.found);
}
