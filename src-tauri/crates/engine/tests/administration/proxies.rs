//! HTTP proxies: what is saved of them, where their passwords are, and who is sent them.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    CheckPassword, CheckScope, Code, DuplicateOrganization, EmailConfigurationForm, EndpointProbe,
    FieldLevel, OrganizationId, OrganizationRef, PasswordChange, ProbeEndpoint, Problem,
    ProxySetting, RunRef, SaveEmailConfiguration, Secret, Settings, StartCheck,
    ValidateEmailConfiguration,
};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{NOW, World, form, refused, save};

const SECRET: &str = "Pr0xy-pässwörd";

fn proxy(address: &str, user: Option<&str>) -> ProxySetting {
    ProxySetting::Custom {
        address: address.to_owned(),
        user: user.map(str::to_owned),
    }
}

fn by(proxy: ProxySetting) -> EmailConfigurationForm {
    EmailConfigurationForm { proxy, ..form() }
}

fn request(
    organization: OrganizationId,
    proxy: ProxySetting,
    password: Option<&str>,
) -> SaveEmailConfiguration {
    SaveEmailConfiguration {
        proxy_password: password.map(|text| Secret::new(text.to_owned())),
        ..save(
            organization,
            by(proxy),
            PasswordChange::Ask { password: None },
        )
    }
}

impl World {
    async fn save_proxy(
        &self,
        organization: OrganizationId,
        proxy: ProxySetting,
        password: Option<&str>,
    ) -> bool {
        let saved = self
            .engine
            .email_configuration_save(request(organization, proxy, password))
            .await
            .expect("saved");
        let has = saved.configuration.has_proxy_password;
        let kept = self.vault.proxy_password(organization).is_some();
        assert_eq!(has, kept, "database and key store agree");
        has
    }
}

#[tokio::test]
async fn its_password_belongs_to_one_user_of_one_proxy() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let me = proxy("proxy.contoso.com:8080", Some("CONTOSO\\me"));
    assert!(!world.save_proxy(id, me.clone(), None).await);
    assert!(!world.save_proxy(id, me.clone(), Some("")).await);
    assert!(world.save_proxy(id, me.clone(), Some(SECRET)).await);
    assert_eq!(world.vault.proxy_password(id).as_deref(), Some(SECRET));
    assert_eq!(world.vault.password(id), None, "an entry of its own");

    assert!(world.save_proxy(id, me.clone(), None).await, "it stays");
    let port = proxy("http://Proxy.Contoso.com:3128/", Some(" CONTOSO\\me "));
    assert!(world.save_proxy(id, port, None).await, "the same sign-in");
    assert!(world.save_proxy(id, me.clone(), Some("another")).await);
    for other in [
        proxy("proxy.contoso.com:8080", Some("CONTOSO\\you")),
        proxy("proxy.fabrikam.com:8080", Some("CONTOSO\\me")),
        proxy("proxy.contoso.com:8080", None),
        ProxySetting::None,
        ProxySetting::Inherit,
    ] {
        assert!(world.save_proxy(id, me.clone(), Some(SECRET)).await);
        assert!(!world.save_proxy(id, other, None).await, "it went");
    }
    let nobody = proxy("proxy.contoso.com:8080", None);
    let given = world.save_proxy(id, nobody, Some(SECRET)).await;
    assert!(!given, "a password without a user is nobody's");

    let kinds = world.kinds().await;
    let count = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!(
        (
            count("credentials_stored"),
            count("credentials_replaced"),
            count("credentials_removed")
        ),
        (5, 2, 5),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn it_goes_with_its_organization_and_is_never_copied() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let me = proxy("proxy.contoso.com:8080", Some("CONTOSO\\me"));
    world.save_proxy(id, me.clone(), Some(SECRET)).await;
    let copy = world
        .engine
        .organization_duplicate(DuplicateOrganization {
            organization: id,
            name: None,
            with_users: false,
        })
        .await
        .expect("copied")
        .id;
    let show = |organization| {
        world
            .engine
            .email_configuration_show(OrganizationRef { organization })
    };
    let shown = show(copy).await.expect("shown");
    assert_eq!(shown.form.proxy, me);
    assert!(!shown.has_proxy_password);
    assert_eq!(world.vault.proxy_password(copy), None);

    let removed = world
        .engine
        .organization_remove(OrganizationRef { organization: id })
        .await
        .expect("removed");
    assert_eq!(world.vault.proxy_password(id), None);
    world
        .engine
        .activity_undo(contract::Undo {
            activity: removed.undo,
        })
        .await
        .expect("restored");
    let shown = show(id).await.expect("shown");
    assert!(!shown.has_proxy_password, "restored without its passwords");
}

