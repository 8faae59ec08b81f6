//! Causes that lie in one row of the list, or in the mailbox behind it.

use super::{Brought, ClientSide, World};
use crate::ews_error::EwsError;
use crate::fault::{Fault, HttpAnswer, What, When};
use crate::options::MailboxState;

/// Lets the cause strike the n-th row.
pub(super) fn bring(cause: &str, n: usize, world: &mut World) -> Option<Brought> {
    if let Some((state, by)) = state(cause) {
        world.options.mailboxes[n].state = state;
        let client = if cause == "mailbox.over_quota" {
            ClientSide::Writes
        } else {
            ClientSide::AsUsual
        };
        return Some((by, client));
    }
    if let Some((what, by)) = fault(cause) {
        let when = When::Mailbox(world.users[n].primary.clone());
        world.options.faults.push(Fault::always(when, what));
        return Some((by, ClientSide::AsUsual));
    }
    list(cause, n, world)
}

fn state(cause: &str) -> Option<(MailboxState, &'static str)> {
    Some(match cause {
        "mailbox.remote" => (MailboxState::Remote, "MailboxState::Remote"),
        "mailbox.license" => (MailboxState::Unlicensed, "MailboxState::Unlicensed"),
        "mailbox.moving" => (MailboxState::Moving, "MailboxState::Moving"),
        "mailbox.store_unavailable" => (
            MailboxState::StoreUnavailable,
            "MailboxState::StoreUnavailable",
        ),
        "mailbox.misconfigured" => (MailboxState::Misconfigured, "MailboxState::Misconfigured"),
        "mailbox.folder_missing" => (
            MailboxState::WithoutFolders(vec!["inbox".to_owned()]),
            "MailboxState::WithoutFolders",
        ),
        "mailbox.access_denied" => (MailboxState::AccessDenied, "MailboxState::AccessDenied"),
        "mailbox.disabled" => (MailboxState::Disabled, "MailboxState::Disabled"),
        "mailbox.over_quota" => (MailboxState::OverQuota, "MailboxState::OverQuota"),
        _ => return None,
    })
}

fn fault(cause: &str) -> Option<(What, &'static str)> {
    Some(match cause {
        "mailbox.not_found#404" => (
            What::Http(HttpAnswer::user_not_found()),
            "HttpAnswer::user_not_found",
        ),
        "mailbox.address_invalid" => (
            What::Ews(EwsError::new("ErrorInvalidSmtpAddress")),
            "ErrorInvalidSmtpAddress",
        ),
        "protocol.unexpected" => (What::NotXml, "What::NotXml"),
        "server.routing" => (
            What::Ews(EwsError::fault("ErrorNoRespondingCASInDestinationSite")),
            "ErrorNoRespondingCASInDestinationSite",
        ),
        "server.unknown_code" => (
            What::Ews(EwsError::new("ErrorOfTheYear2031")),
            "ErrorOfTheYear2031",
        ),
        _ => return None,
    })
}

/// What is wrong with the list, or with who is in the scope.
fn list(cause: &str, n: usize, world: &mut World) -> Option<Brought> {
    Some(match cause {
        "impersonation.out_of_scope" => {
            world.leave_out(n);
            ("Role::AllBut", ClientSide::AsUsual)
        }
        "mailbox.not_found" => {
            world.vanish(n);
            ("an address without a mailbox", ClientSide::AsUsual)
        }
        "mailbox.alias" => {
            world.list_refused_alias(n);
            ("EwsError::non_primary", ClientSide::AsUsual)
        }
        "mailbox.identity_unknown" => {
            world.options.mailboxes[n].upn = None;
            ("Mailbox::upn none", ClientSide::ByPrincipalName)
        }
        "mailbox.system" => {
            let row = &mut world.users[n];
            "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@contoso.com"
                .clone_into(&mut row.primary);
            "DiscoveryMailbox".clone_into(&mut row.recipient_type);
            ("PracticeUser::recipient_type", ClientSide::AsUsual)
        }
        _ => return None,
    })
}
