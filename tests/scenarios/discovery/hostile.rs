//! Autodiscover against hosts that mean harm: they take the password and go on asking for it, quote it in
//! what they say next, or send on from the mail domain to where they like.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use contract::{Authentication, Cause, Discovery, DiscoveryState, DiscoveryStep, Secret, TlsTrust};
use engine::checks::{Plan, ProxyChoice, SendAgain, Sending};
use engine::discovery::{Asking, Search};
use engine::{Engine, Options, VaultChoice};
use support::{ACCOUNT, NameServer, PASSWORD};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

const AUTODISCOVER: &str = "autodiscover.contoso.com";
const ROOT: &str = "contoso.com";
const WWW: &str = "www.contoso.com";
const OTHER: &str = "other.contoso.com";
const NAMES: [&str; 4] = [AUTODISCOVER, ROOT, WWW, OTHER];
const REALM: &str = "WWW-Authenticate: Basic realm=\"x\"\r\n";

/// A request, as far as a test decides by it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    host: String,
    path: String,
    body: String,
    signed_in: bool,
}

/// What is answered: status, header lines, body.
type Answer = (u16, String, String);
type Mind = fn(&Asked) -> Answer;
type AnyMind = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// One server for every name, with one certificate, and an engine that finds nothing else.
struct Trap {
    engine: Engine,
    pem: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Answers as long as it is held: there is no other name.
    _names: NameServer,
}

impl Trap {
    async fn of(mind: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let made = certificate();
        Self::with([&made, &made], mind).await
    }

    /// Shows the first certificate until a POST came, and then the second.
    async fn with(
        made: [&Made; 2],
        mind: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let asked = Arc::default();
        let acceptors = made.map(acceptor);
        tokio::spawn(serve(
            listener,
            acceptors,
            Arc::new(mind),
            Arc::clone(&asked),
        ));
        let names = NameServer::start(Vec::new()).await;
        let options = Options {
            vault: VaultChoice::Memory,
            name_server: Some(names.address()),
            resolve: resolve(address),
            ..Options::default()
        };
        let engine = Engine::temporary(options).await.expect("temporary space");
        Self {
            engine,
            pem: made.map(|made| made.cert.pem()).concat(),
            asked,
            _names: names,
        }
    }

    fn search(&self) -> Search {
        Search {
            address: "user1@contoso.com".to_owned(),
            plan: Plan {
                ews_url: String::new(),
                account: ACCOUNT.to_owned(),
                authentication: Authentication::Basic,
                tls_trust: TlsTrust::Ca {
                    pem: self.pem.clone(),
                    name: "ca.pem".to_owned(),
                },
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
                again: SendAgain::Yes,
                proxy_password: None,
                tokens: None,
            },
            send_to: NAMES.map(str::to_owned).to_vec(),
            asking: Asking::Flag,
        }
    }

    /// To its end; every host was allowed in advance.
    async fn run(&self) -> Discovery {
        let mut started = self
            .engine
            .discover(self.search())
            .await
            .expect("good input");
        let found = started.found.wait_for(|found| {
            !matches!(
                found.state,
                DiscoveryState::Running | DiscoveryState::Asking
            )
        });
        found.await.expect("it says how it ends").clone()
    }

    /// What came with credentials, by host.
    fn signed_in(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("nobody panicked");
        let signed_in = asked.iter().filter(|asked| asked.signed_in);
        signed_in.map(|asked| asked.host.clone()).collect()
    }
}

type Made = rcgen::CertifiedKey<rcgen::KeyPair>;

fn certificate() -> Made {
    rcgen::generate_simple_self_signed(NAMES.map(str::to_owned)).expect("a certificate")
}

fn acceptor(made: &Made) -> TlsAcceptor {
    let key = made.signing_key.serialize_der();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("they are known")
        .with_no_client_auth()
        .with_single_cert(
            vec![made.cert.der().clone()],
            key.try_into().expect("PKCS 8"),
        )
        .expect("key and certificate belong together");
    TlsAcceptor::from(Arc::new(config))
}

fn resolve(address: SocketAddr) -> Vec<(String, u16, SocketAddr)> {
    let names = NAMES.iter();
    names.map(|&name| (name.to_owned(), 443, address)).collect()
}

async fn serve(
    listener: TcpListener,
    acceptors: [TlsAcceptor; 2],
    mind: AnyMind,
    log: Arc<Mutex<Vec<Asked>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let posted = log
            .lock()
            .expect("nobody panicked")
            .iter()
            .any(|asked| !asked.body.is_empty());
        let acceptor = acceptors[usize::from(posted)].clone();
        let (mind, log) = (Arc::clone(&mind), Arc::clone(&log));
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let mut stream = BufReader::new(stream);
            if let Some(asked) = read(&mut stream).await {
                let (status, headers, body) = mind(&asked);
                log.lock().expect("nobody panicked").push(asked);
                let reply = format!(
                    "HTTP/1.1 {status} x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                if stream.write_all(reply.as_bytes()).await.is_err() {
                    return;
                }
                let _ = stream.shutdown().await;
            }
        });
    }
}

async fn read(stream: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut host, mut length, mut signed_in) = (String::new(), 0, false);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "host" => value.clone_into(&mut host),
            "content-length" => length = value.parse().ok()?,
            "authorization" => signed_in = true,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked {
        host,
        path,
        body: String::from_utf8_lossy(&body).into_owned(),
        signed_in,
    })
}

fn status(status: u16) -> Answer {
    (status, String::new(), String::new())
}

fn sign_in() -> Answer {
    (401, REALM.to_owned(), String::new())
}

fn sends_on(to: &str) -> Answer {
    (302, format!("Location: {to}\r\n"), String::new())
}

