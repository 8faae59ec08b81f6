//! Requests of a check over Microsoft Graph: one GET a mailbox, of the Inbox and its id alone.
//!
//! - **No `$batch`.** Graph holds every request in a batch against its limits as if it came alone, and
//!   answers each with a status of its own, so that a batch saves round trips and no work; and one row
//!   has one request, with its own id, evidence, wait and repetition. Lanes hide the round trips.
//!   <https://learn.microsoft.com/graph/throttling>
//! - **The Inbox only.** Calendar, contacts and tasks are no mail folders of Graph: each needs a further
//!   permission of the application, and granting more than `Mail.ReadBasic.All` to be checked for
//!   would be the wrong way round.

use contract::IdentifyBy;
use ews::RequestError;
use exchange::Target;

use super::ticket::Ticket;

/// The Inbox of a mailbox: `…/users/{address}/mailFolders/inbox?$select=id`.
/// <https://learn.microsoft.com/graph/api/mailfolder-get>
///
/// # Errors
/// [`RequestError`] for an identity that cannot be sent.
pub(super) fn inbox(base: &str, ticket: &Ticket) -> Result<Target, RequestError> {
    // An empty name would ask for something else altogether.
    ticket.identity(IdentifyBy::Smtp)?;
    let user = ticket.identity.as_deref().unwrap_or(&ticket.mailbox);
    let user = encoded(user);
    Ok(Target::Get(format!(
        "{base}/users/{user}/mailFolders/inbox?$select=id"
    )))
}

/// What anybody may ask, to be told that a token is needed.
pub(super) fn anything(base: &str) -> Target {
    Target::Get(format!("{base}/me"))
}

/// The path that all others begin with: that of the URL, `/v1.0` where it has none.
pub(super) fn base(url: &str) -> String {
    let parsed = url::Url::parse(url.trim()).ok();
    let path = parsed.as_ref().map_or("", url::Url::path);
    match path.trim_end_matches('/') {
        "" => "/v1.0".to_owned(),
        path => path.to_owned(),
    }
}

/// One segment of a path (RFC 3986 §3.3): whatever is in an address, it stays one.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'-' | b'.' | b'_' | b'~' | b'@' => encoded.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            _ => encoded.extend(format!("%{byte:02X}").chars()),
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use ews::SchemaVersion;
    use exchange::Target;

    use super::{base, inbox};
    use crate::checks::ticket::Ticket;

    fn path(mailbox: &str) -> Option<String> {
        let ticket = Ticket::of_account(mailbox, SchemaVersion::Exchange2013Sp1);
        match inbox("/v1.0", &ticket) {
            Ok(Target::Get(path)) => Some(path),
            _ => None,
        }
    }

    #[test]
    fn an_address_stays_one_segment() {
        assert_eq!(
            path("anna@contoso.com").as_deref(),
            Some("/v1.0/users/anna@contoso.com/mailFolders/inbox?$select=id")
        );
        assert_eq!(
            path("a/b?c#d%e+f'ü@contoso.com").as_deref(),
            Some(
                "/v1.0/users/a%2Fb%3Fc%23d%25e%2Bf%27%C3%BC@contoso.com/mailFolders/inbox?$select=id"
            )
        );
        assert_eq!(path(""), None, "nobody's Inbox is never asked for");
    }

    #[test]
    fn the_version_is_in_the_url_or_the_first_one() {
        for (url, path) in [
            ("https://graph.microsoft.com/v1.0", "/v1.0"),
            ("https://graph.microsoft.com/v1.0/", "/v1.0"),
            ("https://graph.microsoft.com", "/v1.0"),
            ("https://graph.microsoft.com/beta", "/beta"),
        ] {
            assert_eq!(base(url), path, "{url}");
        }
    }
}
