//! From an HTTP reply that holds no EWS answer to a cause (RFC 9110 and what Exchange, its load
//! balancers and its publishing gateways do).

use std::time::Duration;

use contract::Cause;
use ews::ReadError;
use exchange::Reply;
use jiff::Timestamp;

use super::observe::{Asked, Observed, Seen};

/// 401: a challenge; with the lock-out text, and after credentials, a locked account.
pub(super) fn challenge(reply: &Reply, asked: Asked) -> Observed {
    if says_locked(reply, asked) {
        return Observed::cause(Cause::AccountLocked);
    }
    let refused = reply
        .log_on
        .as_ref()
        .is_some_and(|report| report.refused && report.mechanism != "basic");
    Observed::new(if refused {
        Seen::LogOnRefused
    } else {
        Seen::Challenge
    })
}

/// Exchange Online says in a header that it refuses EWS, whatever the body holds.
pub(super) fn retired(reply: &Reply) -> Option<Observed> {
    let reason = reply.headers.first("x-ews-policy-reason")?;
    if reply.status == 200 {
        return None;
    }
    let cleaned = reason.chars().filter(|c| !c.is_control()).take(200);
    let reason: String = cleaned.collect::<String>().trim().to_owned();
    let observed = Observed::cause(Cause::PolicyExchangeOnlineRetired);
    Some(if reason.is_empty() {
        observed
    } else {
        observed.detail(reason)
    })
}

/// Everything else.
pub(super) fn judge(reply: &Reply, error: &ReadError, asked: Asked) -> Observed {
    let html = is_html(reply, error);
    let status = reply.status;
    if status >= 400 && says_locked(reply, asked) {
        return status_only(Cause::AccountLocked, status);
    }
    match status {
        300..=399 | 451 => redirected(reply),
        // Where no length was announced, only the text tells that the rest is missing.
        200..=299 | 500 if *error == ReadError::Truncated => {
            Observed::cause(Cause::HttpClosed).detail(error.to_string())
        }
        200..=299 if html => Observed::cause(Cause::HttpNotEws).detail("a web page"),
        200..=299 => Observed::cause(Cause::ProtocolUnexpected).detail(error.to_string()),
        400 | 413 => status_only(Cause::HttpRejected, status),
        403 => status_only(Cause::PolicyEwsBlocked, status),
        404 if cannot_place_the_mailbox(reply) && asked != Asked::Anonymously => match asked {
            Asked::Impersonating => Observed::cause(Cause::MailboxNotFound),
            // No mailbox of the account's own: that gates nothing.
            _ => Observed::new(Seen::NoOwnMailbox),
        },
        407 => Observed::cause(Cause::ProxyFailed)
            .detail("HTTP 407: a proxy in front of the server asks for a sign-in of its own"),
        408 => status_only(Cause::HttpTimeout, status),
        429 | 503 => {
            let mut observed = status_only(Cause::ServerBusy, status);
            observed.too_many = true;
            observed
        }
        456 => status_only(Cause::AccountLocked, status),
        400..=499 => status_only(Cause::HttpNotEws, status),
        502 | 504 => status_only(Cause::HttpGateway, status),
        500 if contains(&reply.body, "specified server version is invalid") => {
            Observed::new(Seen::StepDown {
                mailbox_only: false,
                otherwise: Cause::ProtocolVersion,
            })
        }
        500..=599 => status_only(Cause::ServerError, status),
        _ => status_only(Cause::ProtocolUnexpected, status),
    }
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date. The date is held against that of the reply,
/// so that only a server without a clock of its own is judged by ours.
pub(super) fn retry_after(reply: &Reply, now: Timestamp) -> Option<Duration> {
    let text = reply.headers.first("retry-after")?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Too large for a number is too long to wait, and not no word.
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let until = date(text)?;
    let since = reply.headers.first("date").and_then(date).unwrap_or(now);
    // A date that has passed asks for no wait at all.
    Some(Duration::try_from(until.duration_since(since)).unwrap_or_default())
}

/// An HTTP date in its one form that is still sent (RFC 9110 §5.6.7).
fn date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()
}

