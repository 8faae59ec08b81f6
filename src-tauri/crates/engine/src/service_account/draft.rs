//! The one thing this program ever writes into a mailbox, and how it takes it away: a draft without
//! recipients, saved and never sent, deleted for good and looked for once more. Once it may be there,
//! nothing but the end of the process keeps it from being deleted.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use contract::{Cause, Step};
use ews::{Body, Draft, ItemId, ResponseCode, create_item, delete_item, find_item, get_item};
use exchange::{Fault, Reply};
use tokio::sync::watch;
use tokio::time::Instant;

use super::play::Played;
use crate::checks::{Asking, Opened, Rung as _, Session};
use crate::diagnosis::log_on::{NO_WAY, no_way};
use crate::diagnosis::wording::{self, RowFacts};
use crate::diagnosis::{Asked, Observed, Seen};
use crate::stage::Stage;

/// How often a draft is deleted and looked for.
const ATTEMPTS: u32 = 3;
/// Pause before it is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// How often a draft is looked for whose answer was lost: it may still be on its way.
const SEARCHES: u32 = 2;

/// What writing came to.
pub(super) enum Wrote {
    /// Written, and gone again.
    Clean,
    /// It did not work, and nothing is left: why.
    Not(Cause, String),
    /// Something is left, or may be: what to do about it.
    Left(String),
}

/// A draft that is not proven gone.
#[derive(Debug, Clone)]
pub(super) struct Unclean {
    subject: String,
    /// `None`: its answer is not there yet.
    item: Option<ItemId>,
}

/// What is known of the item.
enum Known {
    Made(ItemId),
    /// Refused: nothing was made.
    Refused(Cause, String),
    /// It may be there: why it is not known.
    Lost {
        cause: Cause,
        why: String,
        /// Exchange answered: whatever there is, is there now.
        answered: bool,
    },
}

