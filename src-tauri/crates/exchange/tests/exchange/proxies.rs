//! CONNECT, and the sign-in of proxies: which scheme, on which connection, and how often.

use std::sync::Arc;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use exchange::{
    Call, Endpoint, Fault, Lane, Proxy, ProxyCredentials, ProxyFaultKind as Kind, Stats, TlsReason,
    Trust,
};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::scripted::{Line, Scripted, asks, asks_in_chunks};

const OPEN: &str = "HTTP/1.1 200 Connection established\r\n\r\n";
const BASIC: &str = "Proxy-Authenticate: Basic realm=\"proxy, NTLM\"";
const NTLM: &str = "Proxy-Authenticate: NTLM";
const NEGOTIATE: &str = "Proxy-Authenticate: Negotiate";
const CLOSE: &str = "Proxy-Connection: close";
/// The `CHALLENGE_MESSAGE` of MS-NLMP §4.2.4.3.
const CHALLENGE: &str = "TlRMTVNTUAACAAAADAAMADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJABEAAAABgBwFwAAAA9TAGUAcgB2AGUAcgACAAwARABvAG0AYQBpAG4AAQAMAFMAZQByAHYAZQByAAAAAAA=";

fn says(text: impl Into<String>) -> Line {
    Line::Says(text.into())
}

fn endpoint(proxy: &Scripted, user: Option<&str>) -> Arc<Endpoint> {
    let endpoint = Endpoint::new("https://mail.contoso.com/EWS/Exchange.asmx").unwrap();
    Arc::new(endpoint.timeout(Duration::from_secs(2)).proxy(Proxy::Http {
        host: "127.0.0.1".to_owned(),
        port: proxy.port,
        credentials: user.map(|user| ProxyCredentials {
            user: user.to_owned(),
            password: Zeroizing::new("Pr0xy-Pa55!".to_owned()),
        }),
    }))
}

async fn ask(endpoint: &Arc<Endpoint>) -> Fault {
    let trust = Arc::new(Trust::pin([0; 32], None));
    let mut lane = Lane::new(Arc::clone(endpoint), trust, Arc::new(Stats::default()));
    let call = Call {
        body: "<x/>".into(),
        anchor: None,
        request_id: "1".to_owned(),
        idempotent: true,
        target: exchange::Target::default(),
    };
    lane.post(&call)
        .await
        .expect_err("there is no Exchange anywhere here")
}

