//! The response codes of EWS that mean something to a check, in one table.
//!
//! It names codes; what a code means for a mailbox is not decided here.

use std::fmt;

/// Longest unknown code that is kept, in characters.
const MAX_UNKNOWN: usize = 256;

/// Declares the enum, its names on the wire and the way back from one list.
macro_rules! response_codes {
    ($($(#[$doc:meta])+ $code:ident,)+) => {
        /// `ResponseCode`: how EWS names an outcome. Each variant is spelled as on the wire.
        ///
        /// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode>
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum ResponseCode {
            $($(#[$doc])+ $code,)+
            /// A code that is not in the table, or the generic code of a fault, as it came.
            Unknown(String),
        }

        impl ResponseCode {
            /// Every code of the table.
            pub const KNOWN: &'static [Self] = &[$(Self::$code,)+];

            /// The name on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$code => stringify!($code),)+
                    Self::Unknown(code) => code,
                }
            }

            fn known(code: &str) -> Option<Self> {
                match code {
                    $(stringify!($code) => Some(Self::$code),)+
                    _ => None,
                }
            }
        }
    };
}

response_codes! {
    /// Done.
    NoError,
    /// The caller, or the impersonated owner, lacks the right on that folder.
    ErrorAccessDenied,
    /// The directory account is disabled.
    ErrorAccountDisabled,
    /// A directory operation failed.
    ErrorADOperation,
    /// No domain controller or global catalog answers.
    ErrorADUnavailable,
    /// An earlier item of the same request failed; its code is the telling one.
    ErrorBatchProcessingStopped,
    /// The caller is not in the directory.
    ErrorCallerIsInvalidADAccount,
    /// EWS cannot reach the mailbox.
    ErrorConnectionFailed,
    /// This front end may not serve the site of the mailbox.
    ErrorCrossSiteRequest,
    /// Two directory objects share a legacyExchangeDN.
    ErrorDuplicateLegacyDistinguishedName,
    /// More than one identity header.
    ErrorDuplicateSOAPHeader,
    /// Too many requests at a time.
    ErrorExceededConnectionCount,
    /// Too large a page was asked for.
    ErrorExceededFindCountLimit,
    /// Too many subscriptions.
    ErrorExceededSubscriptionCount,
    /// The folder does not exist, or may not be seen.
    ErrorFolderNotFound,
    /// The account may not impersonate this user.
    ErrorImpersonateUserDenied,
    /// The server cannot impersonate, for lack of permission.
    ErrorImpersonationDenied,
    /// Impersonation failed between servers.
    ErrorImpersonationFailed,
    /// The request does not fit the schema it declares.
    ErrorIncorrectSchemaVersion,
    /// The server is out of resources.
    ErrorInsufficientResources,
    /// Anything; the inner code, if there is one, is the real cause.
    ErrorInternalServerError,
    /// Anything that may pass.
    ErrorInternalServerTransientError,
    /// The authorization of the caller failed.
    ErrorInvalidAuthorizationContext,
    /// The impersonation header is not acceptable.
    ErrorInvalidExchangeImpersonationHeaderData,
    /// An empty identity of an item or folder.
    ErrorInvalidIdEmpty,
    /// A malformed identity of an item or folder.
    ErrorInvalidIdMalformed,
    /// The mailbox has no license.
    ErrorInvalidLicense,
    /// The mailbox named is not valid.
    ErrorInvalidMailbox,
    /// The management role header is not acceptable.
    ErrorInvalidManagementRoleHeader,
    /// The request is malformed.
    ErrorInvalidRequest,
    /// The mailbox is on a server that does not know the schema.
    ErrorInvalidSchemaVersionForMailboxVersion,
    /// The server does not know the schema version.
    ErrorInvalidServerVersion,
    /// The SID is not valid.
    ErrorInvalidSid,
    /// Not an SMTP address.
    ErrorInvalidSmtpAddress,
    /// The user principal name is not in the directory.
    ErrorInvalidUserPrincipalName,
    /// The SID is not in the directory.
    ErrorInvalidUserSid,
    /// The item or folder does not exist.
    ErrorItemNotFound,
    /// The directory attributes of the mailbox are wrong.
    ErrorMailboxConfiguration,
    /// The database is failing over.
    ErrorMailboxFailover,
    /// The log-on to the mailbox failed.
    ErrorMailboxLogonFailed,
    /// The mailbox is being moved.
    ErrorMailboxMoveInProgress,
    /// The mailbox database is unavailable.
    ErrorMailboxStoreUnavailable,
    /// The caller has no mailbox and named none.
    ErrorMissingEmailAddress,
    /// An `EmailAddress` element is missing.
    ErrorMissingInformationEmailAddress,
    /// A warning: several hits.
    ErrorNameResolutionMultipleResults,
    /// The caller has no mailbox, which name resolution needs.
    ErrorNameResolutionNoMailbox,
    /// No hit.
    ErrorNameResolutionNoResults,
    /// No server can take the request over.
    ErrorNoApplicableProxyCASServersAvailable,
    /// No server can take the request over with Kerberos.
    ErrorNoDestinationCASDueToKerberosRequirements,
    /// No server can take the request over with TLS.
    ErrorNoDestinationCASDueToSSLRequirements,
    /// No server of the right version can take the request over.
    ErrorNoDestinationCASDueToVersionMismatch,
    /// No mailbox at this address.
    ErrorNonExistentMailbox,
    /// An alias where the primary address is demanded.
    ErrorNonPrimarySmtpAddress,
    /// The servers of the other site do not answer.
    ErrorNoRespondingCASInDestinationSite,
    /// The server is out of memory.
    ErrorNotEnoughMemory,
    /// The tenant is blocked.
    ErrorOrganizationAccessBlocked,
    /// The caller's password must be changed first.
    ErrorPasswordChangeRequired,
    /// The caller's password has expired.
    ErrorPasswordExpired,
    /// The call to the next server failed.
    ErrorProxyCallFailed,
    /// The caller is in more than 3,000 groups.
    ErrorProxyGroupSidLimitExceeded,
    /// The next server does not accept the request.
    ErrorProxyRequestNotAllowed,
    /// The next server failed on the request.
    ErrorProxyRequestProcessingFailed,
    /// The next server was not found.
    ErrorProxyServiceDiscoveryFailed,
    /// The token for the next server has expired.
    ErrorProxyTokenExpired,
    /// The mailbox is full.
    ErrorQuotaExceeded,
    /// The request was aborted.
    ErrorRequestAborted,
    /// The request breaks the schema; line, position and violation are in the details.
    ErrorSchemaValidation,
    /// The throttling budget is spent; the back-off is in the details.
    ErrorServerBusy,
    /// The Autodiscover service of the user failed.
    ErrorServiceDiscoveryFailed,
    /// Too much was sent.
    ErrorSubmissionQuotaExceeded,
    /// The server ran out of time.
    ErrorTimeoutExpired,
    /// The caller may not pass on a token.
    ErrorTokenSerializationDenied,
    /// Too many objects are open in the mailbox.
    ErrorTooManyObjectsOpened,
    /// Unified messaging only.
    ErrorUserNotUnifiedMessagingEnabled,
    /// The mailbox is on another version of Exchange.
    ErrorWrongServerVersion,
    /// The delegate is on another version of Exchange.
    ErrorWrongServerVersionDelegate,
}

impl ResponseCode {
    /// The first word of `text` that is a code of the table and an error.
    pub(crate) fn named_in(text: &str) -> Option<Self> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words
            .filter_map(Self::known)
            .find(|code| *code != Self::NoError)
    }
}

impl From<&str> for ResponseCode {
    /// White space around the code is dropped; unknown codes are kept up to 256 characters.
    fn from(code: &str) -> Self {
        let code = code.trim();
        Self::known(code).unwrap_or_else(|| Self::Unknown(code.chars().take(MAX_UNKNOWN).collect()))
    }
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_survives_the_way_to_the_wire_and_back() {
        let mut names = HashSet::new();
        for code in ResponseCode::KNOWN {
            assert_eq!(&ResponseCode::from(code.as_str()), code);
            assert_eq!(code.to_string(), code.as_str());
            assert!(names.insert(code.as_str()), "{code} twice");
        }
    }

    #[test]
    fn other_codes_are_kept_as_they_came() {
        assert_eq!(
            ResponseCode::from(" ErrorServerBusy\n"),
            ResponseCode::ErrorServerBusy
        );
        assert_eq!(
            ResponseCode::from("errorserverbusy"),
            ResponseCode::Unknown("errorserverbusy".into())
        );
        assert_eq!(ResponseCode::from("ErrorNew").as_str(), "ErrorNew");
        assert_eq!(
            ResponseCode::from(&*"x".repeat(5000)).as_str().len(),
            MAX_UNKNOWN
        );
    }

    #[test]
    fn only_whole_words_name_a_code() {
        assert_eq!(
            ResponseCode::named_in("x (ErrorServerBusy)."),
            Some(ResponseCode::ErrorServerBusy)
        );
        assert_eq!(
            ResponseCode::named_in("NoError, then ErrorTimeoutExpired"),
            Some(ResponseCode::ErrorTimeoutExpired)
        );
        assert_eq!(ResponseCode::named_in("ErrorServerBusyNow"), None);
        assert_eq!(
            ResponseCode::named_in("Error: NoError"),
            None,
            "no refusal is ever read as a success"
        );
    }
}
