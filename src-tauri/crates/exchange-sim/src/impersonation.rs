//! In whose name a request acts: the impersonation header looked up in the directory first, held
//! against the role second, as Exchange does.

use crate::directory::{Directory, MailboxIndex};
use crate::ews_error::EwsError;
use crate::options::{EmptyIdentity, MailboxState};
use crate::request::{Identity, IdentityKind};

/// In whose name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acting {
    /// The account's own, with or without a mailbox.
    Own { mailbox: Option<MailboxIndex> },
    /// The owner of this mailbox.
    As(MailboxIndex),
}

impl Acting {
    pub(crate) fn mailbox(self) -> Option<MailboxIndex> {
        match self {
            Self::Own { mailbox } => mailbox,
            Self::As(mailbox) => Some(mailbox),
        }
    }
}

/// Decides for the account; faults are those of the header, not of the mailbox behind it.
pub(crate) fn resolve(
    identity: Option<&Identity>,
    account: usize,
    directory: &Directory,
) -> Result<Acting, EwsError> {
    let own = Acting::Own {
        mailbox: directory.own_mailbox(account),
    };
    let Some(identity) = identity else {
        return Ok(own);
    };
    if directory.options.ignores_impersonation {
        return Ok(own);
    }
    if identity.value.is_empty() {
        return match directory.options.empty_identity {
            EmptyIdentity::OwnMailbox => Ok(own),
            EmptyIdentity::Exchange => Err(EwsError::fault(
                "ErrorInvalidExchangeImpersonationHeaderData",
            )),
        };
    }
    if directory.options.build.is_2013_or_older() && own.mailbox().is_none() {
        return Err(EwsError::fault("ErrorMissingEmailAddress"));
    }
    let mailbox = look_up(identity, directory)?;
    if directory.mailbox(mailbox).state == MailboxState::MailUser {
        return Err(EwsError::fault("ErrorNonExistentMailbox"));
    }
    if directory.may_impersonate(account, mailbox) {
        Ok(Acting::As(mailbox))
    } else {
        Err(EwsError::fault("ErrorImpersonateUserDenied"))
    }
}

/// The mailbox an identity stands for.
pub(crate) fn look_up(
    identity: &Identity,
    directory: &Directory,
) -> Result<MailboxIndex, EwsError> {
    let value = identity.value.as_str();
    match identity.kind {
        IdentityKind::PrincipalName => directory
            .by_principal(value)
            .ok_or_else(|| EwsError::fault("ErrorInvalidUserPrincipalName")),
        IdentityKind::Sid => directory
            .by_sid(value)
            .ok_or_else(|| EwsError::fault("ErrorInvalidUserSid")),
        IdentityKind::SmtpAddress => address(value, directory),
        IdentityKind::PrimarySmtpAddress => {
            let mailbox = address(value, directory)?;
            let primary = &directory.mailbox(mailbox).primary;
            if primary.eq_ignore_ascii_case(value) {
                Ok(mailbox)
            } else {
                Err(EwsError::non_primary(primary))
            }
        }
    }
}

fn address(value: &str, directory: &Directory) -> Result<MailboxIndex, EwsError> {
    if !is_smtp_address(value) {
        return Err(EwsError::fault("ErrorInvalidSmtpAddress"));
    }
    directory
        .by_address(value)
        .ok_or_else(|| EwsError::fault("ErrorNonExistentMailbox"))
}

/// One `@` with something around it, and no space.
fn is_smtp_address(value: &str) -> bool {
    let mut parts = value.split('@');
    let filled = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
    filled(parts.next())
        && filled(parts.next())
        && parts.next().is_none()
        && !value.contains(char::is_whitespace)
}
