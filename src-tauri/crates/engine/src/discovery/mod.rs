//! Autodiscover: finds the EWS URL of an address, each step shown.
//!
//! What needs no credentials goes first. The password goes to a host only where the host asks for it,
//! its certificate was verified and a person consented; once a host, to two hosts at most, never over
//! http. Nothing is followed but https, ten redirects in all. The steps stand in files of their own:
//! `json`, `door` (looks without credentials), `ask` (SOAP and POX), `log_on`, `elsewhere` (http redirect,
//! SRV); `trail` and `consent` say what may be done, `walk` holds it together.

mod answer;
mod ask;
mod candidates;
mod cloud;
mod consent;
mod door;
mod elsewhere;
mod find;
mod json;
mod log_on;
mod question;
mod trail;
mod walk;

use std::sync::Arc;

use contract::{
    AnswerConsent, CheckPassword, Code, Discovery, DiscoveryRef, DiscoveryState,
    EmailConfigurationForm, NoArgs, OrganizationId, Problem, Secret, SmtpAddress, StartDiscovery,
};
use store::{confirmed_hosts, users};
use tokio::sync::watch;
use url::Url;

pub use consent::Asking;
pub(crate) use find::{Found, Lookup, NotFound, find, told};

use self::consent::Consents;
use self::trail::place;
use self::walk::{Quest, Walk};
use crate::Engine;
use crate::checks::{Means, Plan, SendAgain, Sending, for_discovery, go_online};
use crate::stage::Stage;

/// A discovery without a form: of the command line.
pub struct Search {
    /// Whose mailbox is looked for.
    pub address: String,
    /// Account, authentication, trust, proxy; its URL may be empty.
    pub plan: Plan,
    /// `None`: no step with credentials.
    pub password: Option<Secret>,
    /// How passwords are sent.
    pub sending: Sending,
    /// Hosts that may be sent the password without a question.
    pub send_to: Vec<String>,
    /// Who is asked about others.
    pub asking: Asking,
}

/// A discovery that goes on.
pub struct StartedDiscovery {
    /// Its id, for answers and for cancelling.
    pub discovery: String,
    /// What it has found so far; the last value is the final one.
    pub found: watch::Receiver<Discovery>,
}

impl Engine {
    /// Starts Autodiscover for an address.
    ///
    /// # Errors
    /// [`Code::Invalid`] for the address or the form, [`Code::NotFound`], [`Code::Offline`],
    /// [`Code::PasswordNeeded`] where the stored one is wanted and there is none.
    pub async fn discovery_start(&self, request: StartDiscovery) -> Result<DiscoveryRef, Problem> {
        go_online(self).await?;
        let stage = self.stage();
        let organization = request.organization;
        let address = address_of(&stage, organization, request.address, &request.form).await?;
        let (plan, proxy_password) =
            for_discovery(self, organization, request.form, request.proxy_password).await?;
        let password = match request.password {
            None => None,
            Some(CheckPassword::Typed { password }) => {
                Some(password).filter(|typed| !typed.is_empty())
            }
            Some(CheckPassword::Stored) if !plan.wants_password() => None,
            Some(CheckPassword::Stored) => {
                let stored = stage.password(organization).await?;
                Some(stored.ok_or_else(no_password)?)
            }
        };
        let again = if request.send_again {
            SendAgain::Yes
        } else {
            SendAgain::Never
        };
        let sending = Sending {
            again,
            proxy_password,
            tokens: None,
        };
        let quest = self
            .quest(address, plan, password, sending, Some(organization))
            .await?;
        Ok(DiscoveryRef {
            discovery: start(quest)?.discovery,
        })
    }

    /// Starts Autodiscover without a form.
    ///
    /// # Errors
    /// [`Code::Invalid`] for the address, [`Code::BadCertificate`], [`Code::NotAllowed`] for a way to
    /// sign in that is not served.
    pub async fn discover(&self, search: Search) -> Result<StartedDiscovery, Problem> {
        let address = parsed(&search.address)?;
        search.plan.served()?;
        let mut quest = self
            .quest(address, search.plan, search.password, search.sending, None)
            .await?;
        quest.consents.asking = search.asking;
        quest.consents.in_advance = search.send_to;
        start(quest)
    }

