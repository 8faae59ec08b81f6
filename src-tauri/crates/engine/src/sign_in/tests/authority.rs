//! An `OpenID` provider as small as can be: it hands out unsigned tokens, rotates refresh tokens and knows
//! one that comes back twice.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::world::NOON;

/// Stands in every token and secret: it must be nowhere else.
pub(super) const CANARY: &str = "c4nary-7f3e";
/// The secret of the app.
pub(super) const SECRET: &str = "c4nary-7f3e-secret";

/// A form as it was posted.
type Form = BTreeMap<String, String>;

/// What the authority does.
pub(super) struct Rules {
    /// Whom it signs in.
    pub(super) account: String,
    /// Audience of its tokens.
    pub(super) audience: String,
    /// Seconds a token lives.
    pub(super) life: i64,
    /// It hands out refresh tokens.
    pub(super) offline: bool,
    /// Roles of the app.
    pub(super) roles: Vec<String>,
    /// Refuses whatever is asked with this description.
    pub(super) refuses: Option<String>,
    /// Answers with this status and nothing else.
    pub(super) broken: Option<u16>,
    /// How long it takes to answer.
    pub(super) takes: Duration,
    /// Seconds that its clock is ahead.
    pub(super) ahead: i64,
}

#[derive(Default)]
struct Memory {
    posted: Vec<(String, Form)>,
    issued: u32,
    used: HashSet<String>,
}

/// The authority.
#[derive(Clone)]
pub(super) struct Authority {
    pub(super) origin: String,
    pub(super) rules: Arc<Mutex<Rules>>,
    memory: Arc<Mutex<Memory>>,
    /// Questions that came in, answered or not yet.
    came: Arc<AtomicUsize>,
}

impl Authority {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let authority = Self {
            origin: format!("http://{at}"),
            rules: Arc::new(Mutex::new(Rules {
                account: "svc@contoso.com".to_owned(),
                audience: "https://mail.contoso.com".to_owned(),
                life: 3_600,
                offline: true,
                roles: Vec::new(),
                refuses: None,
                broken: None,
                takes: Duration::ZERO,
                ahead: 0,
            })),
            memory: Arc::default(),
            came: Arc::default(),
        };
        let answering = authority.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answering.clone().answer(stream));
            }
        });
        authority
    }

    pub(super) fn rule(&self, change: impl FnOnce(&mut Rules)) {
        change(&mut self.rules.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was posted to a path.
    pub(super) fn posted(&self, path: &str) -> Vec<Form> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let to = memory.posted.iter().filter(|(to, _)| to == path);
        to.map(|(_, form)| form.clone()).collect()
    }

    /// Waits for one question more than there were.
    pub(super) async fn another(&self, before: usize) {
        while self.came() <= before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Questions that came in, answered or not yet.
    pub(super) fn came(&self) -> usize {
        self.came.load(SeqCst)
    }

    /// Renewals that were asked for.
    pub(super) fn renewals(&self) -> usize {
        let token = self.posted("/token");
        let renewal = |form: &&Form| form["grant_type"] == "refresh_token";
        token.iter().filter(renewal).count()
    }

    async fn answer(self, mut stream: TcpStream) {
        let Some((path, body)) = read(&mut stream).await else {
            return;
        };
        self.came.fetch_add(1, SeqCst);
        let takes = self
            .rules
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .takes;
        tokio::time::sleep(takes).await;
        let (status, said) = self.said(&path, &body);
        let said = said.to_string();
        let text = format!(
            "HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
            said.len()
        );
        // Whoever asked may have gone.
        let _ = stream.write_all(text.as_bytes()).await;
    }

    fn said(&self, path: &str, body: &str) -> (u16, Value) {
        let form: Form = url::form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.posted.push((path.to_owned(), form.clone()));
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = rules.broken {
            return (status, Value::Null);
        }
        match path {
            "/.well-known/openid-configuration" => (200, self.metadata()),
            "/revoke" => (200, json!({})),
            "/device" => (
                200,
                json!({"device_code": CANARY, "user_code": "ABCD-EFGH", "expires_in": 900, "interval": 1,
                    "verification_uri": format!("{}/code", self.origin)}),
            ),
            "/token" => Self::token(&form, &rules, &mut memory),
            _ => (404, Value::Null),
        }
    }

    fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.origin);
        json!({
            "issuer": self.origin,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "device_authorization_endpoint": at("/device"),
            "revocation_endpoint": at("/revoke"),
            "jwks_uri": at("/keys"),
        })
    }

    fn token(form: &Form, rules: &Rules, memory: &mut Memory) -> (u16, Value) {
        if let Some(description) = &rules.refuses {
            let error = "invalid_grant";
            return (
                400,
                json!({"error": error, "error_description": description}),
            );
        }
        let refused =
            |error: &str, said: &str| (400, json!({"error": error, "error_description": said}));
        let app = form["grant_type"] == "client_credentials";
        if app && form.get("client_secret").map(String::as_str) != Some(SECRET) {
            return refused(
                "invalid_client",
                "AADSTS7000215: Invalid client secret provided.",
            );
        }
        if let Some(token) = form.get("refresh_token")
            && !memory.used.insert(token.clone())
        {
            return refused("invalid_grant", "AADSTS70008: this token was used before.");
        }
        memory.issued += 1;
        let number = memory.issued;
        let mut claims = json!({"aud": rules.audience, "tid": "contoso", "jti": format!("{CANARY}-{number}"),
            "iat": NOON + rules.ahead, "nbf": NOON + rules.ahead, "exp": NOON + rules.ahead + rules.life});
        if app {
            claims["roles"] = json!(rules.roles);
        } else {
            claims["upn"] = json!(rules.account);
            claims["scp"] = json!("EWS.AccessAsUser.All");
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        // Spelled out, so that the canary is found wherever a token goes.
        let access = format!(
            "{}.{}.{CANARY}-{number}",
            part(&json!({"alg": "none"})),
            part(&claims)
        );
        let mut answer =
            json!({"access_token": access, "token_type": "Bearer", "expires_in": rules.life});
        if !app && rules.offline {
            answer["refresh_token"] = json!(format!("{CANARY}-refresh-{number}"));
        }
        (200, answer)
    }
}

/// The path and the body of a request.
async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut part = [0; 4_096];
    loop {
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(Some(0), |(_, value)| value.trim().parse().ok())?;
        if body.len() >= length {
            let target = head.split(' ').nth(1)?;
            let path = target.split('?').next()?;
            return Some((path.to_owned(), body.to_owned()));
        }
    }
}