#[tokio::test]
async fn when_the_key_store_refuses_nothing_is_changed() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let me = proxy("proxy.contoso.com:8080", Some("me"));
    world.save_proxy(id, me.clone(), Some(SECRET)).await;
    world.vault.refuses.store(true, Ordering::SeqCst);
    let (code, message, _) = refused(
        world
            .engine
            .email_configuration_save(request(id, ProxySetting::None, None))
            .await,
    );
    assert_eq!(
        (code, message.as_str()),
        (
            Code::KeyStore,
            "The key store refused to remove the password. Nothing was changed."
        )
    );
    world.vault.refuses.store(false, Ordering::SeqCst);
    let shown = world
        .engine
        .email_configuration_show(OrganizationRef { organization: id })
        .await
        .expect("shown");
    assert_eq!((shown.form.proxy, shown.has_proxy_password), (me, true));
}

#[tokio::test]
async fn the_form_says_what_is_wrong_with_it() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    for address in ["", "proxy", "https://proxy:443", "me:pw@proxy:8080"] {
        let answer = world
            .engine
            .email_configuration_save(request(id, proxy(address, None), None))
            .await;
        assert_eq!(
            refused(answer),
            (
                Code::Invalid,
                "Enter host:port.".to_owned(),
                Some("proxy".to_owned())
            ),
            "{address}"
        );
    }
    let said = async |setting: ProxySetting| {
        let question = ValidateEmailConfiguration {
            organization: id,
            form: by(setting),
            password_typed: true,
            password_outer_spaces: false,
            ask_each_time: false,
            app_credential_given: false,
        };
        let answer = world.engine.email_configuration_validate(question).await;
        let messages = answer.expect("validated").into_iter();
        messages
            .filter(|message| message.field == "proxy")
            .map(|message| (message.level, message.text))
            .collect::<Vec<_>>()
    };
    let me = proxy("proxy:8080", Some("me"));
    assert_eq!(
        said(me.clone()).await,
        [(
            FieldLevel::Warning,
            "The password of me for the proxy isn't stored.".to_owned()
        )]
    );
    assert_eq!(said(proxy("proxy:8080", None)).await, []);
    world.save_proxy(id, me.clone(), Some(SECRET)).await;
    assert_eq!(said(me).await, []);
    assert_eq!(
        said(proxy("nowhere", None)).await,
        [(FieldLevel::Error, "Enter host:port.".to_owned())]
    );
}

#[tokio::test]
async fn the_app_has_a_proxy_too() {
    let world = World::new().await;
    let with = |proxy| Settings {
        proxy,
        ..Settings::default()
    };
    let saved = world
        .engine
        .settings_save(with(proxy(" http://proxy:8080/ ", Some(""))))
        .await
        .expect("saved");
    assert_eq!(saved.proxy, proxy("proxy:8080", None), "tidied");
    let world = world.reopen(NOW).await;
    let state = world.engine.app_state(contract::NoArgs {}).await;
    assert_eq!(
        state.expect("a state").settings.proxy,
        proxy("proxy:8080", None)
    );
    for bad in [proxy("proxy", None), proxy("proxy:8080", Some("me"))] {
        let (code, _, field) = refused(world.engine.settings_save(with(bad)).await);
        assert_eq!((code, field.as_deref()), (Code::Invalid, Some("proxy")));
    }
    world
        .engine
        .settings_save(with(ProxySetting::None))
        .await
        .expect("saved");
    let page = world
        .engine
        .activity_page(contract::ActivityQuery::default())
        .await
        .expect("a page");
    let details: Vec<&str> = page.rows.iter().map(|row| row.details.as_str()).collect();
    assert_eq!(
        details,
        [
            "Proxy: proxy:8080 to none.",
            "Proxy: that of the system to proxy:8080."
        ]
    );
}

