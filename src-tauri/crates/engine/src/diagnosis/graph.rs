//! What one reply of Microsoft Graph says: the same verdicts and causes as over EWS. Reads JSON; knows no
//! run, and never takes a status for a verdict where the body names a code.
//!
//! <https://learn.microsoft.com/graph/errors>, <https://learn.microsoft.com/graph/api/mailfolder-get>

use contract::Cause;
use ews::{FolderId, ReadError, ResponseCode};
use exchange::{Fault, Reply};
use jiff::Timestamp;
use serde::Deserialize;

use super::identity::Identity;
use super::observe::{Asked, Observed, Seen, observe};
use super::{codes, http};

/// A folder, as far as it was asked for; a refusal.
#[derive(Debug, Deserialize)]
struct Answer {
    id: Option<String>,
    error: Option<Refusal>,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// Reads one reply, or its absence.
pub(crate) fn observe_graph(
    outcome: &Result<Reply, Fault>,
    asked: Asked,
    now: Timestamp,
) -> Observed {
    let Ok(reply) = outcome else {
        // A fault is one of the way, whatever was asked for.
        return observe(outcome, asked, &[], now);
    };
    let mut observed = of_reply(reply, asked);
    observed.wait = http::retry_after(reply, now);
    observed.http_status = Some(reply.status);
    observed.elapsed = Some(reply.elapsed);
    observed
}

fn of_reply(reply: &Reply, asked: Asked) -> Observed {
    let answer = serde_json::from_slice::<Answer>(&reply.body).ok();
    if reply.status == 401 {
        let mut observed = Observed::new(Seen::Challenge);
        if let Some(refusal) = answer.and_then(|answer| answer.error) {
            observed.text = Some(refusal.message);
        }
        return observed;
    }
    match answer {
        Some(Answer {
            error: Some(refusal),
            ..
        }) => refused(reply, &refusal),
        Some(Answer { id: Some(id), .. }) if reply.status == 200 && !id.is_empty() => {
            let mut observed = Observed::new(Seen::Opened(identity(&id)));
            observed.ews_code = Some(ResponseCode::NoError.as_str().to_owned());
            observed
        }
        Some(_) => Observed::cause(Cause::ProtocolUnexpected)
            .detail("Graph answered without the folder that was asked for"),
        None => {
            let html = reply.body.trim_ascii_start().starts_with(b"<");
            http::judge(reply, &ReadError::NotXml { html }, asked)
        }
    }
}

/// A folder identity of Graph is that of EWS, with the two characters changed that a path cannot have.
/// <https://learn.microsoft.com/graph/api/user-translateexchangeids>
fn identity(id: &str) -> Identity {
    Identity::of(&FolderId {
        id: id.replace('-', "/").replace('_', "+"),
        change_key: None,
    })
}

fn refused(reply: &Reply, refusal: &Refusal) -> Observed {
    let mut observed = if let Some(cause) = cause(reply.status, &refusal.code) {
        Observed::cause(cause)
    } else {
        let code = ResponseCode::from(refusal.code.as_str());
        let words = refusal.message.to_ascii_lowercase();
        codes::judge(&code, &words, Asked::Impersonating)
    };
    // A limit of service, and not of one mailbox: fewer requests at a time are the remedy.
    observed.too_many = matches!(observed.seen, Seen::Cause(Cause::ServerBusy));
    observed.ews_code = Some(refusal.code.clone()).filter(|code| !code.is_empty());
    observed.text = Some(refusal.message.clone()).filter(|text| !text.is_empty());
    if matches!(observed.seen, Seen::Cause(cause) if cause.stops()) {
        observed.detail = Some(format!("{}: {}", refusal.code, refusal.message));
    }
    observed
}

/// What Graph calls otherwise than EWS; none: a code of Exchange that means the same in both.
fn cause(status: u16, code: &str) -> Option<Cause> {
    Some(match (status, code) {
        (429, _) => Cause::ServerBusy,
        // Permission, scope and application access policy all speak so, mailbox by mailbox.
        (403, "ErrorAccessDenied" | "Authorization_RequestDenied") => Cause::ImpersonationRefused,
        (403, code) if code.eq_ignore_ascii_case("accessDenied") => Cause::ImpersonationRefused,
        (404, "MailboxNotEnabledForRESTAPI" | "MailboxNotSupportedForRESTAPI") => {
            Cause::MailboxRemote
        }
        (404, "ErrorInvalidUser" | "Request_ResourceNotFound" | "ResourceNotFound")
        | (_, "ErrorNonExistentMailbox") => Cause::MailboxNotFound,
        (400, "Request_BadRequest" | "ErrorInvalidSmtpAddress") => Cause::MailboxAddressInvalid,
        (400, code) if !is_of_exchange(code) => Cause::ProtocolRejected,
        (503, code) if !is_of_exchange(code) => Cause::ServerBusy,
        (502 | 504, code) if !is_of_exchange(code) => Cause::HttpGateway,
        (500..=599, code) if !is_of_exchange(code) => Cause::ServerError,
        (403, code) if !is_of_exchange(code) => Cause::PolicyEwsBlocked,
        (_, code) if !is_of_exchange(code) => Cause::ServerUnknownCode,
        _ => return None,
    })
}

/// Codes of Exchange begin alike.
fn is_of_exchange(code: &str) -> bool {
    code.starts_with("Error")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contract::Cause as C;
    use exchange::Reply;

    use super::observe_graph;
    use crate::diagnosis::{Asked, Observed, Seen};

    fn seen(status: u16, headers: &[(&str, &str)], body: &str) -> Observed {
        let lines = headers.iter();
        let reply = Reply {
            status,
            headers: lines
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.to_owned().into(),
            elapsed: Duration::ZERO,
            with_credentials: true,
            chain: std::sync::Arc::default(),
            log_on: None,
        };
        observe_graph(
            &Ok(reply),
            Asked::Impersonating,
            jiff::Timestamp::UNIX_EPOCH,
        )
    }

    fn error(status: u16, code: &str, message: &str) -> Observed {
        let body =
            format!(r#"{{"error":{{"code":"{code}","message":"{message}","innerError":{{}}}}}}"#);
        seen(status, &[("content-type", "application/json")], &body)
    }

    #[test]
    fn every_answer_has_its_cause() {
        for (status, code, cause) in [
            (403, "ErrorAccessDenied", C::ImpersonationRefused),
            (403, "Authorization_RequestDenied", C::ImpersonationRefused),
            (403, "AccessDenied", C::ImpersonationRefused),
            (403, "Forbidden", C::PolicyEwsBlocked),
            (404, "MailboxNotEnabledForRESTAPI", C::MailboxRemote),
            (404, "ErrorInvalidUser", C::MailboxNotFound),
            (404, "Request_ResourceNotFound", C::MailboxNotFound),
            (404, "ErrorItemNotFound", C::MailboxFolderMissing),
            (404, "SomethingElse", C::ServerUnknownCode),
            (400, "Request_BadRequest", C::MailboxAddressInvalid),
            (400, "BadRequest", C::ProtocolRejected),
            (400, "ErrorInvalidLicense", C::MailboxLicense),
            (429, "TooManyRequests", C::ServerBusy),
            (429, "ErrorServerBusy", C::ServerBusy),
            (503, "serviceNotAvailable", C::ServerBusy),
            (503, "ErrorMailboxMoveInProgress", C::MailboxMoving),
            (
                503,
                "ErrorMailboxStoreUnavailable",
                C::MailboxStoreUnavailable,
            ),
            (500, "InternalServerError", C::ServerError),
            (500, "ErrorInternalServerTransientError", C::ServerTransient),
            (504, "UnknownError", C::HttpGateway),
        ] {
            let observed = error(status, code, "Words of Graph.");
            assert_eq!(observed.seen, Seen::Cause(cause), "{status} {code}");
            assert_eq!(observed.ews_code.as_deref(), Some(code));
            assert_eq!(observed.text.as_deref(), Some("Words of Graph."));
        }
        assert_eq!(
            error(403, "ErrorAccountDisabled", "").seen,
            Seen::AccountDisabled
        );
        assert_eq!(
            error(401, "InvalidAuthenticationToken", "expired").seen,
            Seen::Challenge
        );
    }

    #[test]
    fn a_folder_tells_its_mailbox_as_over_ews() {
        let ews = "AAMkAGJiMDBmN2NmLTBiOTQtNGZhYi04ZWY1LTIzMWYwYmM0MDQxNgACAAAB";
        let opened = |id: &str| {
            seen(
                200,
                &[],
                &format!(r#"{{"@odata.context":"x","id":"{id}"}}"#),
            )
            .seen
        };
        let Seen::Opened(identity) = opened(ews) else {
            panic!("a folder opens")
        };
        assert!(identity.key().by_guid, "the GUID is in there, as over EWS");
        assert_ne!(opened("a-b_c="), opened("a-b_d="));
        let folder = ews::FolderId {
            id: "a/b+c=".to_owned(),
            change_key: None,
        };
        let over_ews = crate::diagnosis::Identity::of(&folder);
        assert_eq!(opened("a-b_c="), Seen::Opened(over_ews));
    }

    #[test]
    fn what_is_no_answer_of_graph_opens_nothing() {
        let unexpected = Seen::Cause(C::ProtocolUnexpected);
        assert_eq!(seen(200, &[], r#"{"value":[]}"#).seen, unexpected);
        assert_eq!(seen(200, &[], r#"{"id":""}"#).seen, unexpected);
        assert_eq!(seen(200, &[], "not JSON").seen, unexpected);
        let page = seen(200, &[("content-type", "text/html")], "<html>log on</html>");
        assert_eq!(page.seen, Seen::Cause(C::HttpNotEws));
        assert_eq!(seen(403, &[], "").seen, Seen::Cause(C::PolicyEwsBlocked));
        assert_eq!(seen(502, &[], "").seen, Seen::Cause(C::HttpGateway));
        assert_eq!(
            seen(201, &[], r#"{"id":"x"}"#).seen,
            unexpected,
            "nothing was to be made"
        );
    }

    #[test]
    fn the_wait_is_the_servers_own() {
        let body = r#"{"error":{"code":"TooManyRequests","message":"Later."}}"#;
        let observed = seen(429, &[("retry-after", "7")], body);
        assert_eq!(observed.wait, Some(Duration::from_secs(7)));
        assert!(observed.too_many);
    }
}