impl Played<'_> {
    /// Creates a draft in the target mailbox and deletes it; shows both steps.
    pub(super) async fn draft(&mut self, session: &mut Session) -> Wrote {
        // From here on nobody can cancel: what is written must go.
        session.go_through();
        let subject = Self::subject_line(session);
        self.show(self.step("create_item").running());
        let started = Instant::now();
        self.note_unclean(Some(&subject), None);
        let known = self.create(session, &subject).await;
        let step = self
            .step("create_item")
            .took(Some(started.elapsed()))
            .seen([format!("Subject: {subject}"), "Folder: Drafts".to_owned()])
            .seen(self.asking.lines());
        let wrote = match known {
            Known::Made(item) => {
                self.note_unclean(Some(&subject), Some(&item));
                let target = self.checked.mailbox.as_str();
                self.show(step.pass(format!("A draft was created in {target}.")));
                self.clean_up(session, &[item], &subject).await
            }
            Known::Refused(cause, message) => {
                self.show(step.fail(cause, &message, &self.words()));
                let nothing = "Nothing to delete: no draft was created.";
                self.show(self.step("delete_item").skipped(nothing));
                Wrote::Not(cause, message)
            }
            Known::Lost {
                cause,
                why,
                answered,
            } => {
                let message = format!("Whether a draft was created was not told: {why}.");
                self.show(step.fail(cause, &message, &self.words()));
                self.after_loss(session, &subject, (cause, &message, answered))
                    .await
            }
        };
        self.note_unclean(None, None);
        wrote
    }

    fn note_unclean(&self, subject: Option<&str>, item: Option<&ItemId>) {
        let noted = subject.map(|subject| Unclean {
            subject: subject.to_owned(),
            item: item.cloned(),
        });
        *self.unclean.lock().unwrap_or_else(PoisonError::into_inner) = noted;
    }

    fn unclean(&self) -> Option<Unclean> {
        let noted = self.unclean.lock();
        noted.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes away what a test that broke off has left, with a log-on of its own. Answers what to say of
    /// it; `None`: it wrote nothing.
    pub(super) async fn sweep(&mut self, stage: &Arc<Stage>) -> Option<String> {
        let Unclean { subject, item } = self.unclean()?;
        let told = self.subject;
        let (_held, nobody_cancels) = watch::channel(false);
        let (plan, password, sending) = (&told.plan, &told.password, &told.sending);
        let opened = Session::open(stage, plan, password, sending, nobody_cancels).await;
        let Ok(Opened::Yes(mut session)) = opened else {
            return Some(self.left(&subject));
        };
        let items = match item {
            Some(item) => vec![item],
            None => match self.search(&mut session, &subject).await {
                Ok(items) if !items.is_empty() => items,
                _ => return Some(self.left(&subject)),
            },
        };
        Some(match self.clean_up(&mut session, &items, &subject).await {
            Wrote::Left(left) => left,
            Wrote::Clean | Wrote::Not(..) => "Its draft was deleted all the same.".to_owned(),
        })
    }

    /// What may be left, where even cleaning up broke off.
    pub(super) fn untidy(&self) -> Option<String> {
        self.unclean().map(|unclean| self.left(&unclean.subject))
    }

    /// Looks for a draft by its subject, and takes it away.
    async fn after_loss(
        &mut self,
        session: &mut Session,
        subject: &str,
        (cause, message, answered): (Cause, &str, bool),
    ) -> Wrote {
        self.show(self.step("delete_item").running());
        match self.search(session, subject).await {
            Ok(items) if items.is_empty() && answered => {
                let nothing = "Nothing to delete: no draft was found.";
                self.show(self.step("delete_item").skipped(nothing));
                Wrote::Not(cause, format!("{message} None was found."))
            }
            Ok(items) if items.is_empty() => {
                let late = format!(
                    "None was found. Should it come later: {}",
                    self.left(subject)
                );
                self.show(self.step("delete_item").skipped(&late));
                Wrote::Left(format!("{message} {late}"))
            }
            Ok(items) => match self.clean_up(session, &items, subject).await {
                Wrote::Clean => {
                    let found = "It was found by its subject and deleted.";
                    Wrote::Not(cause, format!("{message} {found}"))
                }
                other => other,
            },
            Err(unsearched) => {
                let left = self.left(subject);
                let seen = [format!("FindItem: {unsearched}")];
                let step = self.step("delete_item").fail(cause, &left, &self.words());
                self.show(self.by_hand(step).seen(seen));
                Wrote::Left(format!("{message} {left}"))
            }
        }
    }

    /// What has this subject in Drafts, over a fresh connection; twice where nothing is there.
    async fn search(
        &mut self,
        session: &mut Session,
        subject: &str,
    ) -> Result<Vec<ItemId>, String> {
        let user = self.checked.user.as_ref().map(|(user, _)| user);
        let body = find_item::request(session.schema, user, self.checked.beside(), subject)
            .expect("the identities were read when the test began");
        let anchor = self.anchor();
        let mut last = Ok(Vec::new());
        for search in 1..=SEARCHES {
            session.close();
            if search > 1 {
                tokio::time::sleep(PAUSE).await;
            }
            let outcome = session.ask(&body, anchor.as_deref(), true).await;
            last = found(&outcome, subject);
            if last.as_ref().is_ok_and(|items| !items.is_empty()) {
                break;
            }
        }
        last.map_err(|why| session.access.redactor.clean(why))
    }

    /// Names the program and the time, and nobody else has it.
    fn subject_line(session: &Session) -> String {
        let now = session.access.clock.now().strftime("%Y-%m-%d %H:%M:%S UTC");
        let roll = u128::from_le_bytes(session.access.dice.roll());
        format!("Understudy test draft {now} {:08x}", roll % (1 << 32))
    }

    async fn create(&mut self, session: &mut Session, subject: &str) -> Known {
        let user = self.checked.user.as_ref().map(|(user, _)| user);
        let draft = Draft {
            subject,
            body: "Written by the Service Account Access test of Understudy and deleted at once. If you can read this, delete it.",
        };
        let body = create_item::request(session.schema, user, self.checked.beside(), draft)
            .expect("the identities were read when the test began");
        let anchor = self.anchor();
        let asked = Asked::Impersonating;
        // A connection that rested while somebody was asked may be half dead, and would cost the answer.
        session.close();
        let (outcome, observed) = session
            .ask_of(&body, anchor.as_deref(), false, asked, &[])
            .await;
        self.note(session, &observed);
        if let Some(item) = made(&outcome) {
            return Known::Made(item);
        }
        let (cause, why) = match &observed.seen {
            Seen::Cause(cause) => (*cause, Self::why(session, *cause, &observed)),
            Seen::Challenge | Seen::LogOnRefused | Seen::HeldBack => {
                let lost = Cause::AuthLost;
                (lost, Self::why(session, lost, &observed))
            }
            Seen::NoWay => (NO_WAY, no_way(&observed)),
            Seen::StepDown { otherwise, .. } => {
                (*otherwise, Self::why(session, *otherwise, &observed))
            }
            Seen::AccountDisabled => {
                let disabled = Cause::MailboxDisabled;
                (disabled, Self::why(session, disabled, &observed))
            }
            Seen::Opened(_) | Seen::NoOwnMailbox => {
                let odd = Cause::ProtocolUnexpected;
                (odd, Self::why(session, odd, &observed))
            }
        };
        if is_refusal(&outcome, &observed) {
            return Known::Refused(cause, format!("No draft was created: {why}."));
        }
        Known::Lost {
            cause,
            why,
            answered: observed.ews_code.is_some(),
        }
    }

    /// Deletes, and looks whether it is gone; more than once if it must.
    async fn clean_up(&mut self, session: &mut Session, items: &[ItemId], subject: &str) -> Wrote {
        self.show(self.step("delete_item").running());
        let started = Instant::now();
        let mut seen = Vec::new();
        for attempt in 1..=ATTEMPTS {
            if attempt > 1 {
                session.close();
                tokio::time::sleep(PAUSE).await;
            }
            let mut gone = true;
            for item in items {
                let deleted = self.delete(session, item).await;
                seen.push(format!("DeleteItem: {deleted}"));
                let verified = self.look(session, item).await;
                seen.push(format!("GetItem afterwards: {verified}"));
                gone &= verified == ResponseCode::ErrorItemNotFound.as_str();
            }
            if gone {
                let step = self.step("delete_item").pass("The draft is gone again.");
                self.show(step.took(Some(started.elapsed())).seen(seen));
                return Wrote::Clean;
            }
        }
        let left = self.left(subject);
        let step: Step = self.step("delete_item");
        let step = step.fail(Cause::ServerError, &left, &self.words());
        let step = self.by_hand(step);
        self.show(step.took(Some(started.elapsed())).seen(seen));
        Wrote::Left(left)
    }

    fn by_hand(&self, step: Step) -> Step {
        Step {
            next: Some(format!(
                "Open the mailbox of {} and delete the draft, or have its owner do it.",
                self.checked.mailbox.as_str()
            )),
            ..step
        }
    }

    async fn delete(&mut self, session: &mut Session, item: &ItemId) -> String {
        let user = self.checked.user.as_ref().map(|(user, _)| user);
        let body = delete_item::request(session.schema, user, item)
            .expect("the item has the identity that Exchange gave it");
        self.ask_for_code(session, &body).await
    }

    async fn look(&mut self, session: &mut Session, item: &ItemId) -> String {
        let user = self.checked.user.as_ref().map(|(user, _)| user);
        let body = get_item::request(session.schema, user, item)
            .expect("the item has the identity that Exchange gave it");
        self.ask_for_code(session, &body).await
    }

    /// The response code, or why there is none. Both questions may be asked twice.
    async fn ask_for_code(&mut self, session: &mut Session, body: &str) -> String {
        let anchor = self.anchor();
        let asked = Asked::Impersonating;
        let (outcome, observed) = session
            .ask_of(body, anchor.as_deref(), true, asked, &[])
            .await;
        match (observed.ews_code, outcome) {
            (Some(code), _) => code,
            (None, Err(fault)) => fault.to_string(),
            (None, Ok(reply)) => match message(&reply) {
                Some(message) => message.deciding_code().as_str().to_owned(),
                None => format!("HTTP status {}", reply.status),
            },
        }
    }

    fn anchor(&self) -> Option<String> {
        let address = self.checked.mailbox.as_str();
        address.is_ascii().then(|| address.to_owned())
    }

    fn left(&self, subject: &str) -> String {
        format!(
            "A draft with the subject \"{subject}\" may be left in Drafts of {}; delete it by hand.",
            self.checked.mailbox.as_str()
        )
    }

    fn note(&mut self, session: &Session, observed: &Observed) {
        self.asking = Asking {
            took: observed.elapsed,
            answered: observed.elapsed,
            request_id: session.request_id.clone(),
            http_status: observed.http_status,
            ews_code: observed.ews_code.clone(),
        };
    }

    fn why(session: &Session, cause: Cause, observed: &Observed) -> String {
        let words = session.access.words(&session.facts.authentication.offered);
        wording::row_message(cause, &RowFacts::of(observed, 1), &words)
    }
}

