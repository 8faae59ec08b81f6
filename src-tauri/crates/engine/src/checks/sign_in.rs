//! The service account at one address that is no EWS endpoint: Autodiscover. Asks without credentials
//! first, then logs on once, by the rules of a run: what the server offers decides, the lock-out guard
//! is asked, a refused password is noted and not sent again. Knows nothing of what is asked for.

use std::sync::Arc;

use bytes::Bytes;
use contract::{Authentication, Cause, CertificateInfo, Problem, Secret};
use exchange::{Call, Certificate, Fault, Names, Reply, Target};
use url::{Position, Url};

use super::authentication;
use super::guard::{SendAgain, Watched};
use super::lanes::{Wire, WireLane};
use super::mechanism::{Mechanism, candidates};
use super::plan::{Plan, ProxyChoice};
use super::redact::Redactor;
use super::sending::Sending;
use crate::diagnosis::{Asked, Seen, observe};
use crate::ports::{MailLane, Mailroom as _};
use crate::stage::Stage;

/// How a caller gets there beside its plan.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) names: Option<Names>,
    pub(crate) proxy_password: Option<Secret>,
    pub(crate) again: SendAgain,
    /// Takes the secrets out of what servers say.
    redactor: Arc<Redactor>,
}

impl Means {
    /// `password`: of the plan's account, where there is one.
    pub(crate) fn new(
        plan: &Plan,
        names: Option<Names>,
        sending: Sending,
        password: Option<&Secret>,
    ) -> Self {
        let mut redactor = Redactor::new(&plan.account, password.map_or("", Secret::expose));
        if let Some(secret) = &sending.proxy_password {
            let user = match &plan.proxy {
                ProxyChoice::Http { user, .. } => user.as_deref(),
                _ => None,
            };
            redactor.also(user.unwrap_or_default(), secret.expose());
        }
        Self {
            names,
            proxy_password: sending.proxy_password,
            again: sending.again,
            redactor: Arc::new(redactor),
        }
    }

    /// A text of a server without the secrets.
    pub(crate) fn clean(&self, text: String) -> String {
        self.redactor.clean(text)
    }

    /// Whether a text has a secret in it, as it stands or in the encoding of a URL.
    pub(crate) fn quotes_a_secret(&self, text: &str) -> bool {
        let quotes = |text: &str| self.clean(text.to_owned()) != text;
        let decoded = url::form_urlencoded::parse(text.as_bytes());
        let mut decoded = decoded.flat_map(|(name, value)| [name, value]);
        quotes(text) || decoded.any(|part| quotes(&part))
    }
}

/// Somebody who may log on at one address.
pub(crate) struct Caller {
    stage: Arc<Stage>,
    plan: Plan,
    wire: Arc<Wire>,
    watched: Watched,
    lane: WireLane,
    target: Target,
    /// The connection itself is logged on, so that what comes next needs no credentials.
    stays_logged_on: bool,
}

/// How a log-on ended.
pub(crate) enum SignedIn {
    /// The password (or a ticket) was taken; this is the answer to the request.
    Yes(Reply),
    /// This host refused it. Another may take it.
    Refused(String),
    /// The directory itself refused it, or the account: no host will take it.
    RefusedByDirectory(Cause, String),
    /// No way to log on that was chosen is possible here; nothing was refused.
    NotPossible(String),
    /// It was refused lately; it was not sent.
    HeldBack(String),
    /// No answer.
    Failed(Fault),
}

impl Caller {
    /// Makes ready; asks nobody but the lock-out guard. `plan` names the address.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for an address that is none, [`contract::Code::BadCertificate`].
    pub(crate) async fn new(
        stage: &Arc<Stage>,
        plan: Plan,
        password: &Secret,
        means: &Means,
    ) -> Result<Self, Problem> {
        plan.served()?;
        let endpoint = plan.endpoint_by(means.proxy_password.as_ref())?;
        let endpoint = endpoint.names(means.names.clone());
        let wire = Wire::new(endpoint, plan.trust()?, &plan.account, password);
        // Nobody is asked in the middle of it: what was refused lately stays here unless that is wanted.
        let again = match means.again {
            SendAgain::Ask | SendAgain::Never => SendAgain::Never,
            SendAgain::Yes => SendAgain::Yes,
        };
        let watched = Watched::begin(stage, &plan, password, again).await?;
        let lane = wire.wire_lane();
        Ok(Self {
            stage: Arc::clone(stage),
            plan,
            wire: Arc::new(wire),
            watched,
            lane,
            target: Target::default(),
            stays_logged_on: false,
        })
    }