/// What a proxy that plays this comes to, for this user.
async fn outcome(proxy: &Scripted, user: Option<&str>) -> Result<(), Kind> {
    match ask(&endpoint(proxy, user)).await {
        Fault::Proxy(fault) => Err(fault.kind),
        Fault::Tls(fault) if fault.reason == TlsReason::NotTls => {
            assert!(fault.detail.contains("SSH"), "{fault}");
            let named = format!("through the HTTP proxy 127.0.0.1:{}", proxy.port);
            assert!(fault.detail.contains(&named), "{fault}");
            Ok(())
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_tunnel_is_asked_for_by_the_name_and_port_of_the_server() {
    let proxy = Scripted::playing([says(OPEN)]).await;
    assert_eq!(outcome(&proxy, Some("me")).await, Ok(()));
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1);
    assert!(
        heads[0]
            .starts_with("CONNECT mail.contoso.com:443 HTTP/1.1\r\nHost: mail.contoso.com:443\r\n"),
        "{heads:?}"
    );
    assert_eq!(proxy.sign_ins(), [(1, String::new())], "nobody asked");
}

#[tokio::test]
async fn a_proxy_that_asks_is_told_as_one_that_asks() {
    // The page never comes: nobody waits for it.
    let page =
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate, NTLM\r\nContent-Length: 99\r\n\r\n";
    let proxy = Scripted::playing([says(page)]).await;
    let offered = vec!["Negotiate".to_owned(), "NTLM".to_owned()];
    assert_eq!(
        outcome(&proxy, None).await,
        Err(Kind::AsksForSignIn { offered })
    );
    assert_eq!(proxy.sign_ins(), [(1, String::new())]);
}

#[tokio::test]
async fn basic_is_sent_where_nothing_else_is_offered() {
    for page in [asks(&[BASIC]), asks_in_chunks(&[BASIC])] {
        let proxy = Scripted::playing([says(page), says(OPEN)]).await;
        assert_eq!(outcome(&proxy, Some("me")).await, Ok(()));
        let basic = format!("Basic {}", BASE64_STANDARD.encode("me:Pr0xy-Pa55!"));
        assert_eq!(proxy.sign_ins(), [(1, String::new()), (1, basic)]);
    }
    // Told or not, the proxy may close the connection on which it asked, at once or a moment later.
    for lines in [&[BASIC, CLOSE][..], &[BASIC]] {
        for first in [Line::Closes(asks(lines)), Line::Lingers(asks(lines))] {
            let proxy = Scripted::playing([first.clone(), says(OPEN)]).await;
            assert_eq!(outcome(&proxy, Some("me")).await, Ok(()), "{first:?}");
            assert_eq!(proxy.connections(), 2, "{first:?}");
        }
    }
    let refused = [Line::Lingers(asks(&[BASIC]))];
    let refused = Scripted::playing(refused).await;
    let kind = outcome(&refused, Some("me")).await;
    assert!(matches!(kind, Err(Kind::SignInRefused { .. })), "{kind:?}");
    assert_eq!(refused.sign_ins().len(), 2, "asked once, refused once");
    let hangs_up = [says(asks(&[BASIC])), Line::Closes(String::new())];
    let hangs_up = Scripted::playing(hangs_up).await;
    let kind = Kind::HungUpInSignIn { scheme: "Basic" };
    assert_eq!(outcome(&hangs_up, Some("me")).await, Err(kind));
    assert_eq!(hangs_up.sign_ins().len(), 3, "once more, and not again");
    let digest = "Proxy-Authenticate: Digest realm=\"x\"";
    for lines in [&[digest, BASIC][..], &[digest], &[]] {
        let proxy = Scripted::playing([says(asks(lines))]).await;
        let kind = outcome(&proxy, Some("me")).await;
        assert!(matches!(kind, Err(Kind::NoScheme { .. })), "{kind:?}");
        assert_eq!(proxy.sign_ins(), [(1, String::new())], "{lines:?}");
    }
}

#[tokio::test]
async fn ntlm_goes_before_basic_on_one_connection() {
    for (lines, word) in [
        (vec![NEGOTIATE, NTLM, BASIC], "NTLM"),
        (vec![BASIC, NTLM], "NTLM"),
        (vec![NEGOTIATE, BASIC], "Negotiate"),
    ] {
        let challenge = format!("Proxy-Authenticate: {word} {CHALLENGE}");
        let proxy = Scripted::playing([
            says(asks_in_chunks(&lines)),
            says(asks(&[&challenge])),
            says(OPEN),
        ])
        .await;
        assert_eq!(outcome(&proxy, Some("CONTOSO\\me")).await, Ok(()));
        let sign_ins = proxy.sign_ins();
        assert_eq!(proxy.connections(), 1);
        let messages: Vec<u8> = sign_ins
            .iter()
            .map(|(_, value)| message(value, word))
            .collect();
        assert_eq!(messages, [0, 1, 3], "{sign_ins:?}");
    }
}

/// Which NTLM message a header holds; 0: none.
fn message(value: &str, word: &str) -> u8 {
    let Some(token) = value.strip_prefix(word) else {
        assert_eq!(value, "");
        return 0;
    };
    let token = BASE64_STANDARD.decode(token.trim()).unwrap();
    assert_eq!(&token[..8], b"NTLMSSP\0");
    token[8]
}

#[tokio::test]
async fn a_connection_may_end_before_the_challenge_and_not_after() {
    let challenge = format!("Proxy-Authenticate: NTLM {CHALLENGE}");
    let proxy = Scripted::playing([
        Line::Closes(asks(&[NTLM, CLOSE])),
        says(asks(&[&challenge])),
        says(OPEN),
    ])
    .await;
    assert_eq!(outcome(&proxy, Some("me")).await, Ok(()));
    let connections: Vec<_> = proxy.sign_ins().iter().map(|(at, _)| *at).collect();
    assert_eq!(connections, [1, 2, 2]);

    let proxy = Scripted::playing([says(asks(&[NTLM])), says(asks(&[&challenge, CLOSE]))]).await;
    let hung_up = Kind::HungUpInSignIn { scheme: "NTLM" };
    assert_eq!(outcome(&proxy, Some("me")).await, Err(hung_up));
    let sent: Vec<_> = proxy
        .sign_ins()
        .iter()
        .map(|(_, value)| message(value, "NTLM"))
        .collect();
    assert_eq!(sent, [0, 1], "no password was sent");
}

#[tokio::test]
async fn an_offer_that_is_not_gone_on_with_costs_no_password() {
    let proxy = Scripted::playing([says(asks(&[NEGOTIATE, BASIC]))]).await;
    assert_eq!(
        outcome(&proxy, Some("me")).await,
        Err(Kind::NoChallenge {
            scheme: "Negotiate"
        })
    );
    assert_eq!(proxy.sign_ins().len(), 2, "no third leg, and no Basic");
}

#[tokio::test]
async fn a_password_that_was_refused_is_sent_once_however_many_lanes() {
    let challenge = format!("Proxy-Authenticate: NTLM {CHALLENGE}");
    for (offer, refusal) in [(BASIC, asks(&[BASIC])), (NTLM, asks(&[NTLM]))] {
        let mut script = vec![says(asks(&[offer])); 8];
        if offer == NTLM {
            script.push(says(asks(&[&challenge])));
        }
        script.push(says(refusal));
        let proxy = Scripted::playing(script).await;
        let endpoint = endpoint(&proxy, Some("me"));
        let mut lanes = JoinSet::new();
        for _ in 0..8 {
            let endpoint = Arc::clone(&endpoint);
            lanes.spawn(async move { ask(&endpoint).await });
        }
        let kinds: Vec<Kind> = lanes
            .join_all()
            .await
            .into_iter()
            .map(|fault| match fault {
                Fault::Proxy(fault) => fault.kind,
                other => panic!("{other:?}"),
            })
            .collect();
        let refused = |kind: &&Kind| matches!(kind, Kind::SignInRefused { .. });
        assert_eq!(kinds.iter().filter(refused).count(), 1, "{kinds:?}");
        let held = |kind: &&Kind| **kind == Kind::HeldBack { refused: true };
        assert_eq!(kinds.iter().filter(held).count(), 7, "{kinds:?}");
        let password = |value: &str| value.starts_with("Basic") || message(value, "NTLM") == 3;
        let sent = proxy.sign_ins();
        let sent = sent.iter().filter(|(_, value)| password(value));
        assert_eq!(sent.count(), 1, "{offer}");
    }
}

#[tokio::test]
async fn whatever_else_a_proxy_does_is_told_by_its_kind() {
    for (line, expected) in [
        (
            Line::Hangs,
            Kind::Silent {
                waited: "2 s".to_owned(),
            },
        ),
        (Line::Closes(String::new()), Kind::HungUp),
        (Line::Closes("\x05\0".to_owned()), Kind::NotHttp),
        (
            Line::Closes("HTTP/1.1 502 Proxy Error ( The host was not found. )\r\n\r\n".to_owned()),
            refuses(502, "Proxy Error ( The host was not found. )"),
        ),
        (
            says(
                "HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\nContent-Length: 9\r\n\r\n",
            ),
            refuses(503, "Service Unavailable, ERR_DNS_FAIL 0"),
        ),
        (
            says("HTTP/1.0 403 Forbidden\r\n\r\n"),
            refuses(403, "Forbidden"),
        ),
    ] {
        let proxy = Scripted::playing([line.clone()]).await;
        assert_eq!(outcome(&proxy, Some("me")).await, Err(expected), "{line:?}");
        assert_eq!(proxy.connections(), 1, "{line:?}");
    }
}

fn refuses(status: u16, reason: &str) -> Kind {
    Kind::Refuses {
        target: "mail.contoso.com:443".to_owned(),
        status,
        reason: reason.to_owned(),
    }
}
