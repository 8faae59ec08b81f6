//! A look-up of users in Exchange: starting it, watching it, cancelling it. Nothing is stored until its
//! preview is applied.

use std::sync::Arc;

use contract::{
    Code, DirectoryLookup, DirectoryLookupRef, DirectorySource, DirectoryState, NoArgs,
    OrganizationId, Problem, SmtpAddress, StartDirectoryLookup,
};
use store::users;

use super::asking::{Asking, NoAnswer};
use super::walk::Walk;
use crate::Engine;
use crate::activity::count;
use crate::checks::{Opened, Prepared, Session, prepare};
use crate::jobs::Desk;
use crate::stage::Stage;
use crate::users::import::preview_rows;

/// Users who are tried, one after the other, where one has to stand in for the account.
const STAND_INS: u64 = 3;
/// Longest name that is looked up, in characters.
const LONGEST_NAME: usize = 100;

impl Engine {
    /// Starts a look-up.
    ///
    /// # Errors
    /// [`Code::Invalid`] with its field, [`Code::NotFound`], [`Code::Offline`], [`Code::PasswordNeeded`],
    /// [`Code::PasswordRefused`], [`Code::KeyStore`]; no request was sent.
    pub async fn directory_start(
        &self,
        request: StartDirectoryLookup,
    ) -> Result<DirectoryLookupRef, Problem> {
        let source = checked(request.source)?;
        let prepared = prepare(
            self,
            request.organization,
            request.form,
            request.password,
            request.send_again,
            request.proxy_password,
        )
        .await?;
        let stage = self.stage();
        prepared.may_begin(&stage).await?;
        let organization = request.organization;
        let stand_ins = stage
            .read(move |tx| Ok(users::stand_ins(tx, organization, STAND_INS)?))
            .await?;
        let lookup = uuid::Builder::from_random_bytes(stage.dice.roll())
            .into_uuid()
            .to_string();
        let first = DirectoryLookup {
            lookup: lookup.clone(),
            state: DirectoryState::Running,
            groups: 0,
            waiting: 0,
            found: 0,
            notes: Vec::new(),
            message: None,
            preview: None,
        };
        let desk = stage.lookups.enter(lookup.clone(), first);
        tokio::spawn(work(stage, prepared, source, stand_ins, desk));
        Ok(DirectoryLookupRef { lookup })
    }

    /// A look-up, as far as it is.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn directory_show(
        &self,
        request: DirectoryLookupRef,
    ) -> Result<DirectoryLookup, Problem> {
        let found = self.stage().lookups.found(&request.lookup);
        found.ok_or_else(forgotten)
    }

    /// Stops a look-up; fine if it has ended.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn directory_cancel(&self, request: DirectoryLookupRef) -> Result<NoArgs, Problem> {
        if self.stage().lookups.cancel(&request.lookup) {
            Ok(NoArgs {})
        } else {
            Err(forgotten())
        }
    }

    /// Waits for the next news of a look-up, and answers it; at once where it has ended.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn directory_wait(&self, lookup: &str) -> Result<DirectoryLookup, Problem> {
        let mut found = self.stage().lookups.watch(lookup).ok_or_else(forgotten)?;
        let now = found.borrow_and_update().clone();
        if now.state != DirectoryState::Running {
            return Ok(now);
        }
        // An error: whoever did the work is gone, and what was found last stands.
        let _ = found.changed().await;
        let news = found.borrow().clone();
        Ok(news)
    }
}

/// How a look-up ended.
struct Ended {
    state: DirectoryState,
    message: Option<String>,
}

impl Ended {
    fn failed(message: impl Into<String>) -> Self {
        Self {
            state: DirectoryState::Failed,
            message: Some(message.into()),
        }
    }

    fn cancelled() -> Self {
        Self {
            state: DirectoryState::Cancelled,
            message: Some("Canceled. Nothing was added.".to_owned()),
        }
    }
}

async fn work(
    stage: Arc<Stage>,
    prepared: Prepared,
    source: DirectorySource,
    stand_ins: Vec<String>,
    desk: Desk<DirectoryLookup>,
) {
    let Desk { found, cancel, .. } = desk;
    let ended = match open(&stage, &prepared, cancel).await {
        Ok(session) => {
            let asking = Asking::new(session, stand_ins);
            let organization = prepared.organization.0;
            look(&stage, organization, &source, asking, &found).await
        }
        Err(ended) => ended,
    };
    found.send_modify(|lookup| {
        lookup.waiting = 0;
        lookup.state = ended.state;
        lookup.message = ended.message;
    });
}

