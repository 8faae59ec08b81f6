//! Delegated sign-in: authorization code with PKCE in the system browser (RFC 8252, RFC 7636), the answer
//! taken by a loopback listener.
//!
//! It opens no browser: whoever asked shows the address. A wrong `state` ends nothing, because anybody on
//! this machine can send one; everything else that is wrong ends the sign-in without tokens.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use url::Url;

use crate::loopback::request::Parameters;
use crate::loopback::{Hit, Listener, Page};
use crate::speak::{self, Carrier, Expected};
use crate::{Authority, Explanation, Failure, Http, Tokens, Wanted};

/// How long a user has to finish.
pub const TIME_LIMIT: Duration = Duration::from_mins(5);
/// How long a client of the listener has to send its request.
const HEAD_LIMIT: Duration = Duration::from_secs(5);

/// What is asked of an authority on behalf of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Application (client) ID, a public client.
    pub client_id: String,
    /// What the token is to be good for.
    pub wanted: Wanted,
    /// Who is expected to sign in.
    pub login_hint: Option<String>,
    /// A port that is registered with the authority (AD FS); else any free one.
    pub port: Option<u16>,
    /// Ask for an id token too: whose sign-in it was (`openid profile`).
    pub identity: bool,
    /// Ask for a refresh token (`offline_access`).
    pub offline: bool,
    /// Let the user pick the account, even if one is signed in in the browser.
    pub choose_account: bool,
    /// [`TIME_LIMIT`].
    pub time_limit: Duration,
}

impl Ask {
    /// Account picker, id token, no refresh token, any port, five minutes.
    #[must_use]
    pub fn new(client_id: impl Into<String>, wanted: Wanted) -> Self {
        Self {
            client_id: client_id.into(),
            wanted,
            login_hint: None,
            port: None,
            identity: true,
            offline: false,
            choose_account: true,
            time_limit: TIME_LIMIT,
        }
    }

    /// All scopes in the order they are asked in.
    pub(crate) fn scopes(&self) -> Vec<String> {
        let identity = ["openid", "profile"].map(str::to_owned);
        let identity = identity.into_iter().filter(|_| self.identity);
        let offline = Some("offline_access".to_owned()).filter(|_| self.offline);
        self.wanted
            .scopes
            .iter()
            .cloned()
            .chain(identity)
            .chain(offline)
            .collect()
    }
}

/// Something that happens while a sign-in waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An answer came whose `state` is missing or wrong. It was discarded; the sign-in goes on waiting.
    ForeignAnswer,
    /// The right answer came; the listener is closed and tokens are fetched.
    Answered,
}

/// A sign-in that waits for the browser. Dropped: nobody listens any more.
pub struct Pending {
    http: Http,
    authority: Authority,
    ask: Ask,
    listener: Listener,
    authorization_url: Url,
    redirect: RedirectUrl,
    state: CsrfToken,
    nonce: Option<CsrfToken>,
    verifier: PkceCodeVerifier,
    expires_at: Timestamp,
    deadline: tokio::time::Instant,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pending({})", self.redirect.as_str())
    }
}

/// Starts a sign-in: listens, and says which address the browser has to open.
///
/// # Errors
/// [`Failure::PortTaken`], [`Failure::NoLoopback`].
///
/// # Panics
/// Never: a port makes no address malformed.
pub async fn begin(http: &Http, authority: &Authority, ask: Ask) -> Result<Pending, Failure> {
    let listener = Listener::bind(ask.port, HEAD_LIMIT).await?;
    let redirect = RedirectUrl::new(format!("http://localhost:{}/", listener.port()))
        .expect("a port makes no address malformed");
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let nonce = ask.identity.then(CsrfToken::new_random);
    let (authorization_url, state) =
        question(authority, &ask, &redirect, challenge, nonce.as_ref());
    let limit = SignedDuration::try_from(ask.time_limit).unwrap_or(SignedDuration::MAX);
    let expires_at = http.now().checked_add(limit).unwrap_or(Timestamp::MAX);
    Ok(Pending {
        http: http.clone(),
        authority: authority.clone(),
        deadline: tokio::time::Instant::now() + ask.time_limit,
        ask,
        listener,
        authorization_url,
        redirect,
        state,
        nonce,
        verifier,
        expires_at,
    })
}

fn question(
    authority: &Authority,
    ask: &Ask,
    redirect: &RedirectUrl,
    challenge: PkceCodeChallenge,
    nonce: Option<&CsrfToken>,
) -> (Url, CsrfToken) {
    let scopes = ask.scopes();
    let client = speak::client(authority, &ask.client_id);
    let mut request = client
        .authorize_url(CsrfToken::new_random)
        .set_redirect_uri(Cow::Borrowed(redirect))
        .set_pkce_challenge(challenge)
        .add_extra_param("response_mode", "query")
        .add_scopes(speak::scopes(&scopes));
    if let Some(resource) = &ask.wanted.resource {
        request = request.add_extra_param("resource", resource.as_str());
    }
    if let Some(hint) = &ask.login_hint {
        request = request.add_extra_param("login_hint", hint.as_str());
    }
    if let Some(nonce) = nonce {
        request = request.add_extra_param("nonce", nonce.secret());
    }
    // AD FS knows `login` only, which lets the user type another account too.
    let prompt = match authority.kind() {
        crate::AuthorityKind::AdFs => "login",
        _ => "select_account",
    };
    if ask.choose_account {
        request = request.add_extra_param("prompt", prompt);
    }
    request.url()
}

