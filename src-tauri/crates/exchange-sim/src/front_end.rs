//! The web server in front: path, method, log-on, then EWS; and the faults that strike on the way.
//! Holds no lock while it waits. `crate::reply` sends what is decided here.

mod discovery;
mod graph;
mod tokens;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};
use tokio::time::sleep;

use crate::answer::{Answer, fault};
use crate::autodiscover::Door;
use crate::bearer::{KeySet, LearnError};
use crate::budgets::{Payer, Work};
use crate::counters::{LoggedRequest, Tally};
use crate::directory::Directory;
use crate::ews_error::EwsError;
use crate::fault::{HttpAnswer, What};
use crate::graph::Outcome;
use crate::impersonation::{self, Acting, look_up};
use crate::line::Line;
use crate::operations::{self, Scene};
use crate::options::AccountState;
use crate::reply::{self, Reply};
use crate::request::{self, Request as EwsRequest};
use crate::script::Script;
use crate::session::{Court, Session, Verdict};
use crate::simulator::World;
use crate::windows::{Leg, Scheme};

/// No request of a client under test comes near.
const MAX_REQUEST: usize = 1024 * 1024;

/// What a connection remembers.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) number: u64,
    pub(crate) session: Mutex<Session>,
    /// Answers to requests that were logged on.
    pub(crate) answered: AtomicU32,
    pub(crate) line: Arc<Line>,
    pub(crate) resets: Arc<AtomicBool>,
    /// One connection too many: nothing but 503 for it.
    pub(crate) too_many: bool,
}

impl Peer {
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session
            .lock()
            .expect("nothing panics while it holds the session")
    }
}

/// A request with all that is known about it.
struct Visit<'a> {
    head: &'a Parts,
    leg: Leg,
    body: Bytes,
    /// What was read of a request for EWS.
    read: Option<Result<EwsRequest, EwsError>>,
    /// What a token in it is verified with.
    keys: Option<Result<KeySet, LearnError>>,
    peer: &'a Peer,
    world: &'a World,
    directory: &'a Directory,
}

/// Who is asking, and what their log-on leaves to say.
struct Admitted {
    /// An account, or behind them an application.
    account: usize,
    logged_on: Option<Scheme>,
    token: Option<String>,
    /// The application that a token was issued to.
    application: Option<String>,
}

impl Admitted {
    /// The reply with the last word of the log-on in its headers.
    fn tell(&self, reply: Reply) -> Reply {
        let windows = matches!(self.logged_on, Some(Scheme::Ntlm | Scheme::Negotiate));
        reply.admitted(windows, self.token.clone())
    }
}

/// Answers one HTTP request; an error drops the connection.
pub(crate) async fn handle(
    request: Request<Incoming>,
    peer: &Peer,
    world: &World,
) -> io::Result<Response<Script>> {
    let _in_flight = world.tally.in_flight.enter();
    let mut exchange = peer.line.begin();
    Tally::one(&world.tally.requests);
    let directory = world.directory();
    let (head, body) = request.into_parts();
    let authorization = head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let leg = peer.session().leg(authorization);
    let early = world.queue.on_arrival(leg, head.uri.path());
    let body = Limited::new(body, MAX_REQUEST).collect().await;
    let body = body
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?
        .to_bytes();
    let path = head.uri.path();
    let is_ews = head.method == Method::POST && Door::of(path).is_none() && !graph::is_graph(path);
    let read = is_ews.then(|| request::read(&body));
    let keys = match (&directory.options.bearer, tokens::sent(&head)) {
        (Some(rules), Some(token)) if !token.is_empty() => {
            Some(world.keyring.keys(&rules.keys, token).await)
        }
        _ => None,
    };
    let visit = Visit {
        head: &head,
        leg,
        body,
        read,
        keys,
        peer,
        world,
        directory: &directory,
    };
    visit.count();
    if !directory.options.latency.is_zero() {
        sleep(directory.options.latency).await;
    }
    let reply = visit.reply(early);
    if reply.ends_connection() || visit.is_last(&reply) {
        exchange.is_last();
    }
    let response = reply::send(reply, &head.headers, &peer.resets, &directory).await?;
    Ok(response.map(|script| script.ending(exchange)))
}