async fn open(
    stage: &Arc<Stage>,
    prepared: &Prepared,
    cancel: tokio::sync::watch::Receiver<bool>,
) -> Result<Box<Session>, Ended> {
    let Prepared {
        plan,
        password,
        sending,
        ..
    } = prepared;
    match Session::open(stage, plan, password, sending, cancel).await {
        Ok(Opened::Yes(session)) => Ok(session),
        Ok(Opened::Stopped(stopped)) => Err(Ended::failed(stopped.message)),
        Ok(Opened::Cancelled(..)) => Err(Ended::cancelled()),
        Err(problem) => Err(Ended::failed(problem.message)),
    }
}

async fn look(
    stage: &Arc<Stage>,
    organization: OrganizationId,
    source: &DirectorySource,
    asking: Asking,
    tell: &tokio::sync::watch::Sender<DirectoryLookup>,
) -> Ended {
    let mut walk = Walk::new(asking, tell);
    let end = walk.look(source).await;
    if walk.asking.cancelled() {
        return Ended::cancelled();
    }
    let said = match end {
        Ok(said) => said,
        Err(why) => return Ended::failed(sentence(source, why)),
    };
    if let Some(user) = walk.asking.stood_in() {
        let note = format!(
            "The service account has no mailbox, so the directory was asked while acting as {user}."
        );
        walk.found.note(note);
    }
    let (number, notes) = (walk.found.count(), walk.found.notes());
    tell.send_modify(|lookup| {
        lookup.found = number;
        lookup.notes = notes;
    });
    if number == 0 {
        return Ended {
            state: DirectoryState::Done,
            message: said,
        };
    }
    let rows = walk.found.into_rows();
    match preview_rows(stage, organization, name_of(source), rows).await {
        Ok(preview) => {
            tell.send_modify(|lookup| lookup.preview = Some(preview));
            Ended {
                state: DirectoryState::Done,
                message: said.or_else(|| Some(format!("Found {}.", mailboxes(number)))),
            }
        }
        Err(problem) => Ended::failed(problem.message),
    }
}

fn mailboxes(number: u64) -> String {
    if number == 1 {
        return "1 mailbox".to_owned();
    }
    count(number, "mailbox").replace("mailboxs", "mailboxes")
}

fn sentence(source: &DirectorySource, why: NoAnswer) -> String {
    match (why, source) {
        (NoAnswer::Failed(why), _) => why,
        (NoAnswer::Nobody, DirectorySource::Group { address }) => {
            format!("There is no group with the address {address}, or it is hidden.")
        }
        (NoAnswer::Nobody, _) => "Exchange found nobody.".to_owned(),
    }
}

/// What the activity log calls the source.
fn name_of(source: &DirectorySource) -> String {
    match source {
        DirectorySource::Group { address } => format!("the group {address}"),
        DirectorySource::Rooms => "the room lists of Exchange".to_owned(),
        DirectorySource::Name { name } => format!("the directory (\"{name}\")"),
    }
}

fn checked(source: DirectorySource) -> Result<DirectorySource, Problem> {
    match source {
        DirectorySource::Group { address } => {
            let address = SmtpAddress::parse(&address).map_err(|_| {
                Problem::invalid("address", format!("\"{address}\" isn't an e-mail address."))
                    .hint("Enter the e-mail address of a distribution group.")
            })?;
            Ok(DirectorySource::Group {
                address: address.to_string(),
            })
        }
        DirectorySource::Name { name } => {
            let name = name.trim().to_owned();
            let sound = !name.is_empty()
                && name.chars().count() <= LONGEST_NAME
                && !name.chars().any(char::is_control);
            if sound {
                Ok(DirectorySource::Name { name })
            } else {
                Err(Problem::invalid("name", "Enter a name.")
                    .hint("A name or its beginning, at most 100 characters on one line."))
            }
        }
        DirectorySource::Rooms => Ok(DirectorySource::Rooms),
    }
}

fn forgotten() -> Problem {
    Problem::new(Code::NotFound, "This look-up is not there any more.").hint("Start it again.")
}
