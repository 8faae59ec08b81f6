//! The steps between log-on and writing: the account's own Inbox, room lists, impersonation, the
//! predefined folder. One request tells the last two apart. Reads only.

use contract::{Cause, Step};
use ews::{SchemaVersion, get_folder};

use super::play::Played;
use crate::checks::{Asking, Rung as _, Session, own_inbox, room_rung};
use crate::diagnosis::log_on::{NO_WAY, no_way};
use crate::diagnosis::wording::{self, RowFacts, Words};
use crate::diagnosis::{Asked, Identity, Observed, Seen};
use crate::rooms::{self, RoomLists};

/// What opening the folder came to.
pub(super) enum Folder {
    /// It opened, and it is the target's; with what there is to say about it.
    Opened(Option<&'static str>),
    /// Why not, in one plain sentence.
    Closed(Cause, String),
    /// A folder opened, and whose it is could not be found out.
    Unproven(Cause, String),
}

impl Played<'_> {
    /// The account's own Inbox and, as the account itself, the room lists.
    pub(super) async fn own(&mut self, session: &mut Session) {
        let step = own_inbox(self.step("own_mailbox"), &session.facts, &session.access);
        self.show(step);
        self.show(self.step("rooms").running());
        self.rooms(session, false).await;
    }

    /// Room lists; `through`: impersonating the target, which has opened.
    pub(super) async fn rooms(&mut self, session: &mut Session, through: bool) {
        let (schema, has) = (session.schema, session.facts.own_mailbox);
        let started = tokio::time::Instant::now();
        let opener = self.checked.user.as_ref().filter(|_| through);
        let has = if through { Some(false) } else { has };
        let found = rooms::find(session, schema, has, opener).await;
        let took = started.elapsed();
        let step = self.step("rooms");
        let step = match &found {
            RoomLists::Unknown { why } => step.skipped(format!("Not found out: {why}.")),
            found => {
                let no_mailbox = session.facts.own_mailbox == Some(false);
                let step = room_rung(step, Some(found));
                if no_mailbox && through {
                    // Seen through another mailbox; what the account itself gets stays the finding.
                    room_rung(step, Some(&RoomLists::NoMailbox))
                } else {
                    step
                }
            }
        };
        session.facts.rooms = Some(found);
        self.show(step.took(Some(took)));
    }

    /// Opens the predefined folder, impersonating or not; shows both steps.
    pub(super) async fn folder(&mut self, session: &mut Session) -> Folder {
        let id = if self.checked.user.is_some() {
            "impersonate"
        } else {
            self.show(self.step("impersonate").skipped("Not asked for."));
            "folder"
        };
        self.show(self.step(id).running());
        let (observed, asking) = self.open_folder(session).await;
        self.asking = asking;
        let unread = match observed.seen {
            Seen::Opened(_) if self.checked.user.is_some() => own_unread(session).await,
            _ => None,
        };
        let folder = self.judge(session, &observed, unread);
        let (impersonate, step) = self.tell_folder(&folder, &observed);
        if self.checked.user.is_some() {
            self.show(impersonate);
        }
        self.show(step);
        folder
    }

    async fn open_folder(&mut self, session: &mut Session) -> (Observed, Asking) {
        let checked = self.checked;
        let user = checked.user.as_ref().map(|(user, _)| user);
        let folders = [checked.folder];
        let mut schema = session.schema;
        loop {
            let body = get_folder::request_in(schema, user, checked.beside(), &folders)
                .expect("the identities were read when the test began");
            let anchor = Some(checked.mailbox.as_str()).filter(|address| address.is_ascii());
            let asked = Asked::Impersonating;
            let (_, observed) = session.ask_of(&body, anchor, true, asked, &folders).await;
            let steps_down = matches!(observed.seen, Seen::StepDown { .. });
            if steps_down && schema == SchemaVersion::Exchange2013Sp1 {
                schema = SchemaVersion::Exchange2010Sp2;
                continue;
            }
            let asking = Asking {
                took: observed.elapsed,
                answered: observed.elapsed,
                request_id: session.request_id.clone(),
                http_status: observed.http_status,
                ews_code: observed.ews_code.clone(),
            };
            return (observed, asking);
        }
    }

    /// What was seen, as a verdict's cause.
    fn judge(&self, session: &Session, observed: &Observed, unread: Option<Cause>) -> Folder {
        let words = session.access.words(&session.facts.authentication.offered);
        let sentence = |text: &str| sentence(text, &[words.account, words.host]);
        let cause = match &observed.seen {
            Seen::Opened(_) if let Some(cause) = unread => {
                let why = wording::row_message(cause, &RowFacts::default(), &words);
                return Folder::Unproven(cause, sentence(&wording::maybe_own(&why)));
            }
            Seen::Opened(identity) => return self.opened(session, *identity),
            Seen::Cause(cause) => *cause,
            Seen::Challenge | Seen::LogOnRefused | Seen::HeldBack => Cause::AuthLost,
            Seen::NoWay => return Folder::Closed(NO_WAY, sentence(&no_way(observed))),
            Seen::StepDown { otherwise, .. } => *otherwise,
            Seen::AccountDisabled => Cause::MailboxDisabled,
            Seen::NoOwnMailbox => Cause::ProtocolUnexpected,
        };
        let message = if cause.stops() {
            wording::run_message(cause, observed.detail.as_deref(), &words)
        } else {
            wording::row_message(cause, &RowFacts::of(observed, 1), &words)
        };
        Folder::Closed(cause, sentence(&message))
    }