    /// What a discovery has found so far.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn discovery_show(&self, request: DiscoveryRef) -> Result<Discovery, Problem> {
        let found = self.stage().discoveries.found(&request.discovery);
        found.ok_or_else(gone)
    }

    /// Answers a question.
    ///
    /// # Errors
    /// [`Code::NotFound`] where nobody waits for it any more.
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn discovery_answer(&self, request: AnswerConsent) -> Result<NoArgs, Problem> {
        let stage = self.stage();
        let id = request.discovery.clone();
        if stage.discoveries.answer(&id, request) {
            Ok(NoArgs {})
        } else {
            Err(gone())
        }
    }

    /// Stops a discovery; what was found stays.
    ///
    /// # Errors
    /// None: one that has ended needs no stopping.
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn discovery_cancel(&self, request: DiscoveryRef) -> Result<NoArgs, Problem> {
        self.stage().discoveries.cancel(&request.discovery);
        Ok(NoArgs {})
    }

    /// What a discovery works with.
    async fn quest(
        &self,
        address: SmtpAddress,
        mut plan: Plan,
        password: Option<Secret>,
        sending: Sending,
        organization: Option<OrganizationId>,
    ) -> Result<Quest, Problem> {
        let stage = self.stage();
        plan.resolve.extend(self.inner.resolve.iter().cloned());
        let remembered = match organization {
            Some(id) => {
                stage
                    .read(move |tx| Ok(confirmed_hosts::list(tx, id)?))
                    .await?
            }
            None => Vec::new(),
        };
        let consents = Consents {
            own: Url::parse(&plan.ews_url).ok().map(|url| place(&url)),
            remembered,
            ..Consents::default()
        };
        let names = stage.names.clone();
        let means = Means::new(&plan, names, sending, password.as_ref());
        Ok(Quest {
            stage,
            address,
            plan,
            means,
            password,
            organization,
            consents,
        })
    }
}

fn start(quest: Quest) -> Result<StartedDiscovery, Problem> {
    let stage = Arc::clone(&quest.stage);
    let id = uuid::Builder::from_random_bytes(stage.dice.roll())
        .into_uuid()
        .to_string();
    let desk = stage
        .discoveries
        .enter(id.clone(), nothing_yet(&id, &quest.address));
    let found = desk.found.subscribe();
    tokio::spawn(Walk::new(quest, desk)?.go());
    Ok(StartedDiscovery {
        discovery: id,
        found,
    })
}

fn nothing_yet(id: &str, address: &SmtpAddress) -> Discovery {
    Discovery {
        discovery: id.to_owned(),
        address: address.to_string(),
        state: DiscoveryState::Running,
        steps: Vec::new(),
        candidates: Vec::new(),
        question: None,
        redirect_address: None,
        message: None,
    }
}

/// The address that was named; else `Account Logon` where it is one; else a user's.
///
/// # Errors
/// [`Code::Invalid`] where there is none.
pub(crate) async fn address_of(
    stage: &Stage,
    organization: OrganizationId,
    named: Option<String>,
    form: &EmailConfigurationForm,
) -> Result<SmtpAddress, Problem> {
    if let Some(named) = named.filter(|named| !named.trim().is_empty()) {
        return parsed(&named);
    }
    if let Ok(account) = SmtpAddress::parse(&form.account_logon) {
        return Ok(account);
    }
    let examples = stage
        .read(move |tx| Ok(users::examples(tx, organization)?))
        .await?;
    match examples.user.or(examples.canary) {
        Some(user) => parsed(&user),
        None => Err(
            Problem::invalid("address", "Which e-mail address is to be looked for?")
                .hint("Enter an address of this organization, or add users first."),
        ),
    }
}

fn parsed(address: &str) -> Result<SmtpAddress, Problem> {
    SmtpAddress::parse(address).map_err(|error| {
        Problem::invalid(
            "address",
            format!("{address:?} is no e-mail address: {error}."),
        )
        .hint("Give an address like user1@contoso.com.")
    })
}

fn no_password() -> Problem {
    Problem::new(Code::PasswordNeeded, "The password isn't stored.")
        .field("password")
        .hint("Enter it, or look without a password: most steps need none.")
}

fn gone() -> Problem {
    Problem::new(Code::NotFound, "This discovery is not there any more.").hint("Start it again.")
}
