//! Answers of Graph: resources and errors in JSON
//! (<https://learn.microsoft.com/graph/errors>), with the headers that every one carries. Writes only.

use serde_json::{Value, json};

use crate::bearer::{Refusal, Why};
use crate::calendar;
use crate::ews_error::{EwsError, Extras};
use crate::fault::{HttpAnswer, What};

/// An answer before it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Debug, Clone, PartialEq)]
enum Body {
    Json(Value),
    Text(String),
}

/// What tells a request from others.
#[derive(Debug)]
pub(crate) struct Ids {
    request: String,
    client: String,
}

impl Ids {
    /// A new one; the client's own is echoed, or made up.
    pub(crate) fn new(client: Option<String>) -> Self {
        let request = uuid::Uuid::new_v4().to_string();
        Self {
            client: client.unwrap_or_else(|| request.clone()),
            request,
        }
    }
}

impl Outcome {
    /// 200 with this.
    pub(crate) const fn ok(body: Value) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Body::Json(body),
        }
    }

    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            ..Self::ok(json!({ "error": { "code": code, "message": message } }))
        }
    }

    /// 404 of a mailbox that lives elsewhere, or has no license.
    pub(crate) fn not_enabled() -> Self {
        Self::error(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    }

    pub(crate) fn unknown_user(user: &str) -> Self {
        let text = format!("The requested user '{user}' is invalid.");
        Self::error(404, "ErrorInvalidUser", &text)
    }

    pub(crate) fn denied() -> Self {
        let text = "Access is denied. Check credentials and try again.";
        Self::error(403, "ErrorAccessDenied", text)
    }

    /// 403 of an application access policy.
    pub(crate) fn blocked_by_policy() -> Self {
        let text = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly \
            AccessPolicy settings.";
        Self::error(403, "ErrorAccessDenied", text)
    }

    /// 429; the wait is told in whole seconds.
    pub(crate) fn throttled(wait: std::time::Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Self::error(429, "TooManyRequests", "Too many requests.")
            .header("retry-after", &seconds.to_string())
    }

    /// 401 to a request without a token.
    pub(crate) fn no_token() -> Self {
        Self::unauthorized("Access token is empty.")
    }

    /// The answer to a token that is not taken.
    pub(crate) fn refused(refusal: &Refusal) -> Self {
        Self::unauthorized(match refusal.why {
            Why::Expired => "Lifetime validation failed, the token is expired.",
            Why::Resource => "Access token validation failure. Invalid audience.",
            Why::Signature => "Access token validation failure. Invalid signature.",
            Why::Malformed => "CompactToken parsing failed with error code: 80049217",
            Why::Internal => return Self::error(500, "InternalServerError", refusal.reason()),
            _ => refusal.reason(),
        })
    }

    /// An error that EWS would give, in the words of Graph.
    pub(crate) fn of(error: &EwsError) -> Self {
        let say = |status, code: &str| Self::error(status, code, &error.text);
        match error.code.as_str() {
            "ErrorServerBusy" => {
                let wait = back_off(error).unwrap_or_default();
                Self::throttled(std::time::Duration::from_millis(wait))
            }
            "ErrorImpersonateUserDenied" | "ErrorAccessDenied" => Self::denied(),
            "ErrorNonExistentMailbox" => say(404, "ErrorInvalidUser"),
            "ErrorFolderNotFound" => say(404, "ErrorItemNotFound"),
            "ErrorAccountDisabled" => say(403, "ErrorAccountDisabled"),
            code @ ("ErrorMailboxMoveInProgress"
            | "ErrorMailboxStoreUnavailable"
            | "ErrorMailboxFailover"
            | "ErrorConnectionFailed"
            | "ErrorInternalServerTransientError"
            | "ErrorTimeoutExpired") => say(503, code),
            code => say(500, code),
        }
    }

    /// What a planned fault puts in place of the true answer; gives back one that only changes how
    /// it is sent.
    pub(crate) fn planned(what: What) -> Result<Self, What> {
        Ok(match what {
            What::Ews(error) => Self::of(&error),
            What::Http(answer) => Self::from(answer),
            What::NotXml => Self::text("ERROR: the service is {unavailable".to_owned()),
            What::WrongShape => Self::ok(json!({ "value": [] })),
            What::Body(body) => Self::text(body),
            What::DeepNesting(depth) => Self::text("[".repeat(depth) + &"]".repeat(depth)),
            other => return Err(other),
        })
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As it is sent.
    pub(crate) fn answer(mut self, ids: &Ids) -> HttpAnswer {
        self.sign(ids);
        let typed = self.headers.iter().any(|(name, _)| is_content_type(name));
        let mut answer = HttpAnswer {
            headers: self.headers,
            ..HttpAnswer::status(self.status)
        };
        let (kind, body) = match self.body {
            Body::Json(body) => (
                "application/json;odata.metadata=minimal;charset=utf-8",
                body.to_string(),
            ),
            Body::Text(body) => ("application/json", body),
        };
        if !typed {
            answer = answer.header("content-type", kind);
        }
        answer.body = body;
        let diagnostic = "{\"ServerInfo\":{\"DataCenter\":\"West Europe\",\"Slice\":\"E\",\
            \"Ring\":\"5\",\"ScaleUnit\":\"003\",\"RoleInstance\":\"AM2PEPF0001C2F5\"}}";
        answer
            .header("cache-control", "private")
            .header("strict-transport-security", "max-age=31536000")
            .header("request-id", &ids.request)
            .header("client-request-id", &ids.client)
            .header("x-ms-ags-diagnostic", diagnostic)
    }

    /// As it stands in the answer to a batch.
    pub(crate) fn in_batch(mut self, id: &str, ids: &Ids) -> Value {
        self.sign(ids);
        let mut headers = serde_json::Map::new();
        headers.insert("Content-Type".to_owned(), json!("application/json"));
        for (name, value) in self.headers {
            if !is_content_type(&name) {
                headers.insert(capitalized(&name), json!(value));
            }
        }
        let body = match self.body {
            Body::Json(body) => body,
            Body::Text(body) => json!(body),
        };
        json!({ "id": id, "status": self.status, "headers": headers, "body": body })
    }

    const fn text(body: String) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: Body::Text(body),
        }
    }

    fn unauthorized(message: &str) -> Self {
        let challenge = "Bearer realm=\"\", \
            authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
            client_id=\"00000003-0000-0000-c000-000000000000\"";
        Self::error(401, "InvalidAuthenticationToken", message)
            .header("www-authenticate", challenge)
    }

    /// Says in an error which request it answers, and when.
    fn sign(&mut self, ids: &Ids) {
        let Body::Json(body) = &mut self.body else {
            return;
        };
        let error = body.get_mut("error").and_then(Value::as_object_mut);
        if let Some(error) = error {
            let inner = json!({
                "date": calendar::iso(calendar::now()),
                "request-id": ids.request,
                "client-request-id": ids.client,
            });
            error.entry("innerError").or_insert(inner);
        }
    }
}

impl From<HttpAnswer> for Outcome {
    fn from(answer: HttpAnswer) -> Self {
        let body = serde_json::from_str(&answer.body).map(Body::Json);
        Self {
            status: answer.status,
            headers: answer.headers,
            body: body.unwrap_or(Body::Text(answer.body)),
        }
    }
}

fn is_content_type(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-type")
}

fn back_off(error: &EwsError) -> Option<u64> {
    let Extras::Values(values) = &error.extras else {
        return None;
    };
    let (_, value) = values
        .iter()
        .find(|(name, _)| name == "BackOffMilliseconds")?;
    value.parse().ok()
}

/// `retry-after` as `Retry-After`: in a batch, names are as Graph writes them.
fn capitalized(name: &str) -> String {
    let mut start = true;
    let capital = |c: char| {
        let written = if start { c.to_ascii_uppercase() } else { c };
        start = c == '-';
        written
    };
    name.chars().map(capital).collect()
}
