//! The one thing this program ever writes into a mailbox, and how it takes it away: a draft without
//! recipients, saved and never sent, deleted for good and looked for once more. Once it may be there,
//! nothing but the end of the process keeps it from being deleted.

use std::time::Duration;

use contract::{Cause, Step};
use ews::{Body, Draft, ItemId, ResponseCode, create_item, delete_item, get_item};
use exchange::{Fault, Reply};
use tokio::time::Instant;

use super::play::Played;
use crate::checks::{Asking, Rung as _, Session};
use crate::diagnosis::wording::{self, RowFacts};
use crate::diagnosis::{Asked, Observed, Seen};

/// How often a draft is deleted and looked for.
const ATTEMPTS: u32 = 3;
/// Pause before it is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// What writing came to.
pub(super) enum Wrote {
    /// Written, and gone again.
    Clean,
    /// Nothing was written: why.
    Not(Cause, String),
    /// Something is left, or may be: what to do about it.
    Left(String),
}

/// What is known of the item.
enum Known {
    Made(ItemId),
    /// Refused: nothing was made.
    Refused(Cause, String),
    /// No answer: it may be there.
    Lost(String),
}

impl Played<'_> {
    /// Creates a draft in the target mailbox and deletes it; shows both steps.
    pub(super) async fn draft(&mut self, session: &mut Session) -> Wrote {
        // From here on nobody can cancel: what is written must go.
        session.go_through();
        let subject = Self::subject_line(session);
        self.show(self.step("create_item").running());
        let started = Instant::now();
        let known = self.create(session, &subject).await;
        let step = self
            .step("create_item")
            .took(Some(started.elapsed()))
            .seen([format!("Subject: {subject}"), "Folder: Drafts".to_owned()])
            .seen(self.asking.lines());
        match known {
            Known::Made(item) => {
                let target = self.checked.mailbox.as_str();
                self.show(step.pass(format!("A draft was created in {target}.")));
                self.clean_up(session, &item, &subject).await
            }
            Known::Refused(cause, message) => {
                self.show(step.fail(cause, &message, &self.words()));
                let nothing = "Nothing to delete: no draft was created.";
                self.show(self.step("delete_item").skipped(nothing));
                Wrote::Not(cause, message)
            }
            Known::Lost(why) => {
                let left = self.left(&subject);
                let message = format!("No answer came ({why}). {left}");
                self.show(step.fail(Cause::HttpClosed, &message, &self.words()));
                self.show(
                    self.step("delete_item")
                        .skipped("Not known what to delete."),
                );
                Wrote::Left(message)
            }
        }
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
        let (outcome, observed) = session
            .ask_of(&body, anchor.as_deref(), false, asked, &[])
            .await;
        self.note(session, &observed);
        if let Some(item) = made(&outcome) {
            return Known::Made(item);
        }
        // A code of Exchange's own says that nothing was made; anything else leaves it open.
        let refused =
            observed.ews_code.is_some() || observed.http_status.is_some_and(|status| status < 500);
        match (&observed.seen, &outcome) {
            (Seen::Cause(cause), Ok(_)) if refused && *cause != Cause::ProtocolUnexpected => {
                let message = Self::row_message(session, *cause, &observed);
                Known::Refused(*cause, message)
            }
            (Seen::Challenge | Seen::LogOnRefused | Seen::HeldBack | Seen::NoWay, _) => {
                let message = Self::row_message(session, Cause::AuthLost, &observed);
                Known::Refused(Cause::AuthLost, message)
            }
            (Seen::StepDown { otherwise, .. }, _) => {
                let message = Self::row_message(session, *otherwise, &observed);
                Known::Refused(*otherwise, message)
            }
            (
                _,
                Err(
                    Fault::NameNotFound { .. }
                    | Fault::ConnectionRefused
                    | Fault::ConnectTimeout { .. },
                ),
            ) => {
                let message =
                    "The connection ended, and no new one came about. Nothing was written.";
                Known::Refused(Cause::HttpClosed, message.to_owned())
            }
            (_, Err(fault)) => Known::Lost(fault.to_string()),
            (_, Ok(reply)) => Known::Lost(format!("HTTP status {}", reply.status)),
        }
    }

    /// Deletes, and looks whether it is gone; more than once if it must.
    async fn clean_up(&mut self, session: &mut Session, item: &ItemId, subject: &str) -> Wrote {
        self.show(self.step("delete_item").running());
        let started = Instant::now();
        let mut seen = Vec::new();
        for attempt in 1..=ATTEMPTS {
            if attempt > 1 {
                session.close();
                tokio::time::sleep(PAUSE).await;
            }
            let deleted = self.delete(session, item).await;
            seen.push(format!("DeleteItem: {deleted}"));
            let verified = self.look(session, item).await;
            seen.push(format!("GetItem afterwards: {verified}"));
            if verified == ResponseCode::ErrorItemNotFound.as_str() {
                let step = self.step("delete_item").pass("The draft is gone again.");
                self.show(step.took(Some(started.elapsed())).seen(seen));
                return Wrote::Clean;
            }
        }
        let left = self.left(subject);
        let step: Step = self.step("delete_item");
        let step = step.fail(Cause::ServerError, &left, &self.words());
        let step = Step {
            next: Some(format!(
                "Open the mailbox of {} and delete the draft, or have its owner do it.",
                self.checked.mailbox.as_str()
            )),
            ..step
        };
        self.show(step.took(Some(started.elapsed())).seen(seen));
        Wrote::Left(left)
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

    fn row_message(session: &Session, cause: Cause, observed: &Observed) -> String {
        let words = session.access.words(&session.facts.authentication.offered);
        let why = wording::row_message(cause, &RowFacts::of(observed, 1), &words);
        format!("No draft was created: {why}.")
    }
}

fn made(outcome: &Result<Reply, Fault>) -> Option<ItemId> {
    let message = message(outcome.as_ref().ok()?)?;
    if !message.is_success() {
        return None;
    }
    message.item_ids.into_iter().next()
}

fn message(reply: &Reply) -> Option<ews::ResponseMessage> {
    match ews::read(&reply.body).ok()?.body {
        Body::Messages(messages) => messages.into_iter().next(),
        Body::Fault(_) => None,
    }
}
