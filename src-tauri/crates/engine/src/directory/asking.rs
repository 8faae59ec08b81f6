//! Asking the directory as the service account and, where that has no mailbox, while impersonating a
//! user. It reads one response message an answer and decides nothing about its contents.

use ews::{Body, ConnectingSid, RequestError, ResponseClass, ResponseCode, ResponseMessage};

use crate::checks::Session;
use crate::diagnosis::wording::{RowFacts, row_message};
use crate::diagnosis::{Asked, Observed, Seen};

/// Whoever asks: the account, or the account as a user.
pub(super) struct Asking {
    session: Box<Session>,
    /// Users who may stand in, the next one last.
    stand_ins: Vec<String>,
    /// The user who stands in.
    standing_in: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// `ErrorNameResolutionNoResults`: nobody and nothing of that name.
    Nobody,
    /// Anything else, in one plain sentence.
    Failed(String),
}

impl Asking {
    /// `stand_ins`: the first one is tried first.
    pub(super) fn new(session: Box<Session>, mut stand_ins: Vec<String>) -> Self {
        stand_ins.reverse();
        Self {
            session,
            stand_ins,
            standing_in: None,
        }
    }

    /// The user who stood in, if one had to.
    pub(super) fn stood_in(&self) -> Option<&str> {
        self.standing_in.as_deref()
    }

    /// Whether someone wants it to end.
    pub(super) fn cancelled(&self) -> bool {
        self.session.cancelled()
    }

    /// Asks one question. `write` makes the request for whoever is impersonated.
    pub(super) async fn ask(
        &mut self,
        write: impl Fn(ews::SchemaVersion, Option<&ConnectingSid>) -> Result<String, RequestError>,
    ) -> Result<ResponseMessage, NoAnswer> {
        loop {
            let user = self.standing_in.clone();
            let identity = match &user {
                Some(address) => Some(ConnectingSid::smtp_address(address).map_err(|e| no(&e))?),
                None => None,
            };
            let body = write(self.session.schema, identity.as_ref()).map_err(|e| no(&e))?;
            let asked = if user.is_some() {
                Asked::Impersonating
            } else {
                Asked::Directory
            };
            let anchor = user.clone().or_else(|| self.own_address());
            let (outcome, observed) = self
                .session
                .ask_of(&body, anchor.as_deref(), true, asked, &[])
                .await;
            let read = outcome
                .ok()
                .and_then(|reply| ews::read(&reply.body).ok())
                .map(|answer| answer.body);
            let (code, message) = match read {
                Some(Body::Messages(mut messages)) if !messages.is_empty() => {
                    let message = messages.swap_remove(0);
                    (message.deciding_code(), Some(message))
                }
                Some(Body::Fault(fault)) => (fault.deciding_code(), None),
                _ => return Err(NoAnswer::Failed(self.sentence(&observed))),
            };
            match message.filter(|message| message.class != ResponseClass::Error) {
                Some(message) => return Ok(message),
                None if code == ResponseCode::ErrorNameResolutionNoResults => {
                    return Err(NoAnswer::Nobody);
                }
                None if needs_stand_in(&code, user.is_some()) => self.next_stand_in(&observed)?,
                None => return Err(NoAnswer::Failed(self.sentence(&observed))),
            }
        }
    }

    fn next_stand_in(&mut self, observed: &Observed) -> Result<(), NoAnswer> {
        let had = self.standing_in.is_some();
        self.standing_in = self.stand_ins.pop();
        if self.standing_in.is_some() {
            return Ok(());
        }
        let why = if had {
            format!(
                "The service account has no mailbox to ask the directory with, and may not act as a user: {}.",
                self.said(observed)
            )
        } else {
            "The service account has no mailbox to ask the directory with, and there is no user to act as. Add one user first, or give the account a mailbox.".to_owned()
        };
        Err(NoAnswer::Failed(why))
    }

    fn own_address(&self) -> Option<String> {
        let account = &self.session.access.account;
        (account.contains('@') && !account.contains('\\')).then(|| account.clone())
    }

    fn sentence(&self, observed: &Observed) -> String {
        if self.cancelled() {
            return "Canceled.".to_owned();
        }
        format!(
            "Exchange didn't answer the question: {}.",
            self.said(observed)
        )
    }

    fn said(&self, observed: &Observed) -> String {
        let access = &self.session.access;
        let words = access.words(&[]);
        let said = match observed.seen {
            Seen::Cause(cause) => row_message(cause, &RowFacts::of(observed, 1), &words),
            Seen::Challenge | Seen::LogOnRefused => {
                format!("the sign-in of {} stopped working", access.account)
            }
            _ => match &observed.ews_code {
                Some(code) => format!("the server answered {code}"),
                None => "the answer can't be understood".to_owned(),
            },
        };
        said.trim_end_matches('.').to_owned()
    }
}

/// As the account: it has no mailbox, in the words Exchange is known to use. As a user: this one can't
/// be acted as, and another may.
fn needs_stand_in(code: &ResponseCode, as_user: bool) -> bool {
    use ResponseCode as C;
    let no_mailbox = matches!(
        code,
        C::ErrorNameResolutionNoMailbox
            | C::ErrorMissingEmailAddress
            | C::ErrorNonExistentMailbox
            | C::ErrorInvalidLicense
    );
    let not_this_one = matches!(
        code,
        C::ErrorImpersonateUserDenied
            | C::ErrorImpersonationDenied
            | C::ErrorNonPrimarySmtpAddress
            | C::ErrorAccountDisabled
            | C::ErrorMailboxMoveInProgress
            | C::ErrorMailboxStoreUnavailable
    );
    no_mailbox || (as_user && not_this_one)
}

fn no(error: &RequestError) -> NoAnswer {
    NoAnswer::Failed(format!("The question can't be asked: {error}."))
}
