//! One log-on for work that is no run of many mailboxes: the account test, looking names up in
//! Exchange. It begins as a run begins (one anonymous request, one log-on, the lock-out guard), then
//! asks one question after the other on that one connection. It will never send a password twice.

use std::sync::Arc;

use bytes::Bytes;
use contract::{
    Cause, CheckPassword, Code, EmailConfigurationForm, OrganizationId, Problem, Secret,
};
use ews::{DistinguishedFolder, SchemaVersion};
use exchange::{Call, Fault, LogOnFault, Reply, StatsSnapshot};
use tokio::sync::watch;
use tokio::time::Instant;

use super::facts::Facts;
use super::guard::{SendAgain, Watched};
use super::overture::{Overture, Tell};
use super::plan::{Approach, Plan};
use super::sending::{Sending, for_proxy, stored_password, typed};
use super::settings::{Given, for_check};
use super::spec::Access;
use super::ticket::{Next, Ticket};
use crate::Engine;
use crate::diagnosis::{Asked, Identity, Observed, Seen, observe};
use crate::ports::{BoxFuture, MailLane};
use crate::rooms::Asker;
use crate::stage::Stage;

/// How often one question is asked at most, the first time included.
const ATTEMPTS: u32 = 3;
/// Refusals of a password that worked, before nothing is sent any more: the first one may be a mere
/// challenge where every request carries it (ruling 5).
const REFUSALS: u32 = 2;

/// A connection that is logged on, and what was learned on the way.
pub(crate) struct Session {
    pub(crate) access: Access,
    /// The schema version both sides accept.
    pub(crate) schema: SchemaVersion,
    /// Offer, certificate chain, build, own mailbox, times.
    pub(crate) facts: Facts,
    /// Identity of the account's own Inbox, where it has one.
    pub(crate) own: Option<Identity>,
    /// `client-request-id` of the newest question.
    pub(crate) request_id: String,
    lane: Box<dyn MailLane>,
    stage: Arc<Stage>,
    cancel: watch::Receiver<bool>,
    /// How often the password was refused since it was taken.
    refusals: u32,
}

/// How a log-on ended.
pub(crate) enum Opened {
    /// Signed in.
    Yes(Box<Session>),
    /// Not signed in.
    Stopped(Box<Stopped>),
    /// Cancelled on the way: how far it came, and what had gone over the wire.
    Cancelled(Box<Facts>, StatsSnapshot),
}

/// Why there is no session.
pub(crate) struct Stopped {
    /// Why.
    pub(crate) cause: Cause,
    /// The same in one plain sentence.
    pub(crate) message: String,
    /// How far it came.
    pub(crate) facts: Facts,
    /// Who asked, with what went over the wire.
    pub(crate) access: Access,
}

/// Settings, password and how it is sent: what a session of an organization opens with.
pub(crate) struct Prepared {
    /// Id and name.
    pub(crate) organization: (OrganizationId, String),
    pub(crate) plan: Plan,
    /// Its URL is the one that was saved last, and is to be found.
    pub(crate) to_find: bool,
    /// Of the settings; a run keeps it.
    pub(crate) fingerprint: String,
    /// The settings are not saved.
    pub(crate) draft: bool,
    pub(crate) password: Secret,
    pub(crate) sending: Sending,
}

/// Settles how an organization is reached: its form as it stands or as saved. Asks no server but
/// Autodiscover, where the form says `Find when checking`.
///
/// # Errors
/// [`contract::Code::NotFound`], [`contract::Code::Invalid`], [`contract::Code::Offline`],
/// [`contract::Code::PasswordNeeded`], [`contract::Code::KeyStore`].
pub(crate) async fn prepare(
    engine: &Engine,
    organization: OrganizationId,
    form: Option<EmailConfigurationForm>,
    password: CheckPassword,
    send_again: bool,
    proxy_password: Option<Secret>,
) -> Result<Prepared, Problem> {
    let request = Request {
        organization,
        form,
        password,
        send_again,
        proxy_password,
    };
    prepare_adjusted(engine, request, Finder::Here, |_| ()).await
}

/// Who finds the URL of a form that says `Find when checking`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finder {
    /// At once, before anything else.
    Here,
    /// Whoever asked, as a step of their own that can be shown and cancelled.
    Caller,
}

/// Which organization, and how its passwords are sent.
pub(crate) struct Request {
    pub(crate) organization: OrganizationId,
    /// Left out: as saved.
    pub(crate) form: Option<EmailConfigurationForm>,
    pub(crate) password: CheckPassword,
    /// Send the password although it was refused lately; else as this handle of the engine says.
    pub(crate) send_again: bool,
    pub(crate) proxy_password: Option<Secret>,
}