fn is_soap(asked: &Asked) -> bool {
    asked.path.to_ascii_lowercase().ends_with(".svc")
}

#[tokio::test]
async fn a_host_that_sends_on_without_end_gets_it_once() {
    let trap = Trap::of(|asked| {
        if asked.host != AUTODISCOVER || asked.path.contains(".json") {
            return status(404);
        }
        if !asked.signed_in {
            return sign_in();
        }
        if is_soap(asked) {
            return status(404);
        }
        let hop = asked.path.matches("/p").count() + 1;
        sends_on(&format!(
            "{}/autodiscover/autodiscover.xml",
            "/p".repeat(hop)
        ))
    })
    .await;
    let found = trap.run().await;
    assert_eq!(trap.signed_in(), [AUTODISCOVER], "{found:#?}");
}

#[tokio::test]
async fn a_host_that_refused_it_never_gets_it_again() {
    let trap = Trap::of(|asked| {
        if asked.path.contains(".json") || asked.host == WWW {
            return status(404);
        }
        if asked.host == ROOT {
            return sends_on(&format!(
                "https://{AUTODISCOVER}/p1/autodiscover/autodiscover.xml"
            ));
        }
        sign_in()
    })
    .await;
    let found = trap.run().await;
    assert_eq!(trap.signed_in(), [AUTODISCOVER], "{found:#?}");
    let refused = |step: &&DiscoveryStep| step.cause == Some(Cause::AuthRejected);
    assert_eq!(found.steps.iter().filter(refused).count(), 1);
    let later = found
        .steps
        .iter()
        .filter(|step| step.result.contains("refused it before"));
    assert!(later.count() > 0, "{found:#?}");
}

#[tokio::test]
async fn a_host_that_takes_it_once_and_then_refuses_gets_no_more() {
    let trap = Trap::of(|asked| {
        if asked.path.contains(".json") || asked.host == WWW {
            return status(404);
        }
        if asked.host == ROOT {
            return sends_on(&format!(
                "https://{AUTODISCOVER}/p1/autodiscover/autodiscover.xml"
            ));
        }
        if asked.signed_in && asked.path == "/autodiscover/autodiscover.svc" {
            return status(404);
        }
        sign_in()
    })
    .await;
    let found = trap.run().await;
    assert_eq!(trap.signed_in(), [AUTODISCOVER], "{found:#?}");
}

/// What a host says after it was sent the password is never kept with the password in it.
#[tokio::test]
async fn a_password_that_comes_back_is_neither_shown_nor_followed() {
    let quotes: [Mind; 3] = [
        |_| sends_on(&format!("http://logon.contoso.com/?pw={PASSWORD}")),
        |_| sends_on(&format!("/autodiscover/autodiscover.xml?pw={PASSWORD}")),
        |_| {
            let address = format!("{PASSWORD}@contoso.com");
            let body = format!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
                 xmlns:a=\"http://schemas.microsoft.com/exchange/2010/Autodiscover\"><s:Body>\
                 <a:GetUserSettingsResponseMessage><a:Response><a:ErrorCode>NoError</a:ErrorCode>\
                 <a:UserResponses><a:UserResponse><a:ErrorCode>RedirectAddress</a:ErrorCode>\
                 <a:RedirectTarget>{address}</a:RedirectTarget></a:UserResponse></a:UserResponses>\
                 </a:Response></a:GetUserSettingsResponseMessage></s:Body></s:Envelope>"
            );
            (200, "Content-Type: text/xml\r\n".to_owned(), body)
        },
    ];
    for (number, quote) in quotes.into_iter().enumerate() {
        let trap = Trap::of(move |asked| match asked {
            asked if asked.host != AUTODISCOVER || asked.path.contains(".json") => status(404),
            asked if asked.signed_in => quote(asked),
            _ => sign_in(),
        })
        .await;
        let found = trap.run().await;
        let kept = serde_json::to_string(&found).expect("it is plain");
        assert!(!kept.contains(PASSWORD), "{number}: {kept}");
        assert!(kept.contains("has the password in it"), "{number}: {kept}");
        let asked = trap.asked.lock().expect("nobody panicked");
        let followed = asked.iter().any(|asked| asked.path.contains(PASSWORD));
        assert!(!followed, "{number}: {asked:#?}");
    }
}

#[tokio::test]
async fn the_mail_domain_stays_a_foreign_host_wherever_it_sends_on_to() {
    for (from, to) in [(ROOT, WWW), (ROOT, OTHER), (AUTODISCOVER, WWW)] {
        let trap = Trap::of(move |asked| {
            if asked.path.contains(".json") {
                status(404)
            } else if asked.host == from {
                sends_on(&format!("https://{to}/autodiscover/autodiscover.xml"))
            } else if asked.host == to {
                sign_in()
            } else {
                status(404)
            }
        })
        .await;
        let found = trap.run().await;
        assert!(trap.signed_in().is_empty(), "{from} to {to}: {found:#?}");
        let told = found
            .steps
            .iter()
            .any(|step| step.result.contains("foreign web host"));
        assert!(told, "{from} to {to}: {found:#?}");
    }
}

#[tokio::test]
async fn another_certificate_than_the_one_that_was_shown_gets_nothing() {
    let (shown, later) = (certificate(), certificate());
    let trap = Trap::with([&shown, &later], |asked| {
        if asked.host == AUTODISCOVER && !asked.path.contains(".json") {
            sign_in()
        } else {
            status(404)
        }
    })
    .await;
    let found = trap.run().await;
    let mismatch = |step: &DiscoveryStep| step.cause == Some(Cause::TlsPinMismatch);
    assert!(found.steps.iter().any(mismatch), "{found:#?}");
    // POX is asked after it, and shown the certificate that is there now.
    assert!(trap.signed_in().len() <= 1, "{found:#?}");
}