fn redirected(reply: &Reply) -> Observed {
    let target = reply
        .headers
        .first("location")
        .or_else(|| reply.headers.first("x-ms-location"));
    let target = target.unwrap_or("(no address)").to_owned();
    let lower = target.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    let cause = if path.contains("/ews/genericerrorpage.htm") {
        Cause::ServerTransient
    } else if is_log_on_page(path) {
        Cause::HttpNotEws
    } else {
        Cause::HttpRedirected
    };
    Observed::cause(cause).detail(shown(&target))
}

/// Log-on pages of OWA, AD FS, Entra and common gateways. The name of a host is no page, unless the
/// host does nothing but log on.
fn is_log_on_page(target: &str) -> bool {
    let (host, path) = match target.split_once("://") {
        Some((_, rest)) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", target),
    };
    ["login.", "logon.", "signin.", "sso.", "adfs."]
        .iter()
        .any(|word| host.starts_with(word))
        || [
            "logon",
            "login",
            "signin",
            "sign-in",
            "/owa/auth",
            "/adfs/",
            "/oauth2/",
            "my.policy",
        ]
        .iter()
        .any(|word| path.contains(word))
}

/// A redirect's target without what may carry secrets: query, fragment, user info.
fn shown(target: &str) -> String {
    let target = target.split(['?', '#']).next().unwrap_or_default();
    let target = match target.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = host.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        None => target.to_owned(),
    };
    target
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect()
}

/// What Windows says of a log-on to a locked account (system error 1909), whatever page it stands on. To
/// a question without credentials it is about nobody.
fn says_locked(reply: &Reply, asked: Asked) -> bool {
    asked != Asked::Anonymously
        && contains(&reply.body, "referenced account is currently locked out")
}

fn cannot_place_the_mailbox(reply: &Reply) -> bool {
    reply.headers.first("x-caserrorcode").is_some_and(|code| {
        let code = code.to_ascii_lowercase();
        code.contains("usernotfound") || code.contains("mailboxguidwithdomainnotfound")
    })
}

fn status_only(cause: Cause, status: u16) -> Observed {
    Observed::cause(cause).detail(format!("HTTP {status}"))
}

fn is_html(reply: &Reply, error: &ReadError) -> bool {
    let by_body = match error {
        ReadError::NotXml { html } => *html,
        ReadError::NotSoap { root } => root.eq_ignore_ascii_case("html"),
        ReadError::Doctype => contains(&reply.body, "<html"),
        _ => false,
    };
    by_body
        || (reply
            .headers
            .first("content-type")
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
            && !reply.body.is_empty())
}

fn contains(body: &[u8], words: &str) -> bool {
    let head = &body[..body.len().min(64 * 1024)];
    String::from_utf8_lossy(head)
        .to_ascii_lowercase()
        .contains(words)
}

#[cfg(test)]
mod tests {
    use contract::Cause;

    use super::{is_log_on_page, shown};

    #[test]
    fn log_on_pages_are_told_from_other_redirects() {
        for page in [
            "/owa/auth/logon.aspx",
            "https://sts.contoso.com/adfs/ls/",
            "https://x/my.policy",
            "https://login.microsoftonline.com/common",
        ] {
            assert!(is_log_on_page(page), "{page}");
        }
        for other in [
            "https://mail2.contoso.com/ews/exchange.asmx",
            "/owa/",
            "https://mail.contoso.com/",
            "https://mail.login-systems.com/ews/exchange.asmx",
        ] {
            assert!(!is_log_on_page(other), "{other}");
        }
        assert_eq!(
            shown("https://user:pw@x/a"),
            "https://x/a",
            "so may user infos"
        );
        assert_eq!(
            shown("https://x/a?token=1#f"),
            "https://x/a",
            "queries may carry tokens"
        );
        assert_eq!(Cause::HttpRedirected.as_str(), "http.redirected");
    }
}
