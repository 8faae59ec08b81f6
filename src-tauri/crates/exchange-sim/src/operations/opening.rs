//! Whose mailbox a folder is looked for in, and whether that mailbox and the folder are in order.

use crate::directory::{Directory, MailboxIndex};
use crate::ews_error::EwsError;
use crate::impersonation::Acting;
use crate::options::MailboxState;

/// The mailbox of whoever the request acts as.
pub(super) fn own_mailbox(acting: Acting, directory: &Directory) -> Result<MailboxIndex, EwsError> {
    acting.mailbox().ok_or_else(|| {
        if directory.options.build.is_2013_or_older() {
            EwsError::new("ErrorMissingEmailAddress")
        } else {
            EwsError::new("ErrorNonExistentMailbox")
        }
    })
}

/// The mailbox a folder id names. Nobody here has folder permissions in another's mailbox but by Full
/// Access.
pub(super) fn named_mailbox(
    address: &str,
    acting: Acting,
    directory: &Directory,
) -> Result<MailboxIndex, EwsError> {
    let mailbox = directory
        .by_address(address)
        .ok_or_else(|| EwsError::new("ErrorNonExistentMailbox"))?;
    let primary = &directory.mailbox(mailbox).primary;
    if !primary.eq_ignore_ascii_case(address) {
        return Err(EwsError::new("ErrorNonPrimarySmtpAddress").value("Primary", primary));
    }
    if directory.is_open_to_all(primary) {
        return Ok(mailbox);
    }
    if acting.mailbox() == Some(mailbox) || directory.options.ignores_impersonation {
        acting
            .mailbox()
            .ok_or_else(|| EwsError::new("ErrorNonExistentMailbox"))
    } else {
        Err(EwsError::new("ErrorAccessDenied").stopping_batch())
    }
}

/// Whether the mailbox, and in it the distinguished folder, is in order.
pub(crate) fn sound(
    mailbox: MailboxIndex,
    folder: Option<&str>,
    directory: &Directory,
) -> Result<(), EwsError> {
    Err(match &directory.mailbox(mailbox).state {
        MailboxState::Ok | MailboxState::OverQuota => return Ok(()),
        MailboxState::WithoutFolders(missing) => {
            if !folder.is_some_and(|folder| missing.iter().any(|m| m.eq_ignore_ascii_case(folder)))
            {
                return Ok(());
            }
            EwsError::new("ErrorFolderNotFound")
        }
        MailboxState::Moving => EwsError::new("ErrorMailboxMoveInProgress").stopping_batch(),
        MailboxState::StoreUnavailable => {
            EwsError::new("ErrorMailboxStoreUnavailable").stopping_batch()
        }
        MailboxState::Failover => EwsError::new("ErrorMailboxFailover").stopping_batch(),
        MailboxState::Misconfigured => EwsError::new("ErrorMailboxConfiguration"),
        MailboxState::Disabled => EwsError::new("ErrorAccountDisabled").stopping_batch(),
        MailboxState::MailUser => EwsError::new("ErrorNonExistentMailbox"),
        MailboxState::Remote => {
            EwsError::new("ErrorNonExistentMailbox").text("No mailbox with such guid.")
        }
        MailboxState::AccessDenied => EwsError::new("ErrorAccessDenied").stopping_batch(),
        MailboxState::Unlicensed => EwsError::inner(
            "ErrorInvalidLicense",
            "The mailbox does not have a valid license.",
        ),
        MailboxState::Failing(error) => error.clone(),
    })
}
