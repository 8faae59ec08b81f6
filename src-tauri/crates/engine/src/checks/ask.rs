//! One request of a run, from ticket to observation. Runs on a task of its own, so that replies are
//! read on every core.

use std::sync::Arc;

use bytes::Bytes;
use contract::IdentifyBy;
use ews::{Body, DistinguishedFolder, RequestError, SchemaVersion};
use exchange::{Call, Fault, Reply, Target};
use uuid::Builder;

use super::graph;
use super::redact::Redactor;
use super::spec::{Access, TokenCarried};
use super::ticket::{Purpose, Ticket};
use crate::diagnosis::{Asked, Observed, observe, observe_graph};
use crate::ports::{Clock, MailLane};

/// Most bytes of a reply that are kept as evidence.
const EVIDENCE: usize = 16 * 1024;

/// A request that is ready to go.
pub(super) struct Prepared {
    call: Call,
    asked: Asked,
    folders: Vec<DistinguishedFolder>,
    /// For waits that are told as a date.
    clock: Arc<dyn Clock>,
    redactor: Arc<Redactor>,
    /// Who answers for the access token, where requests carry one.
    token: Option<Arc<TokenCarried>>,
}

/// What came of it.
pub(super) struct Answered {
    pub(super) observed: Observed,
    pub(super) request_id: String,
    /// Redacted request and reply; absent when the folder opened.
    pub(super) evidence: Option<(String, String)>,
    /// `ResolveNames`: the addresses that answer to the account's name.
    pub(super) addresses: Vec<String>,
    /// The certificate chain of the connection and the schemes offered, from the reply.
    pub(super) reply: Option<Reply>,
    pub(super) fault: Option<Fault>,
}

/// Writes the request of a ticket.
pub(super) fn prepare(
    ticket: &Ticket,
    access: &Access,
    schema: SchemaVersion,
) -> Result<Prepared, RequestError> {
    if let Some(base) = &access.graph {
        let target = graph::inbox(base, ticket)?;
        return Ok(over_graph(target, Asked::Impersonating, access));
    }
    let schema = ticket.schema.unwrap_or(schema);
    match ticket.purpose {
        Purpose::Check | Purpose::SecondAsking | Purpose::Proof => {
            let identity = ticket.identity(access.identify_by)?;
            let body = ews::get_folder::request(schema, Some(&identity), &access.folders)?;
            let anchor = anchor(ticket, access.identify_by);
            Ok(prepared(
                body,
                anchor,
                Asked::Impersonating,
                access.folders.clone(),
                access,
            ))
        }
        Purpose::AccountState | Purpose::OwnInbox => own_inbox(schema, access),
        Purpose::OwnAddress => {
            let name = access
                .account
                .rsplit_once('\\')
                .map_or(access.account.as_str(), |(_, user)| user);
            let body = ews::resolve_names::request(schema, None, name)?;
            Ok(prepared(body, None, Asked::Directory, Vec::new(), access))
        }
    }
}

/// The un-impersonated request for the account's own folder, of the kind that tells mailboxes apart
/// in this run (the Inbox unless others are asked for): the log-on, and the anonymous probe.
pub(super) fn own_inbox(schema: SchemaVersion, access: &Access) -> Result<Prepared, RequestError> {
    let folders: Vec<_> = access.folders.iter().take(1).copied().collect();
    let body = ews::get_folder::request(schema, None, &folders)?;
    Ok(prepared(body, None, Asked::Own, folders, access))
}

/// The same, before any credentials.
pub(super) fn anonymous(schema: SchemaVersion, access: &Access) -> Result<Prepared, RequestError> {
    if let Some(base) = &access.graph {
        let target = graph::anything(base);
        return Ok(over_graph(target, Asked::Anonymously, access));
    }
    own_inbox(schema, access).map(|prepared| Prepared {
        asked: Asked::Anonymously,
        ..prepared
    })
}

fn over_graph(target: Target, asked: Asked, access: &Access) -> Prepared {
    let mut prepared = prepared(String::new(), None, asked, Vec::new(), access);
    prepared.call.target = target;
    prepared
}

