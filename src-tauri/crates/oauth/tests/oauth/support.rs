//! A small authorization server that checks what a real one checks (PKCE, one use, redirect address), and
//! a browser that is a socket.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use oauth::{Ask, Authority, Clock, Http, Pending, Via, Wanted};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const CLIENT: &str = "6f3c1a52-0000-4000-8000-00000000c11e";
pub(crate) const HOST: &str = "mail.contoso.example";

/// A form as it was posted, without parameters that stand twice.
pub(crate) type Form = BTreeMap<String, String>;

/// Answers a form that was posted to a path: status and JSON. None: as the server would by itself.
type Script = Box<dyn FnMut(&str, &Form) -> Option<(u16, Value)> + Send>;

/// What the server remembers of a code that it gave out.
struct Issued {
    challenge: String,
    redirect: String,
    nonce: Option<String>,
    used: bool,
}

#[derive(Default)]
struct Memory {
    origin: String,
    says_issuer: bool,
    codes: BTreeMap<String, Issued>,
    posted: Vec<(String, Form)>,
    script: Option<Script>,
    id_token: Option<Value>,
    date: Option<String>,
}

/// The authorization server.
#[derive(Clone)]
pub(crate) struct Server(Arc<Mutex<Memory>>);

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let server = Self(Arc::new(Mutex::new(Memory {
            origin,
            ..Memory::default()
        })));
        let answering = server.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let server = answering.clone();
                tokio::spawn(async move { server.answer(stream).await });
            }
        });
        server
    }

    pub(crate) fn origin(&self) -> String {
        self.0.lock().unwrap().origin.clone()
    }

    /// From now on this decides first.
    pub(crate) fn script(
        &self,
        script: impl FnMut(&str, &Form) -> Option<(u16, Value)> + Send + 'static,
    ) {
        self.0.lock().unwrap().script = Some(Box::new(script));
    }

    /// The metadata say that answers name their issuer (RFC 9207).
    pub(crate) fn says_issuer(&self) {
        self.0.lock().unwrap().says_issuer = true;
    }

    /// The time of day here, as its answers tell it.
    pub(crate) fn clock(&self, date: &str) {
        self.0.lock().unwrap().date = Some(date.to_owned());
    }

    /// These claims replace those of the id token.
    pub(crate) fn id_token(&self, claims: Value) {
        self.0.lock().unwrap().id_token = Some(claims);
    }

    /// What was posted to this path.
    pub(crate) fn posted(&self, path: &str) -> Vec<Form> {
        let memory = self.0.lock().unwrap();
        let posted = memory.posted.iter().filter(|(to, _)| to == path);
        posted.map(|(_, form)| form.clone()).collect()
    }

    pub(crate) async fn authority(&self) -> Authority {
        Authority::discover(&http(), &self.origin()).await.unwrap()
    }

    /// Signs in at this address: a code that its PKCE challenge, nonce and redirect address belong to.
    pub(crate) fn issue(&self, question: &url::Url) -> String {
        let asked: Form = question.query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut memory = self.0.lock().unwrap();
        let code = format!("code-{}", memory.codes.len());
        let issued = Issued {
            challenge: asked["code_challenge"].clone(),
            redirect: asked["redirect_uri"].clone(),
            nonce: asked.get("nonce").cloned(),
            used: false,
        };
        memory.codes.insert(code.clone(), issued);
        code
    }

    async fn answer(&self, mut stream: TcpStream) {
        let (path, form) = read(&mut stream).await;
        let (status, body) = self.0.lock().unwrap().decide(&path, &form);
        let (location, body) = match body {
            Value::String(place) if (300..400).contains(&status) => {
                (format!("Location: {place}\r\n"), String::new())
            }
            Value::String(text) => (String::new(), text),
            json => (String::new(), json.to_string()),
        };
        let date = self.0.lock().unwrap().date.clone();
        let date = date
            .map(|date| format!("Date: {date}\r\n"))
            .unwrap_or_default();
        let response = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n{date}{location}\r\n{body}",
            body.len()
        );
        // A client that gave up is part of some tests.
        drop(stream.write_all(response.as_bytes()).await);
    }
}

impl Memory {
    fn decide(&mut self, path: &str, form: &Form) -> (u16, Value) {
        self.posted.push((path.to_owned(), form.clone()));
        let scripted = self.script.as_mut().and_then(|script| script(path, form));
        scripted.unwrap_or_else(|| match path {
            "/.well-known/openid-configuration" => (200, self.metadata()),
            "/token" => self.token(form),
            _ => (404, json!({})),
        })
    }