    /// The same connection at another address of the same server, as it is logged on: no credentials
    /// are sent any more. `None` where every request carries the password.
    pub(crate) fn turned_to(mut self, url: &Url) -> Option<Self> {
        let path = &url[Position::BeforePath..Position::AfterQuery];
        self.target = Target::Beside(path.to_owned());
        self.lane.log_on_no_more();
        self.stays_logged_on.then_some(self)
    }

    /// Asks without credentials, or on a connection that is logged on.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) async fn ask(&mut self, body: &str) -> Result<Reply, Fault> {
        let call = self.call(body);
        self.lane.post(&call).await
    }

    /// The ways to log on that were chosen and that this reply offers.
    pub(crate) async fn ways(&self, reply: &Reply) -> Vec<Mechanism> {
        let found = authentication::of_challenge(reply, self.stage.clock.now());
        let chosen = self.plan.authentication;
        if chosen == Authentication::Bearer {
            // A token is for the host of the EWS URL, and goes to no other.
            return Vec::new();
        }
        if !candidates(chosen, &found.offered, true).contains(&Mechanism::Kerberos) {
            return candidates(chosen, &found.offered, false);
        }
        let possible = self.wire.ticket_possible().await.is_ok();
        candidates(chosen, &found.offered, possible)
    }

    /// Logs on, once, and asks.
    pub(crate) async fn sign_in(&mut self, ways: &[Mechanism], body: &str) -> SignedIn {
        if let Some(why) = &self.watched.held_back {
            return SignedIn::HeldBack(why.clone());
        }
        let call = self.call(body);
        let mut last = SignedIn::NotPossible("no way to sign in is left".to_owned());
        for way in ways {
            self.wire.choose(*way);
            self.lane.log_on();
            let outcome = self.lane.post(&call).await;
            last = self.judge(*way, outcome);
            match &last {
                SignedIn::NotPossible(_) => self.lane.close(),
                // The KDC took the password, and this server does not take its ticket.
                SignedIn::Refused(_) if *way == Mechanism::Kerberos => self.lane.close(),
                _ => {
                    self.stays_logged_on = *way != Mechanism::Basic;
                    break;
                }
            }
        }
        let stopped = match &last {
            SignedIn::Refused(_) | SignedIn::RefusedByDirectory(..) => Some(Cause::AuthRejected),
            _ => None,
        };
        self.watched.told(&self.stage, stopped).await;
        last
    }

    /// Notes that it is refused now, on a connection where it was taken before.
    pub(crate) async fn refused(&self) {
        self.watched.told(&self.stage, Some(Cause::AuthLost)).await;
    }

    /// What counts how often credentials were sent from here.
    pub(crate) fn wire(&self) -> Arc<Wire> {
        Arc::clone(&self.wire)
    }

    fn judge(&self, way: Mechanism, outcome: Result<Reply, Fault>) -> SignedIn {
        let observed = observe(&outcome, Asked::Own, &[], self.stage.clock.now());
        let told = |detail: Option<String>| detail.unwrap_or_else(|| "no reason given".to_owned());
        match outcome {
            Ok(reply) if reply.status == 401 => {
                if let Seen::Cause(cause @ Cause::AccountLocked) = observed.seen {
                    let told = "the account is locked".to_owned();
                    return SignedIn::RefusedByDirectory(cause, told);
                }
                SignedIn::Refused(format!("the server refused it ({})", way.scheme()))
            }
            Ok(reply) => {
                if reply.status < 400 {
                    self.watched.accepted();
                }
                SignedIn::Yes(reply)
            }
            Err(fault) => match observed.seen {
                Seen::LogOnRefused => {
                    SignedIn::RefusedByDirectory(Cause::AuthRejected, told(observed.detail))
                }
                Seen::Cause(cause @ (Cause::AccountLocked | Cause::AccountPasswordExpired)) => {
                    SignedIn::RefusedByDirectory(cause, told(observed.detail))
                }
                Seen::NoWay | Seen::HeldBack => SignedIn::NotPossible(told(observed.detail)),
                // What it was is told by the fault itself.
                _ => SignedIn::Failed(fault),
            },
        }
    }

    fn call(&self, body: &str) -> Call {
        Call {
            body: Bytes::copy_from_slice(body.as_bytes()),
            anchor: None,
            request_id: uuid::Builder::from_random_bytes(self.stage.dice.roll())
                .into_uuid()
                .to_string(),
            idempotent: true,
            target: self.target.clone(),
        }
    }
}

/// A chain, for showing.
pub(crate) fn shown(chain: &[Certificate]) -> Vec<CertificateInfo> {
    chain.iter().map(super::finish::info).collect()
}
