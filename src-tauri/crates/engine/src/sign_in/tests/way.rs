//! The way to the authority is that of the check: its proxy, and no password of another one.

use std::sync::{Arc, Mutex};

use contract::{
    AppCredential, AppCredentialKind, Authentication, AuthorityKind, Code, EmailConfigurationForm,
    IdentifyBy, PasswordChange, ProxySetting, SaveEmailConfiguration, Secret, TlsTrust,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::authority::SECRET;
use super::world::World;
use crate::Engine;
use crate::checks::{Approach, Plan, ProxyChoice, Sending};
use crate::ports::{AuthorityFaultKind, NoToken};

const LOGIN: &str = "login.example";

/// A proxy that lets nobody through, and keeps what it was asked.
struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 4_096];
                let read = stream.read(&mut head).await.unwrap_or_default();
                let text = String::from_utf8_lossy(&head[..read]).into_owned();
                kept.lock().expect("whole").push(text);
                // Whoever asked may have gone.
                let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await;
            }
        });
        Self { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("whole").clone()
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn choice(&self, user: Option<&str>) -> ProxyChoice {
        ProxyChoice::Http {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            user: user.map(str::to_owned),
        }
    }
}

/// An application whose authority is far away.
fn form(world: &World, proxy: ProxySetting) -> EmailConfigurationForm {
    let mut form = world.form();
    form.access_type = contract::AccessType::EwsApp;
    form.modern.app_credential = AppCredentialKind::Secret;
    form.modern.authority = AuthorityKind::OpenId;
    form.modern.authority_url = format!("https://{LOGIN}");
    form.proxy = proxy;
    form
}

fn plan(proxy: ProxyChoice) -> Plan {
    Plan {
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        account: String::new(),
        authentication: Authentication::Bearer,
        approach: Approach::App,
        tls_trust: TlsTrust::System,
        identify_by: IdentifyBy::default(),
        folders: Vec::new(),
        concurrency: None,
        timeout_seconds: 5,
        resolve: Vec::new(),
        proxy,
    }
}

async fn asked(
    engine: &Engine,
    world: &World,
    form: EmailConfigurationForm,
    plan: &Plan,
) -> Result<NoToken, Code> {
    let secret = AppCredential::Secret {
        secret: Secret::new(SECRET.to_owned()),
    };
    let (like, form) = (Some(plan), Some(form));
    let source =
        crate::sign_in::tokens_of(engine, world.organization, form, Some(secret), like).await;
    let source = source.map_err(|problem| problem.code)?;
    Ok(source.token().await.err().expect("nobody answers there"))
}

#[tokio::test]
async fn the_proxy_of_the_check_leads_to_the_authority_too() {
    let world = World::new().await;
    let (own, of_the_check) = (Proxy::start().await, Proxy::start().await);
    let form = form(
        &world,
        ProxySetting::Custom {
            address: own.address(),
            user: None,
        },
    );
    let plan = plan(of_the_check.choice(None));
    let none = asked(&world.engine, &world, form, &plan).await;
    let Ok(NoToken::Unreachable { sentence, fault }) = none else {
        panic!("{none:?}");
    };
    assert_eq!(fault.kind, AuthorityFaultKind::Proxy, "{sentence}");
    assert_eq!(fault.host, LOGIN);
    assert!(sentence.contains(LOGIN), "{sentence}");
    assert!(sentence.contains(&of_the_check.address()), "{sentence}");
    let told = of_the_check.asked();
    assert!(told[0].starts_with("CONNECT login.example:443"), "{told:?}");
    assert!(own.asked().is_empty(), "{:?}", own.asked());
}

#[tokio::test]
async fn a_proxy_gets_its_own_password_and_no_other() {
    let world = World::new().await;
    let (own, other) = (Proxy::start().await, Proxy::start().await);
    let form = form(
        &world,
        ProxySetting::Custom {
            address: own.address(),
            user: Some("me".to_owned()),
        },
    );
    let save = SaveEmailConfiguration {
        organization: world.organization,
        form: form.clone(),
        password: PasswordChange::Keep,
        proxy_password: Some(Secret::new("c4nary-own".to_owned())),
        app_credential: contract::AppCredentialChange::Keep,
    };
    let saved = world.engine.email_configuration_save(save).await;
    saved.expect("saved");
    // Another proxy, without a user: nothing is sent to it.
    let none = asked(
        &world.engine,
        &world,
        form.clone(),
        &plan(other.choice(None)),
    )
    .await;
    assert!(matches!(none, Ok(NoToken::Unreachable { .. })), "{none:?}");
    // With the same user, on another port: its password is asked for.
    let to_other = plan(other.choice(Some("me")));
    let refused = asked(&world.engine, &world, form.clone(), &to_other).await;
    assert_eq!(refused.err(), Some(Code::PasswordNeeded));
    // Typed for this one: sent to this one.
    let typed = world.engine.sending(Sending {
        proxy_password: Some(Secret::new("c4nary-typed".to_owned())),
        ..Sending::default()
    });
    let none = asked(&typed, &world, form.clone(), &to_other).await;
    assert!(matches!(none, Ok(NoToken::Unreachable { .. })), "{none:?}");
    let own_way = plan(own.choice(Some("me")));
    let none = asked(&world.engine, &world, form, &own_way).await;
    assert!(matches!(none, Ok(NoToken::Unreachable { .. })), "{none:?}");
    let sent = |proxy: &Proxy| {
        use base64::Engine as _;
        let told = proxy.asked();
        let find = |line: &str| {
            let value = line.strip_prefix("proxy-authorization: Basic ")?;
            let bytes = base64::engine::general_purpose::STANDARD.decode(value);
            Some(String::from_utf8(bytes.ok()?).expect("text"))
        };
        told.iter()
            .map(|head| {
                let mut lines = head.lines();
                lines.find_map(|line| {
                    find(&line.replace("Proxy-Authorization", "proxy-authorization"))
                })
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(sent(&other), [None, Some("me:c4nary-typed".to_owned())]);
    assert_eq!(sent(&own), [Some("me:c4nary-own".to_owned())]);
}