    /// The right mailbox? The account's own Inbox proves nothing about impersonation.
    fn opened(&self, session: &Session, identity: Identity) -> Folder {
        let inbox = self.checked.folder == ews::DistinguishedFolder::Inbox;
        let own = session.own.map(|own| own.key());
        // Other folders tell by the mailbox GUID alone.
        let own = own.is_some_and(|own| own == identity.key() && (inbox || own.by_guid));
        let target = self.checked.mailbox.as_str();
        let itself = session
            .access
            .account_address()
            .is_some_and(|own| own.as_str().eq_ignore_ascii_case(target));
        // An account that is no address may be the target's own name; only the server knows.
        let may_be_itself = itself || session.access.account_address().is_none();
        if own && self.checked.user.is_some() {
            if !may_be_itself {
                return Folder::Closed(
                    Cause::ImpersonationIgnored,
                    "The service account's own Inbox opened instead: impersonation was ignored."
                        .to_owned(),
                );
            }
            return Folder::Opened(Some(wording::OWN_MAILBOX));
        }
        Folder::Opened(None)
    }

    fn tell_folder(&self, folder: &Folder, observed: &Observed) -> (Step, Step) {
        let (target, name) = (self.checked.mailbox.as_str(), self.checked.folder_name());
        let evidence = || {
            let anchor = format!("Mailbox: {target}");
            self.asking.lines().chain([anchor])
        };
        let (impersonate, step) = (self.step("impersonate"), self.step("folder"));
        let user = self.checked.user.as_ref().map(|(_, user)| user.as_str());
        let words = Words {
            authority: observed.authority.as_deref(),
            ..self.words()
        };
        match folder {
            Folder::Opened(note) => {
                let opened = format!("The {name} of {target} was opened.");
                let told = format!(
                    "{} acts for {}.",
                    self.subject.plan.account,
                    user.unwrap_or(target)
                );
                let impersonate = impersonate.pass(told);
                let step = step.pass(opened).took(observed.elapsed).seen(evidence());
                (
                    impersonate
                        .took(observed.elapsed)
                        .seen(evidence())
                        .seen(note.map(|note| format!("Note: {note}"))),
                    step,
                )
            }
            // The folder itself: whoever it was asked for is somebody the account may act for.
            Folder::Closed(cause, message) if user.is_none() || is_of_folder(*cause) => (
                impersonate.pass(format!(
                    "{} may act for {target}.",
                    self.subject.plan.account
                )),
                step.fail(*cause, message, &words)
                    .took(observed.elapsed)
                    .seen(evidence()),
            ),
            Folder::Closed(cause, message) | Folder::Unproven(cause, message) => (
                impersonate
                    .fail(*cause, message, &words)
                    .took(observed.elapsed)
                    .seen(evidence()),
                step.skipped("Not reached."),
            ),
        }
    }
}

/// The account's own Inbox could not be read at the log-on: once more, and why it still can't be.
async fn own_unread(session: &mut Session) -> Option<Cause> {
    let known = session.own.is_some() || session.facts.own_mailbox.is_some();
    if known || session.access.is_app() {
        return None;
    }
    let folders = [ews::DistinguishedFolder::Inbox];
    let body =
        get_folder::request(session.schema, None, &folders).expect("one folder is asked for");
    let (_, observed) = session
        .ask_of(&body, None, true, Asked::Own, &folders)
        .await;
    match observed.seen {
        Seen::Opened(identity) => {
            session.own = Some(identity);
            session.facts.own_mailbox = Some(true);
            None
        }
        Seen::NoOwnMailbox => {
            session.facts.own_mailbox = Some(false);
            None
        }
        Seen::Cause(cause) => Some(cause),
        _ => Some(Cause::ProtocolUnexpected),
    }
}

/// Exchange looked at the mailbox itself, so the right to it was there.
fn is_of_folder(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::MailboxFolderMissing
            | Cause::MailboxAccessDenied
            | Cause::MailboxMoving
            | Cause::MailboxStoreUnavailable
            | Cause::MailboxMisconfigured
            | Cause::MailboxOverQuota
    )
}

/// Sentences of rows are parts of a table; here they stand alone, with a capital unless they begin with a
/// name: those are written as they are.
fn sentence(text: &str, names: &[&str]) -> String {
    let is_name = names.iter().any(|name| text.starts_with(name));
    let mut letters = text.chars();
    let first = letters.next().filter(|_| !is_name);
    let text = match first {
        Some(letter) => letter.to_uppercase().chain(letters).collect(),
        None => text.to_owned(),
    };
    if text.ends_with(['.', '!', '?']) {
        text
    } else {
        format!("{text}.")
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn sentences_have_a_capital_and_names_keep_their_own() {
        let names = ["svc@contoso.com", "mail.contoso.com"];
        for (text, alone) in [
            ("access denied", "Access denied."),
            ("Access denied.", "Access denied."),
            (
                "svc@contoso.com signed in, but EWS is blocked",
                "svc@contoso.com signed in, but EWS is blocked.",
            ),
            (
                "mail.contoso.com refused it.",
                "mail.contoso.com refused it.",
            ),
        ] {
            assert_eq!(sentence(text, &names), alone);
        }
    }
}