fn prepared(
    body: String,
    anchor: Option<String>,
    asked: Asked,
    folders: Vec<DistinguishedFolder>,
    access: &Access,
) -> Prepared {
    let request_id = Builder::from_random_bytes(access.dice.roll())
        .into_uuid()
        .to_string();
    Prepared {
        call: Call {
            body: Bytes::from(body),
            anchor,
            request_id,
            idempotent: true,
            target: Target::Ews,
        },
        asked,
        folders,
        clock: Arc::clone(&access.clock),
        redactor: Arc::clone(&access.redactor),
        token: access.token_carried.clone(),
    }
}

/// `X-AnchorMailbox` takes an SMTP address; a UPN usually is one, a SID never.
fn anchor(ticket: &Ticket, by: IdentifyBy) -> Option<String> {
    match by {
        IdentifyBy::Sid if !ticket.mailbox.contains('@') => None,
        _ => Some(ticket.mailbox.clone()),
    }
}

/// Sends it and reads what came.
pub(super) async fn ask(lane: &mut dyn MailLane, prepared: &Prepared) -> Answered {
    let outcome = lane.post(&prepared.call).await;
    let now = prepared.clock.now();
    let mut observed = match prepared.call.target {
        Target::Ews | Target::Beside(_) => {
            observe(&outcome, prepared.asked, &prepared.folders, now)
        }
        Target::Get(_) => observe_graph(&outcome, prepared.asked, now),
    };
    if let Some(token) = &prepared.token {
        observed = token.judge(observed, outcome.as_ref().ok());
    }
    let opened = matches!(observed.seen, crate::diagnosis::Seen::Opened(_));
    let redactor = &prepared.redactor;
    redactor.clean_observed(&mut observed);
    let evidence = (!opened).then(|| {
        let request = shown_request(&prepared.call);
        (
            redactor.clean(request),
            redactor.clean(shown_outcome(&outcome)),
        )
    });
    let (reply, fault) = match outcome {
        Ok(reply) => (Some(reply), None),
        Err(fault) => (None, Some(fault)),
    };
    let resolved = match (prepared.asked, &reply) {
        (Asked::Directory, Some(reply)) => resolved(&reply.body),
        _ => Vec::new(),
    };
    let addresses = resolved
        .into_iter()
        .map(|address| redactor.clean(address))
        .collect();
    Answered {
        observed,
        request_id: prepared.call.request_id.clone(),
        evidence,
        addresses,
        reply,
        fault,
    }
}

fn resolved(body: &[u8]) -> Vec<String> {
    let Ok(answer) = ews::read(body) else {
        return Vec::new();
    };
    let Body::Messages(messages) = answer.body else {
        return Vec::new();
    };
    messages
        .into_iter()
        .flat_map(|m| m.resolutions)
        .filter_map(|r| r.email_address)
        .collect()
}

/// No `Authorization` is ever in here: it is added on the lane, after this was written.
fn shown_request(call: &Call) -> String {
    let anchor = call
        .anchor
        .as_deref()
        .map(|a| format!("X-AnchorMailbox: {a}\r\n"))
        .unwrap_or_default();
    let body = String::from_utf8_lossy(&call.body);
    let line = match &call.target {
        Target::Ews => "POST /EWS/Exchange.asmx",
        Target::Beside(path) => &format!("POST {path}"),
        Target::Get(path) => &format!("GET {path}"),
    };
    format!(
        "{line} HTTP/1.1\r\n{anchor}client-request-id: {}\r\nAuthorization: (redacted)\r\n\r\n{body}",
        call.request_id
    )
}

fn shown_outcome(outcome: &Result<Reply, Fault>) -> String {
    match outcome {
        Err(fault) => format!("(no reply: {fault})"),
        Ok(reply) => {
            let mut text = format!("HTTP/1.1 {}\r\n", reply.status);
            for (name, value) in reply.headers.iter() {
                let shown = match name {
                    "set-cookie" | "authorization" | "proxy-authorization" => "(redacted)",
                    "www-authenticate" => value.split(' ').next().unwrap_or_default(),
                    _ => value,
                };
                text.extend([name, ": ", shown, "\r\n"]);
            }
            text.push_str("\r\n");
            let body = &reply.body[..reply.body.len().min(EVIDENCE)];
            text.push_str(&String::from_utf8_lossy(body));
            if reply.body.len() > EVIDENCE {
                text.push_str("\r\n(cut)");
            }
            text
        }
    }
}
