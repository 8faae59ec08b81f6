//! What is proven of an opened mailbox, in words.

use contract::{MailboxProof, Verdict};
use ews::MailboxGuid;
use store::run_results::{StoredResult, UNREADABLE};

use super::super::rewrite::key_of;
use crate::diagnosis::wording;

/// Says what proves that the mailbox asked for is the one that opened; of opened ones only. While the run goes on
/// it is proven only so far; `warnings` are those of the run.
pub(in super::super) fn told(
    found: &StoredResult,
    going_on: bool,
    warnings: &[String],
) -> Option<MailboxProof> {
    let key = key_of(found).filter(|_| found.row.verdict == Some(Verdict::Granted))?;
    let listed = found
        .listed_guid
        .filter(|listed| *listed != UNREADABLE)
        .map(MailboxGuid);
    let unread = warnings
        .iter()
        .any(|said| said.starts_with(wording::OWN_UNREAD));
    let not_own = if unread {
        "; the service account's own Inbox could not be read"
    } else {
        ", and not the service account's"
    };
    let so_far = if going_on { " so far" } else { "" };
    let sentence = match (key.guid(), listed) {
        _ if found.row.message.as_deref() == Some(wording::OWN_MAILBOX) => {
            "the service account's own mailbox, which opens without impersonation".to_owned()
        }
        _ if found.row.alias_of.is_some() => {
            let primary = found.row.alias_of.as_deref().unwrap_or_default();
            format!("a second address of {primary}: both open one mailbox")
        }
        (Some(shown), Some(listed)) if shown == listed => {
            "tied to the address by ExchangeGuid of the list".to_owned()
        }
        (Some(_), listed) => {
            let other = if listed.is_some() {
                "; not the one in the list, which may be older than the mailbox"
            } else {
                ""
            };
            format!("a mailbox GUID no other mailbox of this run showed{so_far}{not_own}{other}")
        }
        (None, _) => format!(
            "a folder identity no other mailbox of this run showed{so_far}{not_own} \
             (no mailbox GUID was read from it)"
        ),
    };
    Some(MailboxProof {
        mailbox_guid: key.guid().map(|guid| guid.to_string()),
        listed_guid: listed.map(|guid| guid.to_string()),
        sentence,
    })
}