/// The same, with settings that differ from the stored ones.
///
/// # Errors
/// As [`prepare`].
pub(crate) async fn prepare_adjusted(
    engine: &Engine,
    request: Request,
    finder: Finder,
    adjust: impl FnOnce(&mut Plan) + Send,
) -> Result<Prepared, Problem> {
    let Request {
        organization,
        form,
        password,
        send_again,
        proxy_password,
    } = request;
    let stage = engine.stage();
    let typed = typed(password);
    let given = Given {
        password: typed.as_ref(),
        adjust: Some(Box::new(adjust)),
        ..Given::default()
    };
    let mut settings = for_check(engine, organization, form, given).await?;
    by_ews(&settings.plan)?;
    let password = match &typed {
        Some(typed) => typed.clone(),
        None => stored_password(&stage, &settings.row, &settings.plan).await?,
    };
    let again = if send_again {
        SendAgain::Yes
    } else {
        engine.sending.again
    };
    let plan = &settings.plan;
    let proxy_password = for_proxy(&stage, organization, plan, proxy_password).await?;
    let finding = settings.to_find.is_some();
    if finding && finder == Finder::Here {
        let engine = engine.sending(Sending {
            again,
            proxy_password: proxy_password.clone(),
            ..engine.sending.clone()
        });
        settings.find_url(&engine, typed.as_ref()).await?;
    }
    Ok(Prepared {
        organization: (settings.row.id, settings.row.name),
        plan: settings.plan,
        to_find: finding && finder == Finder::Caller,
        fingerprint: settings.fingerprint,
        draft: settings.draft,
        password,
        sending: Sending {
            again,
            proxy_password,
            tokens: settings.tokens,
        },
    })
}

impl Prepared {
    /// Whether the password may be sent now. Asks the guard, and no server; [`Session::open`] asks it again.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub(crate) async fn may_begin(&self, stage: &Stage) -> Result<(), Problem> {
        self.plan.served()?;
        let again = self.sending.again;
        Watched::begin(stage, &self.plan, &self.password, again)
            .await
            .map(|_| ())
    }
}

impl Session {
    /// Logs on once.
    ///
    /// # Errors
    /// Bad input costs no request: [`contract::Code::Invalid`], [`contract::Code::NotAllowed`],
    /// [`contract::Code::BadCertificate`], [`contract::Code::PasswordRefused`].
    pub(crate) async fn open(
        stage: &Arc<Stage>,
        plan: &Plan,
        password: &Secret,
        sending: &Sending,
        cancel: watch::Receiver<bool>,
    ) -> Result<Opened, Problem> {
        Self::open_telling(stage, plan, password, sending, cancel, &|_, _, _| {}).await
    }

