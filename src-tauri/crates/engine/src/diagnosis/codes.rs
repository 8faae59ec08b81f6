//! From a response code of EWS to a cause: the table of the contract, code by code.
//!
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode>

use contract::Cause;
use ews::ResponseCode as C;

use super::observe::{Asked, Observed, Seen, is_generic};

/// What a code means, given what was asked; `words` are the server's own, in lower case. Only
/// English is recognized (ruling 13).
pub(super) fn judge(code: &C, words: &str, asked: Asked) -> Observed {
    let says = |known: &str| words.contains(known);
    if says("too many concurrent connections opened") {
        return busy(true);
    }
    match code {
        C::ErrorServerBusy => return busy(false),
        C::ErrorExceededConnectionCount => return busy(true),
        C::ErrorAccountDisabled => return account_disabled(asked),
        C::ErrorInvalidServerVersion | C::ErrorIncorrectSchemaVersion => {
            return step_down(false, Cause::ProtocolVersion, asked);
        }
        C::ErrorSchemaValidation
        | C::ErrorMissingInformationEmailAddress
        | C::ErrorInvalidRequest => {
            return step_down(false, Cause::ProtocolRejected, asked);
        }
        C::ErrorWrongServerVersion
        | C::ErrorWrongServerVersionDelegate
        | C::ErrorInvalidSchemaVersionForMailboxVersion => {
            return step_down(true, Cause::ServerRouting, asked);
        }
        code if is_generic(code) && says("the specified server version is invalid") => {
            return step_down(false, Cause::ProtocolVersion, asked);
        }
        _ => {}
    }
    let cause = cause(code, &says);
    match asked {
        Asked::Own | Asked::Directory if is_about_own_mailbox(cause) => {
            Observed::new(Seen::NoOwnMailbox)
        }
        _ => Observed::cause(cause),
    }
}

fn cause(code: &C, says: &dyn Fn(&str) -> bool) -> Cause {
    match code {
        C::ErrorImpersonateUserDenied => Cause::ImpersonationRefused,
        C::ErrorImpersonationDenied | C::ErrorImpersonationFailed => {
            Cause::ImpersonationServerCannot
        }
        C::ErrorInvalidExchangeImpersonationHeaderData => Cause::ImpersonationHeaderRejected,
        C::ErrorInvalidUserPrincipalName | C::ErrorInvalidUserSid | C::ErrorInvalidSid => {
            Cause::MailboxIdentityUnknown
        }
        C::ErrorNonExistentMailbox if says("no mailbox with such guid") => Cause::MailboxRemote,
        C::ErrorNonExistentMailbox => Cause::MailboxNotFound,
        C::ErrorMissingEmailAddress => Cause::AccountNoMailbox,
        C::ErrorNonPrimarySmtpAddress => Cause::MailboxAlias,
        C::ErrorInvalidSmtpAddress => Cause::MailboxAddressInvalid,
        C::ErrorMailboxStoreUnavailable | C::ErrorMailboxFailover | C::ErrorConnectionFailed => {
            Cause::MailboxStoreUnavailable
        }
        C::ErrorMailboxMoveInProgress => Cause::MailboxMoving,
        C::ErrorMailboxConfiguration | C::ErrorDuplicateLegacyDistinguishedName => {
            Cause::MailboxMisconfigured
        }
        C::ErrorFolderNotFound | C::ErrorItemNotFound => Cause::MailboxFolderMissing,
        C::ErrorAccessDenied => Cause::MailboxAccessDenied,
        C::ErrorQuotaExceeded => Cause::MailboxOverQuota,
        C::ErrorInvalidLicense => Cause::MailboxLicense,
        C::ErrorPasswordExpired | C::ErrorPasswordChangeRequired => Cause::AccountPasswordExpired,
        C::ErrorCallerIsInvalidADAccount => Cause::AccountNotInDirectory,
        C::ErrorInvalidAuthorizationContext | C::ErrorTokenSerializationDenied => {
            Cause::AccountNotAuthorized
        }
        C::ErrorOrganizationAccessBlocked => Cause::PolicyOrganizationBlocked,
        C::ErrorInternalServerTransientError
        | C::ErrorTimeoutExpired
        | C::ErrorInsufficientResources
        | C::ErrorNotEnoughMemory
        | C::ErrorTooManyObjectsOpened => Cause::ServerTransient,
        C::ErrorADUnavailable | C::ErrorADOperation => Cause::ServerDirectoryUnavailable,
        C::ErrorNoRespondingCASInDestinationSite | C::ErrorCrossSiteRequest => Cause::ServerRouting,
        code if code.as_str().starts_with("ErrorProxy") => Cause::ServerRouting,
        C::ErrorInternalServerError => Cause::ServerError,
        code if is_generic(code) => Cause::ServerError,
        _ => Cause::ServerUnknownCode,
    }
}

/// Un-impersonated, these say only that the account has no mailbox that opens: the log-on is
/// proven, and the run is never gated on the account's own mailbox. Codes nobody knows count as
/// well: what is wrong will show on the mailboxes themselves.
fn is_about_own_mailbox(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::AccountNoMailbox
            | Cause::MailboxNotFound
            | Cause::MailboxRemote
            | Cause::MailboxAlias
            | Cause::MailboxAddressInvalid
            | Cause::MailboxIdentityUnknown
            | Cause::MailboxMisconfigured
            | Cause::MailboxFolderMissing
            | Cause::MailboxAccessDenied
            | Cause::MailboxOverQuota
            | Cause::MailboxLicense
            | Cause::ImpersonationRefused
            | Cause::ImpersonationHeaderRejected
            | Cause::ServerUnknownCode
    )
}

fn account_disabled(asked: Asked) -> Observed {
    match asked {
        Asked::Impersonating => Observed::new(Seen::AccountDisabled),
        _ => Observed::cause(Cause::AccountDisabled),
    }
}

fn busy(too_many: bool) -> Observed {
    let mut observed = Observed::cause(Cause::ServerBusy);
    observed.too_many = too_many;
    observed
}

/// The account's own mailbox may live on an older server, and a server may not know the directory
/// look-up at all: neither says anything about the requests of the check.
fn step_down(mailbox_only: bool, otherwise: Cause, asked: Asked) -> Observed {
    match asked {
        Asked::Directory => Observed::new(Seen::NoOwnMailbox),
        Asked::Own if mailbox_only => Observed::new(Seen::NoOwnMailbox),
        _ => Observed::new(Seen::StepDown {
            mailbox_only,
            otherwise,
        }),
    }
}