impl Visit<'_> {
    fn ews(&self) -> Option<&EwsRequest> {
        self.read.as_ref()?.as_ref().ok()
    }

    fn text_of(&self, name: &HeaderName) -> Option<String> {
        let value = self.head.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    fn count(&self) {
        let tally = &self.world.tally;
        let authorization = self.text_of(&AUTHORIZATION);
        if self.leg == Leg::Anonymous {
            Tally::one(&tally.anonymous);
        } else if authorization.is_some() && self.head.method == Method::POST {
            Tally::one(&tally.posts_with_credentials);
        }
        if authorization.as_deref().is_some_and(is_credential) {
            Tally::one(&tally.credentials_received);
        }
        if self.graph_rules().is_some() {
            self.world.graph.request();
        }
        let path = self.head.uri.path().to_ascii_lowercase();
        if path.starts_with("/owa") || path == "/ews/genericerrorpage.htm" {
            Tally::one(&tally.redirect_hits);
        }
        let limit = self.directory.options.log_limit;
        if limit == 0 {
            return;
        }
        let identity = self.ews().and_then(|ews| ews.identity.as_ref());
        let entry = LoggedRequest {
            connection: self.peer.number,
            method: self.head.method.to_string(),
            path: self.head.uri.to_string(),
            host: self.text_of(&HOST),
            operation: self.ews().map(|ews| ews.operation.name().to_owned()),
            identity_kind: identity.map(|identity| identity.kind.element().to_owned()),
            identity: identity.map(|identity| identity.value.clone()),
            anchor: self.text_of(&HeaderName::from_static("x-anchormailbox")),
            schema_version: self.ews().and_then(|ews| ews.schema_version.clone()),
            user_agent: self.text_of(&USER_AGENT),
            client_request_id: self.text_of(&HeaderName::from_static("client-request-id")),
            had_authorization: authorization.is_some(),
            scheme: authorization
                .and_then(|value| value.split_whitespace().next().map(str::to_owned)),
            leg: self.leg,
        };
        tally.log(entry, limit);
    }

    /// Everything up to the question whose mailbox it is about.
    fn reply(&self, early: Option<What>) -> Reply {
        if self.peer.too_many {
            let page = HttpAnswer::throttled(503, None);
            return Reply::http(page).unless_twisted(Some(What::CloseAfter { announced: true }));
        }
        let mut twist = None;
        if let Some(what) = early {
            Tally::one(&self.world.tally.faults_struck);
            match self.instead(what) {
                Ok(reply) => return reply,
                Err(what) => twist = Some(what),
            }
        }
        if let Some(reply) = self.graph() {
            return reply.unless_twisted(twist);
        }
        if let Some(door) = Door::of(self.head.uri.path()) {
            return self.discover(door, twist.as_ref()).unless_twisted(twist);
        }
        let reply = match self.account(twist.as_ref()) {
            Ok(admitted) => admitted.tell(match self.in_order(admitted.account) {
                Ok(()) => self.accepted(admitted.account, twist.as_ref()),
                Err(refusal) => refusal,
            }),
            Err(reply) => reply,
        };
        reply.unless_twisted(twist)
    }

    /// Whether the connection ends behind this reply because it has had its number of answers.
    fn is_last(&self, reply: &Reply) -> bool {
        let Some(limit) = self.directory.options.close_after else {
            return false;
        };
        reply.is_admitted() && self.peer.answered.fetch_add(1, Ordering::Relaxed) + 1 >= limit
    }

    /// Who is asking, once path, method and credentials were in order.
    fn account(&self, twist: Option<&What>) -> Result<Admitted, Reply> {
        if !self
            .head
            .uri
            .path()
            .eq_ignore_ascii_case("/EWS/Exchange.asmx")
        {
            return Err(Reply::http(HttpAnswer::not_found()));
        }
        if self.head.method != Method::POST && !self.probes_for_tokens() {
            let page = HttpAnswer::status(405).header("allow", "POST");
            return Err(Reply::http(
                page.html("405 - Method not allowed.", "Use POST."),
            ));
        }
        let admitted = self.log_on(twist)?;
        self.is_ews_open(&admitted)?;
        Ok(admitted)
    }

    /// Who is asking, once the credentials were in order.
    fn log_on(&self, twist: Option<&What>) -> Result<Admitted, Reply> {
        if let Some(verdict) = self.token() {
            return verdict;
        }
        match self.verdict(twist) {
            Verdict::Accepted {
                account,
                logged_on,
                token,
            } => Ok(Admitted {
                account,
                logged_on,
                token,
                application: None,
            }),
            Verdict::Answer(tokens) => Err(Reply::challenge(tokens)),
            Verdict::Ask => Err(Reply::ask()),
            Verdict::LockedOut => Err(Reply::locked_out()),
        }
    }

    /// What comes of the credentials, or of the log-on of the connection.
    fn verdict(&self, twist: Option<&What>) -> Verdict {
        let authorization = self.head.headers.get(AUTHORIZATION);
        let court = Court {
            directory: self.directory,
            refusals: &self.world.refusals,
            tally: &self.world.tally,
            channel: self.world.channel.as_ref(),
            connection: self.peer.number,
            fault: match twist {
                Some(What::Challenge(fault)) => Some(*fault),
                _ => None,
            },
        };
        let mut session = self.peer.session();
        if matches!(twist, Some(What::ForgetLogOn)) {
            session.forget();
        }
        let verdict = session.judge(authorization.map(HeaderValue::as_bytes), &court);
        if self.directory.options.single_request_log_on
            && matches!(verdict, Verdict::Accepted { .. })
        {
            session.forget();
        }
        verdict
    }

    fn in_order(&self, account: usize) -> Result<(), Reply> {
        let state = self
            .directory
            .account_at(account)
            .map(|account| account.state);
        let code = match state {
            None | Some(AccountState::Ok | AccountState::Locked) => return Ok(()),
            Some(AccountState::EwsBlocked) => return Err(Reply::http(HttpAnswer::status(403))),
            Some(AccountState::Disabled) => "ErrorAccountDisabled",
            Some(AccountState::PasswordExpired) => "ErrorPasswordExpired",
            Some(AccountState::NotInDirectory) => "ErrorCallerIsInvalidADAccount",
            Some(AccountState::NotAuthorized) => "ErrorInvalidAuthorizationContext",
        };
        Err(Reply::ews(fault(&EwsError::fault(code))))
    }

    /// EWS itself, for an account in order.
    fn accepted(&self, account: usize, twist: Option<&What>) -> Reply {
        let content_type = self
            .text_of(&CONTENT_TYPE)
            .unwrap_or_default()
            .to_ascii_lowercase();
        if !content_type.starts_with("text/xml") {
            return Reply::http(HttpAnswer::status(415));
        }
        let request = match self.read.as_ref() {
            Some(Ok(request)) => request,
            Some(Err(refusal)) => return Reply::ews(fault(refusal)),
            None => return Reply::ews(fault(&EwsError::fault("ErrorInvalidRequest"))),
        };
        if let Some(version) = &request.schema_version
            && !self.directory.takes_schema(version)
        {
            return Reply::ews(fault(&EwsError::fault("ErrorInvalidServerVersion")));
        }
        let Some(what) = self.late(request) else {
            return self.operate(request, account, twist);
        };
        Tally::one(&self.world.tally.faults_struck);
        if let What::Ews(error) = &what {
            return Reply::ews(self.failing(request, account, error));
        }
        match self.instead(what) {
            Ok(reply) => reply,
            Err(what) => self
                .operate(request, account, Some(&what))
                .unless_twisted(Some(what)),
        }
    }

    /// Counts whom the request impersonates, and looks for a fault planned for it.
    fn late(&self, request: &EwsRequest) -> Option<What> {
        let operation = request.operation.name();
        let Some(identity) = &request.identity else {
            return self.world.queue.on_request(operation, &[]);
        };
        self.world.tally.impersonated(&identity.value);
        if !self.world.queue.expects_requests() {
            return None;
        }
        let primary = look_up(identity, self.directory).ok();
        let primary = primary.map(|mailbox| self.directory.mailbox(mailbox).primary.as_str());
        let identities = [identity.value.as_str(), primary.unwrap_or_default()];
        self.world.queue.on_request(operation, &identities)
    }

    fn operate(&self, request: &EwsRequest, account: usize, twist: Option<&What>) -> Reply {
        let directory = self.directory;
        if request.identity.is_some()
            && directory.options.anchor_required
            && !self.head.headers.contains_key("x-anchormailbox")
        {
            let refusal = EwsError::fault("ErrorNoRespondingCASInDestinationSite");
            return Reply::ews(fault(&refusal));
        }
        let acting = match twist {
            Some(What::HeaderIgnored) => Ok(Acting::Own {
                mailbox: directory.own_mailbox(account),
            }),
            Some(What::WrongMailbox(primary)) => directory
                .by_primary(primary)
                .map(Acting::As)
                .ok_or_else(|| EwsError::fault("ErrorNonExistentMailbox")),
            _ => self.in_proper_name(request, account).and_then(|()| {
                impersonation::resolve(request.identity.as_ref(), account, directory)
            }),
        };
        let operation = &request.operation;
        let admitted =
            acting.and_then(|acting| self.charge(acting, account).map(|work| (acting, work)));
        match admitted {
            Ok((acting, work)) => {
                let answer = operations::answer(operation, &self.scene(acting, account));
                Reply::ews(answer).after(work)
            }
            Err(refusal) => Reply::ews(directory.envelope.error(operation.name(), &refusal)),
        }
    }

    /// Has the request paid for, where the server throttles.
    fn charge(&self, acting: Acting, account: usize) -> Result<Option<Work>, EwsError> {
        let Some(rules) = &self.directory.options.throttling else {
            return Ok(None);
        };
        let asker = match acting {
            Acting::As(mailbox) => {
                Payer::Mailbox(self.directory.mailbox(mailbox).primary.to_lowercase())
            }
            Acting::Own { .. } => Payer::Account(account),
        };
        let work = self.world.budgets.admit(asker, account, rules)?;
        Ok(Some(work))
    }

    fn scene(&self, acting: Acting, account: usize) -> Scene<'_> {
        Scene {
            acting,
            account,
            directory: self.directory,
            items: &self.world.items,
            tally: &self.world.tally,
        }
    }

    /// The answer with a planned EWS error in it.
    fn failing(&self, request: &EwsRequest, account: usize, error: &EwsError) -> Answer {
        let directory = self.directory;
        match impersonation::resolve(request.identity.as_ref(), account, directory) {
            Ok(acting) => {
                operations::failing(&request.operation, error, &self.scene(acting, account))
            }
            Err(_) => directory.envelope.error(request.operation.name(), error),
        }
    }

    /// The reply that a fault puts in place of the true one; gives back a fault that only changes
    /// the true one.
    fn instead(&self, what: What) -> Result<Reply, What> {
        let what = match self.graph_rules() {
            None => what,
            Some(_) => match Outcome::planned(what) {
                Ok(outcome) => return Ok(self.dressed(outcome)),
                Err(what) => what,
            },
        };
        let xml = |body: String| {
            Reply::ews(Answer {
                status: 200,
                body: Bytes::from(body),
            })
        };
        Ok(match what {
            What::Ews(error) => {
                let operation = self.ews().map_or("GetFolder", |ews| ews.operation.name());
                Reply::ews(self.directory.envelope.error(operation, &error))
            }
            What::Http(answer) => Reply::http(answer),
            What::NotXml => xml("ERROR: the service is <unavailable".to_owned()),
            What::WrongShape => xml("<?xml version=\"1.0\"?><status><ok/></status>".to_owned()),
            What::Body(body) => xml(body),
            What::DeepNesting(depth) => xml(format!(
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{}{}\
                 </s:Body></s:Envelope>",
                "<a>".repeat(depth),
                "</a>".repeat(depth)
            )),
            What::Huge(_)
            | What::Close
            | What::CloseInHandshake
            | What::Reset
            | What::Stall(_)
            | What::NoTls(_) => Reply::struck(what),
            What::CloseMidAnswer
            | What::Drip { .. }
            | What::Delay(_)
            | What::WrongMailbox(_)
            | What::HeaderIgnored
            | What::CloseAfter { .. }
            | What::Chunked
            | What::ForgetLogOn
            | What::Challenge(_) => return Err(what),
        })
    }
}

/// Whether an `Authorization` value is more than the name of a scheme.
fn is_credential(value: &str) -> bool {
    value.split_whitespace().nth(1).is_some()
}