impl Pending {
    /// The address to open in the system browser.
    #[must_use]
    pub fn authorization_url(&self) -> &Url {
        &self.authorization_url
    }

    /// Where the browser brings the answer: `http://localhost:PORT/`.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        self.redirect.as_str()
    }

    /// The port of the listener.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.listener.port()
    }

    /// Until when the user has time.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Waits for the browser's answer and fetches the tokens. `cancel` completes when the user gives up;
    /// `event` is told what happens meanwhile.
    ///
    /// # Errors
    /// [`Failure`]; nothing was kept and nobody listens any more.
    pub async fn wait(
        self,
        cancel: impl Future<Output = ()> + Send,
        event: impl FnMut(Event) + Send,
    ) -> Result<Tokens, Failure> {
        self.wait_for(|_| true, cancel, event).await
    }

    /// The same where tokens may turn out to be other ones than were wanted: the browser is told that the
    /// sign-in is finished only if they are `good`. They are answered all the same, for the caller to say
    /// what is wrong with them.
    ///
    /// # Errors
    /// As [`Pending::wait`].
    pub async fn wait_for(
        self,
        good: impl FnOnce(&Tokens) -> bool + Send,
        cancel: impl Future<Output = ()> + Send,
        mut event: impl FnMut(Event) + Send,
    ) -> Result<Tokens, Failure> {
        let Self {
            http,
            authority,
            ask,
            mut listener,
            redirect,
            state,
            nonce,
            verifier,
            deadline,
            ..
        } = self;
        tokio::pin!(cancel);
        let own = own_hit(&mut listener, &state, &mut event);
        let mut hit = tokio::select! {
            hit = own => hit,
            () = &mut cancel => return Err(Failure::Canceled),
            () = tokio::time::sleep_until(deadline) => return Err(Failure::TimedOut),
        };
        // One answer: from here on a second one finds nobody.
        drop(listener);
        event(Event::Answered);
        let parameters = std::mem::take(&mut hit.parameters);
        let fetch = async {
            let code = code(&authority, parameters)?;
            let exchange = Exchange {
                http: &http,
                authority: &authority,
                ask: &ask,
                redirect: &redirect,
                nonce: nonce.as_ref(),
            };
            exchange.tokens(code, verifier).await
        };
        let outcome = tokio::select! {
            outcome = fetch => outcome,
            () = &mut cancel => Err(Failure::Canceled),
        };
        let page = if outcome.as_ref().is_ok_and(good) {
            Page::Finished
        } else {
            Page::Failed
        };
        tokio::spawn(hit.reply(page));
        outcome
    }
}

/// The first answer that holds our `state`.
async fn own_hit(
    listener: &mut Listener,
    state: &CsrfToken,
    event: &mut (impl FnMut(Event) + Send),
) -> Hit {
    loop {
        let hit = listener.next().await;
        let theirs = hit.parameters.state.as_deref().unwrap_or_default();
        let own = aws_lc_rs::constant_time::verify_slices_are_equal(
            theirs.as_bytes(),
            state.secret().as_bytes(),
        );
        if own.is_ok() {
            return hit;
        }
        event(Event::ForeignAnswer);
        tokio::spawn(hit.reply(Page::Discarded));
    }
}

/// The code of an answer with the right `state`: first whose answer it is (RFC 9207 §2.4), then what.
fn code(authority: &Authority, parameters: Parameters) -> Result<AuthorizationCode, Failure> {
    let wrong = |got: &str| Failure::WrongIssuer {
        expected: authority.issuer(),
        got: crate::explain::one_line(got),
    };
    match &parameters.iss {
        Some(issuer) if !authority.is_issuer(issuer) => return Err(wrong(issuer)),
        None if authority.says_issuer() => return Err(wrong("nobody")),
        _ => {}
    }
    if let Some(error) = &parameters.error {
        let description = parameters.error_description.as_deref();
        return Err(Failure::Refused(Explanation::of(error, description)));
    }
    match parameters.code {
        Some(code) if !code.is_empty() => Ok(AuthorizationCode::new(code)),
        _ => Err(speak::not_understood(authority, 0)),
    }
}

/// The second half: the code for the tokens.
struct Exchange<'a> {
    http: &'a Http,
    authority: &'a Authority,
    ask: &'a Ask,
    redirect: &'a RedirectUrl,
    nonce: Option<&'a CsrfToken>,
}

impl Exchange<'_> {
    async fn tokens(
        &self,
        code: AuthorizationCode,
        verifier: PkceCodeVerifier,
    ) -> Result<Tokens, Failure> {
        let carrier = Carrier::new(self.http, self.authority);
        let client = speak::client(self.authority, &self.ask.client_id);
        let mut request = client
            .exchange_code(code)
            .set_pkce_verifier(verifier)
            .set_redirect_uri(Cow::Borrowed(self.redirect));
        if let Some(resource) = &self.ask.wanted.resource {
            request = request.add_extra_param("resource", resource.as_str());
        }
        let asked: speak::Asked<'_> = Box::pin(request.request_async(&carrier));
        let answer = asked.await.map_err(|error| carrier.failure(error))?;
        let expected = Expected {
            client_id: &self.ask.client_id,
            nonce: self.nonce.map(|nonce| nonce.secret().as_str()),
        };
        speak::tokens(
            &answer,
            self.http,
            self.authority,
            expected,
            &self.ask.scopes(),
        )
    }
}