    fn metadata(&self) -> Value {
        let origin = &self.origin;
        json!({
            "issuer": origin,
            "authorization_endpoint": format!("{origin}/authorize"),
            "token_endpoint": format!("{origin}/token"),
            "device_authorization_endpoint": format!("{origin}/device"),
            "revocation_endpoint": format!("{origin}/revoke"),
            "authorization_response_iss_parameter_supported": self.says_issuer,
        })
    }

    /// The code for tokens, as RFC 6749 §4.1.3 and RFC 7636 §4.6 want it.
    fn token(&mut self, form: &Form) -> (u16, Value) {
        let refused = |why: &str| {
            (
                400,
                json!({"error": "invalid_grant", "error_description": why}),
            )
        };
        let Some(issued) = form.get("code").and_then(|code| self.codes.get_mut(code)) else {
            return refused("no such code");
        };
        let verifier = form.get("code_verifier").cloned().unwrap_or_default();
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        if challenge != issued.challenge {
            return refused("the verifier does not match");
        }
        if form.get("redirect_uri") != Some(&issued.redirect) {
            return refused("the redirect address does not match");
        }
        if std::mem::replace(&mut issued.used, true) {
            return refused("used before");
        }
        let claims = self.id_token.clone().unwrap_or_else(|| {
            json!({"iss": self.origin, "aud": CLIENT, "nonce": issued.nonce, "preferred_username": "svc@contoso.example"})
        });
        (
            200,
            json!({
                "access_token": "canary-access", "token_type": "Bearer", "expires_in": 3600,
                "refresh_token": "canary-refresh", "id_token": jwt(&claims),
            }),
        )
    }
}

/// An unsigned token with these claims.
pub(crate) fn jwt(claims: &Value) -> String {
    let part = |value: String| URL_SAFE_NO_PAD.encode(value);
    format!(
        "{}.{}.c2ln",
        part(json!({"alg": "RS256"}).to_string()),
        part(claims.to_string())
    )
}

/// Path and form of a request; a `GET` has no form.
async fn read(stream: &mut TcpStream) -> (String, Form) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                let path = head.split(' ').nth(1).unwrap().to_owned();
                let form = url::form_urlencoded::parse(body.as_bytes())
                    .into_owned()
                    .collect();
                return (path, form);
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap() == 0 {
            return (String::new(), Form::new());
        }
    }
}

/// The instant at which tests run.
pub(crate) fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// A client that trusts nobody: these tests speak plain HTTP to this machine.
pub(crate) fn http() -> Http {
    trusting(rustls::RootCertStore::empty(), Arc::new(noon))
}

/// A client that trusts these roots and goes by this clock.
pub(crate) fn trusting(roots: rustls::RootCertStore, clock: Clock) -> Http {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let limit = Duration::from_secs(20);
    Http::new(tls, &Via::Direct, Vec::new(), "Understudy", limit, clock).unwrap()
}

/// The usual question.
pub(crate) fn ask(authority: &Authority) -> Ask {
    Ask {
        offline: true,
        login_hint: Some("svc@contoso.example".to_owned()),
        ..Ask::new(CLIENT, Wanted::ews(authority, HOST))
    }
}

/// A sign-in that waits.
pub(crate) async fn pending(server: &Server) -> Pending {
    let authority = server.authority().await;
    let ask = ask(&authority);
    oauth::sign_in::begin(&http(), &authority, ask)
        .await
        .unwrap()
}

/// A parameter of the address that the browser opens.
pub(crate) fn asked(pending: &Pending, name: &str) -> Option<String> {
    let mut pairs = pending.authorization_url().query_pairs();
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Where the right answer is brought.
pub(crate) fn answer(pending: &Pending, server: &Server) -> String {
    let code = server.issue(pending.authorization_url());
    format!("/?code={code}&state={}", asked(pending, "state").unwrap())
}

/// Sends `GET target` as a browser would, and gives back all of the answer.
pub(crate) async fn get(port: u16, target: &str) -> std::io::Result<String> {
    let head =
        format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/html\r\n\r\n");
    send(port, head.as_bytes()).await
}

/// Sends bytes to the listener and gives back all of the answer.
pub(crate) async fn send(port: u16, bytes: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(bytes).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Never completes: nobody gives up.
pub(crate) async fn nobody() {
    std::future::pending::<()>().await;
}
