//! What a run is to do, settled before its first byte goes out.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use contract::{Authentication, IdentifyBy, Problem, RunId, SmtpAddress, TlsTrust};
use ews::DistinguishedFolder;
use exchange::Reply;
use store::runs::RunNumber;

use super::graph;
use super::guard::Watched;
use super::lanes::Wire;
use super::plan::{Approach, Plan};
use super::redact::Redactor;
use super::server_load::LoadSeries;
use crate::diagnosis::edition::Edition;
use crate::diagnosis::token::{Carrying, with_token};
use crate::diagnosis::wording::Words;
use crate::diagnosis::{Observed, Seen};
use crate::ports::{Clock, Dice, Mailroom};
use crate::stage::Stage;

/// A run, ready to start: its rows are in the database already.
pub(crate) struct RunSpec {
    pub(crate) run: RunId,
    /// Its number in the database.
    pub(crate) number: RunNumber,
    /// Most lanes at once, 1 to 27.
    pub(crate) ceiling: u32,
    /// Refused rows that an earlier part of the run asked a second time (ruling 4).
    pub(crate) asked_twice: HashSet<i64>,
    /// Whether it looks for room lists at its end.
    pub(crate) rooms: bool,
    /// Connections that an earlier run found its server to allow.
    pub(crate) learned: Option<u32>,
    /// What it does to the server, as it goes.
    pub(crate) load: LoadSeries,
    pub(crate) access: Arc<Access>,
}

/// Who asks which server, and how: what a log-on needs.
pub(crate) struct Access {
    /// Account Logon.
    pub(crate) account: String,
    pub(crate) authentication: Authentication,
    pub(crate) approach: Approach,
    /// Where it asks Graph: the path that all others begin with.
    pub(crate) graph: Option<String>,
    pub(crate) identify_by: IdentifyBy,
    /// Folders asked for in the one request; never empty.
    pub(crate) folders: Vec<DistinguishedFolder>,
    /// The EWS URL, and what it is made of.
    pub(crate) url: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// https.
    pub(crate) secure: bool,
    /// Whose certificates are trusted, in words.
    pub(crate) trust: String,
    /// The connection goes through an HTTP proxy.
    pub(crate) proxied: bool,
    pub(crate) mailroom: Arc<dyn Mailroom>,
    /// Of requests that carry an access token.
    pub(crate) token_carried: Option<Arc<TokenCarried>>,
    /// The password, as the lock-out guard sees it.
    pub(crate) password: Arc<Watched>,
    /// Takes the secret out of what the server sends back.
    pub(crate) redactor: Arc<Redactor>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
}

/// What the meaning of an answer depends on where its request carried an access token.
pub(crate) struct TokenCarried {
    approach: Approach,
    host: String,
    mailroom: Arc<dyn Mailroom>,
    /// It is Exchange Online that answers, by its name or by a build that it told: faults tell none.
    online: AtomicBool,
}

impl TokenCarried {
    /// The same observation, as an answer to a token.
    pub(super) fn judge(&self, observed: Observed, reply: Option<&Reply>) -> Observed {
        let build = observed.server_version.as_deref();
        if !self.online.load(Relaxed) && Edition::of(&self.host, build) == Edition::Online {
            self.online.store(true, Relaxed);
        }
        if matches!(observed.seen, Seen::Opened(_)) {
            return observed;
        }
        let facts = self.mailroom.token();
        let by_a_person = self.approach == Approach::Account;
        let carrying = Carrying {
            token: facts.as_ref(),
            host: &self.host,
            powerless: by_a_person && self.online.load(Relaxed),
        };
        with_token(observed, reply, &carrying)
    }
}

impl Access {
    /// Opens no connection yet.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for a plan that names no server, or an unknown folder.
    pub(super) fn new(
        stage: &Stage,
        plan: &Plan,
        wire: Wire,
        password: Arc<Watched>,
    ) -> Result<Self, Problem> {
        let endpoint = plan.endpoint()?;
        let redactor = Arc::clone(&wire.redactor);
        let mailroom: Arc<dyn Mailroom> = Arc::new(wire);
        let by_token = plan.authentication == Authentication::Bearer;
        let token_carried = by_token.then(|| {
            Arc::new(TokenCarried {
                approach: plan.approach,
                host: endpoint.host().to_owned(),
                mailroom: Arc::clone(&mailroom),
                online: AtomicBool::new(false),
            })
        });
        Ok(Self {
            account: plan.account.clone(),
            authentication: plan.authentication,
            approach: plan.approach,
            graph: (plan.approach == Approach::Graph).then(|| graph::base(&plan.ews_url)),
            identify_by: plan.identify_by,
            folders: plan.folders()?,
            url: plan.ews_url.clone(),
            host: endpoint.host().to_owned(),
            port: endpoint.port(),
            secure: plan
                .ews_url
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("https:"),
            trust: match &plan.tls_trust {
                TlsTrust::System => "of the system".to_owned(),
                TlsTrust::Ca { name, .. } => format!("of the system and the CA in {name}"),
                TlsTrust::Pin { .. } => "the pinned certificate and no other".to_owned(),
            },
            proxied: endpoint.is_proxied(),
            redactor,
            mailroom,
            token_carried,
            password,
            clock: Arc::clone(&stage.clock),
            dice: Arc::clone(&stage.dice),
        })
    }

    /// Requests carry an access token.
    pub(crate) fn by_token(&self) -> bool {
        self.authentication == Authentication::Bearer
    }

    /// An application asks, which has no mailbox and no name of a person.
    pub(crate) fn is_app(&self) -> bool {
        self.approach != Approach::Account
    }

    /// The account's own address, where Account Logon is one (ruling 17).
    pub(crate) fn account_address(&self) -> Option<SmtpAddress> {
        if self.account.contains('\\') {
            return None;
        }
        SmtpAddress::parse(&self.account).ok()
    }

    /// Names for sentences, with the schemes the server offers.
    pub(crate) fn words<'a>(&'a self, offered: &'a [String]) -> Words<'a> {
        Words {
            account: &self.account,
            host: &self.host,
            offered,
            auth: self.authentication.as_str(),
            application: self.is_app(),
            authority: None,
        }
    }
}

/// The words of `--folders` and of the settings tab.
pub(crate) fn folder(word: &str) -> Option<DistinguishedFolder> {
    use DistinguishedFolder as F;
    [F::Inbox, F::Calendar, F::Contacts, F::Tasks]
        .into_iter()
        .find(|folder| folder.as_str().eq_ignore_ascii_case(word))
}
