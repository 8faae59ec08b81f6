//! Organizations that sign in as an application: the check asks the authority for its token by itself,
//! and once more when Exchange or Graph refuses it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::{
    AccessType, AddUser, AppCredential, AppCredentialChange, AppCredentialKind, AuthorityKind,
    CheckPassword, CheckScope, Code, EmailConfigurationForm, ModernAuthentication, OrganizationId,
    OrganizationsQuery, PasswordChange, ProxySetting, ResumeRun, RunPage, RunState,
    SaveEmailConfiguration, Secret, StartCheck,
};
use engine::Engine;
use exchange_sim::{BearerRules, Simulator, TokenClaims, TokenMint};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{APP, OWN_HOST, mint, taking};

/// An `OpenID` provider that hands out tokens of this mint to whoever comes with the secret.
struct Authority {
    origin: String,
    mint: Arc<TokenMint>,
    claims: Mutex<TokenClaims>,
    /// Tokens it has issued.
    issued: AtomicU64,
}

const SECRET: &str = "s3cret-of-the-app";

impl Authority {
    async fn start(mint: &Arc<TokenMint>, claims: TokenClaims) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let authority = Arc::new(Self {
            origin: format!("http://{at}"),
            mint: Arc::clone(mint),
            claims: Mutex::new(claims),
            issued: AtomicU64::new(0),
        });
        let answering = Arc::clone(&authority);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let authority = Arc::clone(&answering);
                tokio::spawn(async move { authority.answer(stream).await });
            }
        });
        authority
    }

    async fn answer(&self, mut stream: TcpStream) {
        let mut read = Vec::new();
        let mut piece = [0; 4096];
        let text = loop {
            match stream.read(&mut piece).await {
                Ok(0) | Err(_) => return,
                Ok(count) => read.extend_from_slice(&piece[..count]),
            }
            let text = String::from_utf8_lossy(&read).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let named = name.eq_ignore_ascii_case("content-length");
                named.then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or_default() {
                break text;
            }
        };
        let (status, said) = self.said(&text);
        let answer = format!(
            "HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
            said.len()
        );
        // Whoever asked may have gone.
        let _ = stream.write_all(answer.as_bytes()).await;
    }

    fn said(&self, request: &str) -> (u16, String) {
        let at = |path: &str| format!("{}{path}", self.origin);
        if request.starts_with("GET /.well-known/openid-configuration") {
            let metadata = serde_json::json!({
                "issuer": self.origin,
                "authorization_endpoint": at("/authorize"),
                "token_endpoint": at("/token"),
                "jwks_uri": at("/keys"),
            });
            return (200, metadata.to_string());
        }
        if !request.starts_with("POST /token") || !request.contains(SECRET) {
            let refused = serde_json::json!({
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.",
            });
            return (401, refused.to_string());
        }
        self.issued.fetch_add(1, Ordering::SeqCst);
        let token = self.mint.sign(&self.claims.lock().expect("no panic"));
        let answer = serde_json::json!({
            "access_token": token, "token_type": "Bearer", "expires_in": 3600,
        });
        (200, answer.to_string())
    }
}

fn form(
    server: &Simulator,
    authority: &Authority,
    access_type: AccessType,
) -> EmailConfigurationForm {
    EmailConfigurationForm {
        access_type,
        ews_url: server.ews_url(),
        proxy: ProxySetting::None,
        modern: ModernAuthentication {
            authority: AuthorityKind::OpenId,
            authority_url: authority.origin.clone(),
            client_id: APP.to_owned(),
            app_credential: AppCredentialKind::Secret,
            ..ModernAuthentication::default()
        },
        ..EmailConfigurationForm::default()
    }
}

struct Office {
    engine: Engine,
    id: OrganizationId,
}

impl Office {
    async fn with_users(count: usize) -> Self {
        let engine = support::engine().await;
        let all = engine
            .organizations_list(OrganizationsQuery::default())
            .await;
        let id = all.expect("there is a default one")[0].id;
        for n in 1..=count {
            let user = AddUser {
                organization: id,
                name: format!("User {n}"),
                address: format!("user{n}@contoso.com"),
                upn: None,
                sid: None,
                must_refuse: false,
                tags: String::new(),
            };
            engine.user_add(user).await.expect("a user");
        }
        Self { engine, id }
    }