#[tokio::test]
async fn the_proxy_of_the_app_is_not_for_this_computer() {
    let world = World::new().await;
    let gate = Gate::start().await;
    let settings = Settings {
        proxy: proxy(&gate.address, None),
        ..Settings::default()
    };
    world.engine.settings_save(settings).await.expect("saved");
    let id = world.default_organization().await;
    let probed = probe(&world, id, ProxySetting::Inherit).await;
    assert_eq!(probed.cause, Some(contract::Cause::ProxyFailed));
    let here = EmailConfigurationForm {
        // Port 1 (tcpmux) is nobody's.
        ews_url: "http://127.0.0.1:1/EWS/Exchange.asmx".to_owned(),
        ..form()
    };
    let request = ProbeEndpoint {
        organization: id,
        form: here,
    };
    let probed = world.engine.endpoint_probe(request).await.expect("probed");
    assert_eq!(probed.cause, Some(contract::Cause::TcpRefused));
}

/// A proxy that asks for Basic, notes who signs in, and lets nobody through.
struct Gate {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Gate {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(guard(stream, Arc::clone(&noted)));
            }
        });
        Self { address, seen }
    }

    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn guard(stream: TcpStream, seen: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut signed_in = None;
        loop {
            let mut line = String::new();
            if !matches!(stream.read_line(&mut line).await, Ok(count) if count > 0) {
                return;
            }
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            let name = line.to_ascii_lowercase();
            assert!(!name.starts_with("authorization:"), "not for a proxy");
            if name.starts_with("proxy-authorization:") {
                let token = line.rsplit(' ').next().expect("a token");
                let pair = STANDARD.decode(token).expect("base64");
                signed_in = Some(String::from_utf8(pair).expect("text"));
            }
        }
        let answer = if let Some(pair) = signed_in {
            seen.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(pair);
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
        } else {
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"gate\"\r\nContent-Length: 0\r\n\r\n"
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_check_signs_in_with_the_typed_or_the_stored_password() {
    let world = World::new().await;
    let gate = Gate::start().await;
    let id = world.organization("Contoso").await.id;
    world.user(id, "anna@contoso.com").await;
    let me = proxy(&gate.address, Some("me"));
    world.save_proxy(id, me, None).await;

    let problem = check(&world, id, None).await.expect_err("no password");
    assert_eq!(
        (problem.code, problem.field.as_deref()),
        (Code::PasswordNeeded, Some("proxy"))
    );
    assert_eq!(gate.seen(), Vec::<String>::new());

    let said = check(&world, id, Some("typed")).await.expect("it begins");
    assert_eq!(said, "proxy.failed");
    assert_eq!(gate.seen(), ["me:typed"]);
    assert_eq!(world.vault.proxy_password(id), None, "typed, not stored");

    let me = proxy(&gate.address, Some("me"));
    world.save_proxy(id, me.clone(), Some(SECRET)).await;
    check(&world, id, None).await.expect("it begins");
    assert_eq!(gate.seen(), [format!("me:{SECRET}")]);

    let probed = probe(&world, id, me).await;
    assert_eq!(probed.cause, Some(contract::Cause::ProxyFailed));
    assert_eq!(gate.seen(), [format!("me:{SECRET}")]);
    let you = proxy(&gate.address, Some("you"));
    probe(&world, id, you).await;
    assert_eq!(gate.seen(), Vec::<String>::new(), "not for another user");
}

async fn probe(world: &World, organization: OrganizationId, proxy: ProxySetting) -> EndpointProbe {
    let request = ProbeEndpoint {
        organization,
        form: by(proxy),
    };
    world.engine.endpoint_probe(request).await.expect("probed")
}

/// The cause that stops a check.
async fn check(
    world: &World,
    organization: OrganizationId,
    proxy_password: Option<&str>,
) -> Result<&'static str, Problem> {
    let request = StartCheck {
        organization,
        form: None,
        password: CheckPassword::Typed {
            password: Secret::new("of the account".to_owned()),
        },
        scope: CheckScope::All,
        send_again: false,
        proxy_password: proxy_password.map(|text| Secret::new(text.to_owned())),
        app_credential: None,
    };
    let run = world.engine.check_start(request).await?;
    let mut progress = world.engine.watch_run(&run.run).await?;
    let ended = progress
        .wait_for(|progress| progress.state != contract::RunState::Running)
        .await
        .expect("it ends")
        .clone();
    world.engine.check_cancel(RunRef { run: run.run }).await?;
    Ok(ended.cause.map_or("", contract::Cause::as_str))
}
