//! Causes that lie between the client and EWS, or in EWS as a whole.

use std::time::Duration;

use super::{Brought, ClientSide, World};
use crate::certificate::Certificate;
use crate::ews_error::EwsError;
use crate::fault::{Fault, HttpAnswer, What, When};
use crate::options::Bind;
use crate::proxy::ProxyFault;

/// Longer than any client waits in a test.
const LONG: Duration = Duration::from_mins(2);

pub(super) fn bring(cause: &str, world: &mut World) -> Option<Brought> {
    transport(cause, world)
        .or_else(|| certificate(cause, world))
        .or_else(|| front_end(cause, world))
        .or_else(|| ews(cause, world))
}

fn transport(cause: &str, world: &mut World) -> Option<Brought> {
    Some(match cause {
        "tcp.refused" => ("nobody listens", ClientSide::NobodyListens),
        "tcp.timeout" => {
            world.options.bind = Bind::Https(Certificate::Ca);
            plan(world, When::Connect, What::NoTls(LONG));
            ("When::Connect, What::NoTls", ClientSide::ShortTimeout)
        }
        "proxy.failed" => (
            "ProxyFault::Refuses(403)",
            ClientSide::ThroughProxy(ProxyFault::Refuses(403)),
        ),
        "tls.protocol" => ("Bind::Http", ClientSide::AsksForTls),
        _ => return None,
    })
}

fn certificate(cause: &str, world: &mut World) -> Option<Brought> {
    let (certificate, by, client) = match cause {
        "tls.untrusted" => (Certificate::Ca, "Certificate::Ca", ClientSide::WithoutTrust),
        "tls.untrusted#self-signed" => (
            Certificate::SelfSigned,
            "Certificate::SelfSigned",
            ClientSide::WithoutTrust,
        ),
        "tls.name_mismatch" => (
            Certificate::WrongName,
            "Certificate::WrongName",
            ClientSide::AsUsual,
        ),
        "tls.expired" => (
            Certificate::Expired,
            "Certificate::Expired",
            ClientSide::AsUsual,
        ),
        "tls.pin_mismatch" => (Certificate::Ca, "Certificate::Ca", ClientSide::OtherPin),
        _ => return None,
    };
    world.options.bind = Bind::Https(certificate);
    Some((by, client))
}

/// What answers in place of EWS.
fn front_end(cause: &str, world: &mut World) -> Option<Brought> {
    let (when, answer, by) = match cause {
        "http.not_ews" => (
            When::Any,
            HttpAnswer::sign_in_page(),
            "HttpAnswer::sign_in_page",
        ),
        "http.not_ews#404" => (When::Any, HttpAnswer::not_found(), "HttpAnswer::not_found"),
        "http.not_ews#440" => (
            When::Any,
            HttpAnswer::status(440).html("Login Timeout", "Your session has ended."),
            "HttpAnswer::status(440)",
        ),
        "http.redirected" => (
            When::Any,
            HttpAnswer::redirect(302, "https://mail.fabrikam.com/EWS/Exchange.asmx"),
            "HttpAnswer::redirect",
        ),
        "http.rejected" => (
            When::Credentials,
            HttpAnswer::status(400).html("Bad Request - Request Too Long", "HTTP Error 400."),
            "When::Credentials, HttpAnswer::status(400)",
        ),
        "http.gateway" => (
            When::Any,
            HttpAnswer::status(502).html("502 Bad Gateway", "No answer from upstream."),
            "HttpAnswer::status(502)",
        ),
        "policy.exchange_online_retired" => (
            When::Credentials,
            HttpAnswer::blocked_by_policy("EWS is disabled for this user or tenant"),
            "HttpAnswer::blocked_by_policy",
        ),
        _ => return None,
    };
    plan(world, when, What::Http(answer));
    Some((by, ClientSide::AsUsual))
}

/// What EWS says to everybody.
fn ews(cause: &str, world: &mut World) -> Option<Brought> {
    let (what, by, client) = match cause {
        "http.timeout" => (What::Stall(LONG), "What::Stall", ClientSide::ShortTimeout),
        "http.closed" => (
            What::CloseMidAnswer,
            "What::CloseMidAnswer",
            ClientSide::AsUsual,
        ),
        "protocol.version" => {
            world.options.schema_versions.clear();
            return Some(("Options::schema_versions empty", ClientSide::AsUsual));
        }
        _ => {
            let (error, by) = error(cause)?;
            (What::Ews(error), by, ClientSide::AsUsual)
        }
    };
    plan(world, When::Impersonated, what);
    Some((by, client))
}

fn error(cause: &str) -> Option<(EwsError, &'static str)> {
    Some(match cause {
        "protocol.rejected" => (
            EwsError::schema_violation(1, 421, "The element 'Body' has invalid content."),
            "EwsError::schema_violation",
        ),
        "policy.organization_blocked" => (
            EwsError::new("ErrorOrganizationAccessBlocked"),
            "ErrorOrganizationAccessBlocked",
        ),
        "impersonation.server_cannot" => (
            EwsError::fault("ErrorImpersonationFailed"),
            "ErrorImpersonationFailed",
        ),
        "impersonation.header_rejected" => (
            EwsError::fault("ErrorInvalidExchangeImpersonationHeaderData"),
            "ErrorInvalidExchangeImpersonationHeaderData",
        ),
        "server.busy" => (EwsError::busy(100), "EwsError::busy"),
        "server.transient" => (
            EwsError::new("ErrorInternalServerTransientError"),
            "ErrorInternalServerTransientError",
        ),
        "server.directory_unavailable" => {
            (EwsError::fault("ErrorADUnavailable"), "ErrorADUnavailable")
        }
        "server.error" => (
            EwsError::fault("ErrorInternalServerError"),
            "ErrorInternalServerError",
        ),
        _ => return None,
    })
}

fn plan(world: &mut World, when: When, what: What) {
    world.options.faults.push(Fault::always(when, what));
}