    /// The same, telling how far it is.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) async fn open_telling(
        stage: &Arc<Stage>,
        plan: &Plan,
        password: &Secret,
        sending: &Sending,
        cancel: watch::Receiver<bool>,
        tell: &Tell<'_>,
    ) -> Result<Opened, Problem> {
        plan.served()?;
        let wire = plan.wire(stage, password, sending)?;
        let watched = Watched::begin(stage, plan, password, sending.again).await?;
        let watched = Arc::new(watched);
        let access = Access::new(stage, plan, wire, Arc::clone(&watched))?;
        let schema = SchemaVersion::Exchange2013Sp1;
        let mut overture = Overture::new(&access, cancel.clone(), schema, tell);
        let lane = overture.play().await;
        let Overture {
            schema,
            facts,
            stop,
            own,
            ..
        } = overture;
        watched
            .told(stage, stop.as_ref().map(|(cause, _)| *cause))
            .await;
        Ok(match (lane?, stop) {
            (Some(lane), _) => Opened::Yes(Box::new(Self {
                access,
                schema,
                facts,
                own,
                request_id: String::new(),
                lane,
                stage: Arc::clone(stage),
                cancel,
                refusals: 0,
            })),
            (None, Some((cause, message))) => Opened::Stopped(Box::new(Stopped {
                cause,
                message,
                facts,
                access,
            })),
            (None, None) => Opened::Cancelled(Box::new(facts), access.mailroom.snapshot()),
        })
    }

    /// What went over the wire so far.
    pub(crate) fn wire(&self) -> StatsSnapshot {
        self.access.mailroom.snapshot()
    }

    /// Whether someone wants it to end.
    pub(crate) fn cancelled(&self) -> bool {
        *self.cancel.borrow()
    }

    /// From now on nobody can cancel: what was made must be cleaned up.
    pub(crate) fn go_through(&mut self) {
        self.cancel = watch::channel(false).1;
    }

    /// Asks a question, in the directory or of the mailbox it is routed to (`anchor`: an address).
    /// What may be asked twice (`idempotent`) is asked again, three times at most, where the answer is
    /// a passing one; cancelled, it ends at once with [`Fault::Closed`].
    ///
    /// # Errors
    /// [`Fault`], where no answer came.
    pub(crate) async fn ask(
        &mut self,
        body: &str,
        anchor: Option<&str>,
        idempotent: bool,
    ) -> Result<Reply, Fault> {
        let asked = Asked::Directory;
        self.ask_of(body, anchor, idempotent, asked, &[]).await.0
    }

    /// The same, read as the answer to a certain kind of question.
    pub(crate) async fn ask_of(
        &mut self,
        body: &str,
        anchor: Option<&str>,
        idempotent: bool,
        asked: Asked,
        folders: &[DistinguishedFolder],
    ) -> (Result<Reply, Fault>, Observed) {
        let mut ticket = Ticket::of_account(&self.access.account, self.schema);
        let call = self.call(body, anchor, idempotent);
        self.request_id.clone_from(&call.request_id);
        loop {
            ticket.attempts += 1;
            ticket.first_at.get_or_insert_with(Instant::now);
            let outcome = self.once(&call).await;
            let mut observed = observe(&outcome, asked, folders, self.access.clock.now());
            if let Some(token) = &self.access.token_carried {
                observed = token.judge(observed, outcome.as_ref().ok());
            }
            self.access.redactor.clean_observed(&mut observed);
            self.heed(&outcome, &observed).await;
            let passing = match observed.seen {
                Seen::Cause(cause) if cause.is_transient() => Some(cause),
                _ => None,
            };
            let again = passing.filter(|_| idempotent && ticket.attempts < ATTEMPTS);
            let Some(cause) = again else {
                return (outcome, observed);
            };
            let dice = self.access.dice.as_ref();
            let Next::Wait(wait) = ticket.next(cause, observed.wait, Instant::now(), dice) else {
                return (outcome, observed);
            };
            tokio::select! {
                biased;
                () = until(&mut self.cancel) => return (outcome, observed),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// The next question goes over a fresh connection.
    pub(crate) fn close(&mut self) {
        self.lane.close();
    }

    fn call(&self, body: &str, anchor: Option<&str>, idempotent: bool) -> Call {
        Call {
            body: Bytes::copy_from_slice(body.as_bytes()),
            anchor: anchor.map(str::to_owned),
            request_id: uuid::Builder::from_random_bytes(self.access.dice.roll())
                .into_uuid()
                .to_string(),
            idempotent,
            target: exchange::Target::default(),
        }
    }

    /// A write is waited for whatever happens: only its answer says what it made.
    async fn once(&mut self, call: &Call) -> Result<Reply, Fault> {
        if self.refusals >= REFUSALS {
            return Err(held_back());
        }
        if !call.idempotent {
            return self.lane.post(call).await;
        }
        let answered = tokio::select! {
            biased;
            () = until(&mut self.cancel) => None,
            answered = self.lane.post(call) => Some(answered),
        };
        answered.unwrap_or_else(|| {
            self.lane.close();
            Err(Fault::Closed {
                detail: "cancelled".to_owned(),
            })
        })
    }

    /// A password that worked and is refused now is noted like any other refusal.
    async fn heed(&mut self, outcome: &Result<Reply, Fault>, observed: &Observed) {
        if was_refused(outcome, observed) {
            self.refusals += 1;
            let lost = Some(Cause::AuthLost);
            self.access.password.told(&self.stage, lost).await;
        }
    }
}

/// Whether this is a refusal of credentials that were sent, and not a mere challenge.
pub(super) fn was_refused(outcome: &Result<Reply, Fault>, observed: &Observed) -> bool {
    match observed.seen {
        Seen::LogOnRefused => true,
        Seen::Challenge => outcome.as_ref().is_ok_and(|reply| reply.with_credentials),
        _ => false,
    }
}

/// What a lane says that sends a refused password no more.
pub(super) fn held_back() -> Fault {
    LogOnFault::HeldBack { refused: true }.into()
}

impl Asker for Session {
    fn ask<'a>(
        &'a mut self,
        body: String,
        anchor: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Reply, Fault>> {
        Box::pin(async move { Self::ask(self, &body, anchor, true).await })
    }
}

/// What asks more than whether an Inbox opens speaks EWS.
fn by_ews(plan: &Plan) -> Result<(), Problem> {
    if plan.approach != Approach::Graph {
        return Ok(());
    }
    let why = "This asks Exchange over EWS, and the Mailbox Access Type goes over Microsoft Graph.";
    Err(Problem::new(Code::NotAllowed, why)
        .field("accessType")
        .hint("Start a check instead: it opens the Inbox of each mailbox over Graph."))
}

/// Waits until someone cancels; for ever where nobody can any more.
async fn until(cancel: &mut watch::Receiver<bool>) {
    if cancel.wait_for(|cancelled| *cancelled).await.is_err() {
        std::future::pending::<()>().await;
    }
}
