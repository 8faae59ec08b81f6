//! What keeps an authorization server from being asked, each told apart from the others: the name, the
//! port, the proxy, TLS, a server that is silent, hangs up or speaks something else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use oauth::{Authority, AuthorityError, Failure, Hidden, Http, HttpFault, HttpFaultKind as K, Via};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::support::{CLIENT, HOST, noon};

const LIMIT: Duration = Duration::from_secs(2);

/// What a server does with a connection.
#[derive(Clone)]
enum Does {
    /// Says this and hangs up, having read nothing or all there is.
    Says(&'static str),
    /// Reads, and never answers.
    Nothing,
    /// Hangs up at once.
    HangsUp,
    /// Shakes hands with this, then says the rest.
    Tls(Arc<rustls::ServerConfig>, &'static str),
}

async fn server(does: Does) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, does.clone()));
        }
    });
    at
}

async fn serve(mut stream: TcpStream, does: Does) {
    let mut piece = [0; 4_096];
    match does {
        Does::HangsUp => {}
        Does::Nothing => while stream.read(&mut piece).await.is_ok_and(|read| read > 0) {},
        Does::Says(words) => {
            // A client that gave up is part of some tests.
            let _ = stream.read(&mut piece).await;
            let _ = stream.write_all(words.as_bytes()).await;
        }
        Does::Tls(config, words) => {
            let Ok(mut stream) = TlsAcceptor::from(config).accept(stream).await else {
                return;
            };
            let _ = stream.read(&mut piece).await;
            let _ = stream.write_all(words.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    }
}

/// A certificate for these names, and the roots that trust it.
fn certificate(
    names: &[&str],
    change: impl FnOnce(&mut rcgen::CertificateParams),
) -> (Arc<rustls::ServerConfig>, rustls::RootCertStore) {
    let key = rcgen::KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(names).unwrap();
    change(&mut params);
    let certificate = params.self_signed(&key).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (Arc::new(config), roots)
}

fn client(via: &Via, by_hand: &[(&str, SocketAddr)], roots: rustls::RootCertStore) -> Http {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let by_hand = by_hand
        .iter()
        .map(|(host, at)| ((*host).to_owned(), *at))
        .collect();
    Http::new(tls, via, by_hand, "Understudy", LIMIT, Arc::new(noon)).unwrap()
}

/// What a question comes to, to the token endpoint and for the metadata alike.
async fn asked(http: &Http, base: &str) -> HttpFault {
    let told = Authority::discover(http, base).await.unwrap_err();
    let AuthorityError::Unreachable(metadata) = told else {
        panic!("{base}: {told:?}");
    };
    let authority = Authority::ad_fs(base).unwrap();
    let wanted = oauth::Wanted::ews(&authority, HOST);
    let old = Hidden::new("refresh");
    let told = oauth::refresh(http, &authority, CLIENT, &old, &wanted).await;
    let Err(Failure::Unreachable(token)) = told else {
        panic!("{base}: {told:?}");
    };
    assert_eq!(metadata.kind, token.kind, "{base}");
    assert_eq!(metadata.host, token.host, "{base}");
    assert!(!token.detail.contains("refresh"), "{token}");
    token
}

fn direct() -> Http {
    client(&Via::Direct, &[], rustls::RootCertStore::empty())
}

fn through(at: SocketAddr, password: Option<&str>) -> Http {
    let via = Via::Proxy {
        url: format!("http://{at}").parse().unwrap(),
        credentials: password.map(|password| ("me".to_owned(), Hidden::new(password))),
    };
    client(&via, &[], rustls::RootCertStore::empty())
}

/// A port that nobody listens on.
async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_no_time_out() {
    let fault = asked(&direct(), "https://login.no-such-name.invalid").await;
    assert_eq!(fault.kind, K::NameNotFound, "{fault}");
    assert_eq!(fault.host, "login.no-such-name.invalid");
}

#[tokio::test]
async fn each_way_a_server_fails_is_another_kind() {
    let at = |at: SocketAddr| format!("http://{at}");
    let closed = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"access";
    for (does, kind) in [
        (Does::Nothing, K::TimedOut),
        (Does::HangsUp, K::Closed),
        (Does::Says(closed), K::Closed),
        (Does::Says(""), K::Closed),
        (Does::Says("SSH-2.0-OpenSSH_9.6\r\n"), K::NotHttp),
    ] {
        let base = at(server(does).await);
        let fault = asked(&direct(), &base).await;
        assert_eq!(fault.kind, kind, "{fault}");
        assert!(base.ends_with(&fault.host), "{fault}");
    }
    let fault = asked(&direct(), &at(nobody().await)).await;
    assert_eq!(fault.kind, K::Refused, "{fault}");
}

#[tokio::test]
async fn a_handshake_that_fails_is_one_of_tls() {
    let at = |at: SocketAddr| format!("https://localhost:{}", at.port());
    let (_, foreign) = certificate(&["localhost"], |_| {});
    let (server_config, roots) = certificate(&["localhost"], |_| {});
    let secure = server(Does::Tls(server_config, "")).await;
    let fault = asked(&client(&Via::Direct, &[], foreign), &at(secure)).await;
    let untrusted = matches!(
        fault.tls.as_deref(),
        Some(rustls::Error::InvalidCertificate(_))
    );
    assert!(fault.kind == K::Tls && untrusted, "{fault:?}");
    let fault = asked(&client(&Via::Direct, &[], roots), &at(secure)).await;
    assert_eq!(
        fault.kind,
        K::Closed,
        "trusted, and then it says nothing: {fault}"
    );
    for does in [
        Does::HangsUp,
        Does::Says("HTTP/1.1 400 Bad Request\r\n\r\n"),
    ] {
        let fault = asked(&direct(), &at(server(does).await)).await;
        assert_eq!(fault.kind, K::Tls, "{fault}");
    }
    let fault = asked(&direct(), &at(server(Does::Nothing).await)).await;
    assert_eq!(fault.kind, K::Silent, "no answer to the handshake: {fault}");
}

#[tokio::test]
async fn what_a_proxy_does_is_its_own_fault() {
    const BASE: &str = "https://login.example";
    for does in [
        Does::Says(
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
        ),
        Does::Says("HTTP/1.1 403 Forbidden\r\n\r\n"),
        Does::Says("HTTP/1.1 502 Bad Gateway\r\n\r\n"),
        Does::Says("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
        Does::HangsUp,
        Does::Nothing,
    ] {
        let proxy = server(does).await;
        let fault = asked(&through(proxy, Some("c4nary-of-the-proxy")), BASE).await;
        assert_eq!(fault.kind, K::Proxy, "{fault}");
        assert!(fault.detail.contains(&proxy.to_string()), "{fault}");
        assert!(!format!("{fault:?}").contains("c4nary"), "{fault:?}");
    }
    let fault = asked(&through(nobody().await, None), BASE).await;
    assert_eq!(fault.kind, K::Proxy, "{fault}");
    let via = Via::Proxy {
        url: "http://proxy.no-such-name.invalid:8080".parse().unwrap(),
        credentials: None,
    };
    let fault = asked(&client(&via, &[], rustls::RootCertStore::empty()), BASE).await;
    assert_eq!(fault.kind, K::Proxy, "its name, not the server's: {fault}");
    assert_eq!(fault.host, "login.example");
}

/// The tunnel was opened; what comes then is not the proxy's.
#[tokio::test]
async fn behind_the_tunnel_tls_fails_as_everywhere() {
    const OPEN: &str = "HTTP/1.1 200 Connection established\r\n\r\n";
    let fault = asked(
        &through(server(Does::Says(OPEN)).await, None),
        "https://login.example",
    )
    .await;
    assert_eq!(fault.kind, K::Tls, "{fault}");
}

#[tokio::test]
async fn an_address_that_was_given_by_hand_is_asked() {
    let (config, roots) = certificate(&["login.example"], |_| {});
    let words = "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
    let at = server(Does::Tls(config, words)).await;
    let http = client(&Via::Direct, &[("login.example", at)], roots);
    let authority = Authority::ad_fs(&format!("https://login.example:{}", at.port())).unwrap();
    let wanted = oauth::Wanted::ews(&authority, HOST);
    let told = oauth::refresh(&http, &authority, CLIENT, &Hidden::new("r"), &wanted).await;
    assert_eq!(
        told,
        Err(Failure::NotNow {
            host: "login.example".to_owned(),
            status: 503,
            wait: Some(Duration::from_secs(7)),
            said: None,
        })
    );
}