    async fn check(
        &self,
        server: &Simulator,
        authority: &Authority,
        access_type: AccessType,
        secret: &str,
    ) -> RunPage {
        let form = form(server, authority, access_type);
        let request = StartCheck {
            organization: self.id,
            form: Some(form),
            password: CheckPassword::Stored,
            scope: CheckScope::All,
            send_again: false,
            proxy_password: None,
            app_credential: Some(AppCredential::Secret {
                secret: Secret::new(secret.to_owned()),
            }),
        };
        let run = self.engine.check_start(request).await.expect("it starts");
        let mut progress = self.engine.watch_run(&run.run).await.expect("it goes on");
        let ended = progress.wait_for(|progress| progress.state != RunState::Running);
        tokio::time::timeout(Duration::from_mins(1), ended)
            .await
            .expect("it ends in time")
            .expect("it ends");
        self.engine.run_show(run).await.expect("it is stored")
    }
}

#[tokio::test]
async fn an_application_of_an_organization_gets_its_token_by_itself() {
    for access_type in [AccessType::EwsApp, AccessType::GraphApp] {
        let mint = mint();
        let server = taking(12, BearerRules::online(mint.keys())).await;
        let claims = match access_type {
            AccessType::GraphApp => TokenClaims::graph(APP),
            _ => TokenClaims::app_only(APP, OWN_HOST),
        };
        let authority = Authority::start(&mint, claims).await;
        let office = Office::with_users(12).await;
        let run = office.check(&server, &authority, access_type, SECRET).await;
        assert_eq!(
            run.row.state,
            RunState::Complete,
            "{access_type:?}: {run:?}"
        );
        assert_eq!(run.row.summary.granted, 12);
        assert_eq!(
            (run.row.auth.as_str(), run.row.account.as_str()),
            ("bearer", APP)
        );
        assert_eq!(
            authority.issued.load(Ordering::SeqCst),
            1,
            "one token for all lanes"
        );
        let asked = server.counters().graph.clone();
        assert_eq!(
            run.row.ews_url.ends_with("/v1.0"),
            access_type == AccessType::GraphApp,
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn a_wrong_secret_stops_the_check_before_anything_is_asked() {
    let mint = mint();
    let server = taking(3, BearerRules::online(mint.keys())).await;
    let authority = Authority::start(&mint, TokenClaims::graph(APP)).await;
    let office = Office::with_users(3).await;
    let run = office
        .check(&server, &authority, AccessType::GraphApp, "wrong")
        .await;
    assert_eq!(run.row.state, RunState::Stopped);
    assert_eq!(run.row.cause, Some(contract::Cause::OauthSignInNeeded));
    let message = run.row.message.unwrap_or_default();
    assert!(message.contains("7000215"), "{message}");
    assert_eq!(server.counters().credentials_received, 0);
    assert_eq!(run.row.summary.not_checked, 3);
}

/// The run remembers its server, the organization its application: they must belong together.
#[tokio::test]
async fn a_run_goes_on_only_with_the_settings_it_was_started_with() {
    let mint = mint();
    let server = taking(3, BearerRules::online(mint.keys())).await;
    let claims = TokenClaims::app_only(APP, OWN_HOST);
    let authority = Authority::start(&mint, claims).await;
    let office = Office::with_users(3).await;
    let run = office
        .check(&server, &authority, AccessType::EwsApp, "wrong")
        .await;
    assert_eq!(run.row.state, RunState::Stopped);
    for (ews_url, goes_on) in [
        ("https://other.contoso.com/EWS/Exchange.asmx", false),
        (server.ews_url().as_str(), true),
    ] {
        let form = form(&server, &authority, AccessType::EwsApp);
        let save = SaveEmailConfiguration {
            organization: office.id,
            form: EmailConfigurationForm {
                ews_url: ews_url.to_owned(),
                ..form
            },
            password: PasswordChange::Keep,
            proxy_password: None,
            app_credential: AppCredentialChange::Keep,
        };
        let saved = office.engine.email_configuration_save(save).await;
        saved.expect("it is saved");
        let resumed = office
            .engine
            .run_resume(ResumeRun {
                run: run.row.id.clone(),
                password: CheckPassword::Stored,
                send_again: false,
                proxy_password: None,
                app_credential: Some(AppCredential::Secret {
                    secret: Secret::new(SECRET.to_owned()),
                }),
            })
            .await;
        assert_eq!(resumed.is_ok(), goes_on, "{ews_url}: {resumed:?}");
        if let Err(problem) = resumed {
            assert_eq!(problem.code, Code::NotAllowed, "{problem:?}");
            let issued = authority.issued.load(Ordering::SeqCst);
            assert_eq!(issued, 0, "no token was got for another server");
        }
    }
}