/// What was made, whatever else the answer says.
fn made(outcome: &Result<Reply, Fault>) -> Option<ItemId> {
    let message = message(outcome.as_ref().ok()?)?;
    message.item_ids.into_iter().next()
}

/// Whether nothing can have been made: Exchange refused it for a reason that comes before any writing,
/// or it never reached Exchange. Everything else leaves it open.
fn is_refusal(outcome: &Result<Reply, Fault>, observed: &Observed) -> bool {
    let signed_out = matches!(
        observed.seen,
        Seen::Challenge | Seen::LogOnRefused | Seen::HeldBack | Seen::NoWay
    );
    match outcome {
        _ if signed_out => true,
        // The connection was a new one, and never came about.
        Err(fault) => matches!(
            fault,
            Fault::NameNotFound { .. }
                | Fault::ConnectionRefused
                | Fault::ConnectTimeout { .. }
                | Fault::Tls(_)
                | Fault::Proxy { .. }
        ),
        Ok(reply) => match observed.ews_code.as_deref() {
            Some(code) => is_definite(&ResponseCode::from(code)),
            None => matches!(reply.status, 400 | 403..=407 | 411 | 413 | 415),
        },
    }
}

/// Access, quota, schema, impersonation, not found: said before anything is written.
fn is_definite(code: &ResponseCode) -> bool {
    use ResponseCode as C;
    matches!(
        code,
        C::ErrorAccessDenied
            | C::ErrorQuotaExceeded
            | C::ErrorSchemaValidation
            | C::ErrorInvalidRequest
            | C::ErrorInvalidServerVersion
            | C::ErrorIncorrectSchemaVersion
            | C::ErrorMissingInformationEmailAddress
            | C::ErrorImpersonateUserDenied
            | C::ErrorImpersonationDenied
            | C::ErrorImpersonationFailed
            | C::ErrorInvalidExchangeImpersonationHeaderData
            | C::ErrorInvalidUserPrincipalName
            | C::ErrorInvalidUserSid
            | C::ErrorInvalidSid
            | C::ErrorInvalidSmtpAddress
            | C::ErrorNonPrimarySmtpAddress
            | C::ErrorMissingEmailAddress
            | C::ErrorNonExistentMailbox
            | C::ErrorFolderNotFound
            | C::ErrorItemNotFound
            | C::ErrorAccountDisabled
    )
}

/// The items of exactly this subject; else why it is not known. A server that overlooks the restriction
/// answers with drafts of other people, and those are theirs.
fn found(outcome: &Result<Reply, Fault>, subject: &str) -> Result<Vec<ItemId>, String> {
    let reply = outcome.as_ref().map_err(ToString::to_string)?;
    let message = message(reply).ok_or_else(|| format!("HTTP status {}", reply.status))?;
    if !message.is_success() {
        return Err(message.deciding_code().as_str().to_owned());
    }
    let ours = message.found_items.into_iter();
    let ours = ours.filter(|item| item.subject.as_deref() == Some(subject));
    Ok(ours.map(|item| item.id).collect())
}

fn message(reply: &Reply) -> Option<ews::ResponseMessage> {
    match ews::read(&reply.body).ok()?.body {
        Body::Messages(messages) => messages.into_iter().next(),
        Body::Fault(_) => None,
    }
}
