//! Faults on demand: when something goes wrong, how often, and what. Only data; `crate::queue`
//! decides which fault is due.

use std::time::Duration;

use crate::ews_error::EwsError;

/// One planned fault. Of several that fit a request, the one planned first is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which requests it meets.
    pub when: When,
    /// How many of them.
    pub times: Times,
    /// What they get.
    pub what: What,
}

impl Fault {
    /// The next request that fits gets it.
    #[must_use]
    pub const fn once(when: When, what: What) -> Self {
        Self {
            when,
            times: Times::Once,
            what,
        }
    }

    /// The next `n` requests that fit get it.
    #[must_use]
    pub const fn times(n: u64, when: When, what: What) -> Self {
        Self {
            when,
            times: Times::N(n),
            what,
        }
    }

    /// Every request that fits gets it.
    #[must_use]
    pub const fn always(when: When, what: What) -> Self {
        Self {
            when,
            times: Times::Always,
            what,
        }
    }
}

/// Which requests a fault meets.
///
/// `Any`, `Path`, `EveryNth`, `After`, `Anonymous` and `Credentials` strike before the log-on is looked at;
/// so do `NtlmNegotiate`, `NtlmAuthenticate`, `LoggedOn` and `EveryNthLoggedOn`.
/// `LogOn`, `Impersonated`, `EveryNthImpersonated`, `Operation` and `Mailbox` only once the password was accepted and the
/// request read; only EWS has those, and Graph, where every question about a folder impersonates its
/// user and is the operation `GetMailFolder`, in a batch one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Any request, anonymous ones too.
    Any,
    /// A request whose path begins so (any case): `/autodiscover/autodiscover.svc`.
    Path(String),
    /// A request without `Authorization` on a connection that nobody is logged on to.
    Anonymous,
    /// A request with `Authorization`, right or wrong, or on a connection that is logged on.
    Credentials,
    /// A request with NTLM's first message, bare or in SPNEGO: what is due is the challenge.
    NtlmNegotiate,
    /// A request with NTLM's last message.
    NtlmAuthenticate,
    /// A request without `Authorization` on a connection that NTLM logged on.
    LoggedOn,
    /// Every n-th of those, counted from the planning on. 0 counts as 1.
    EveryNthLoggedOn(u64),
    /// An accepted request that impersonates nobody.
    LogOn,
    /// An accepted request that impersonates anybody.
    Impersonated,
    /// An accepted request whose impersonation header carries this identity (any case), or that of
    /// the mailbox with this primary address.
    Mailbox(String),
    /// An accepted request for this operation: `DeleteItem`.
    Operation(String),
    /// Every n-th accepted request that impersonates, counted from the planning on. 0 counts as 1.
    EveryNthImpersonated(u64),
    /// Every n-th request (n, 2n, …), counted from the planning on. 0 counts as 1.
    EveryNth(u64),
    /// Every request after the first n, counted from the planning on.
    After(u64),
    /// The connection, before a byte is read. Only with `Close`, `CloseInHandshake`, `NoTls`,
    /// `Stall` and `Reset`; other kinds never strike here.
    Connect,
}

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Once.
    Once,
    /// This often.
    N(u64),
    /// Without end.
    Always,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An EWS error, in the form it names.
    Ews(EwsError),
    /// An HTTP answer instead of an EWS one.
    Http(HttpAnswer),
    /// The connection is closed before an answer.
    Close,
    /// The true answer is announced in full, sent in half, and the connection is closed.
    CloseMidAnswer,
    /// No answer for this long, then the connection is closed.
    Stall(Duration),
    /// The true answer, in pieces of `chunk` bytes (at least 1) with a `pause` before each.
    Drip {
        /// Bytes a piece.
        chunk: usize,
        /// Pause before each piece.
        pause: Duration,
    },
    /// The true answer, this much later.
    Delay(Duration),
    /// An answer of this many bytes that starts like SOAP and never ends properly.
    Huge(u64),
    /// HTTP 200, `text/xml`, and a body that is no XML.
    NotXml,
    /// HTTP 200 and well-formed XML that is no SOAP envelope.
    WrongShape,
    /// HTTP 200 and a SOAP envelope with this many elements nested in its body.
    DeepNesting(usize),
    /// HTTP 200 and exactly this body as `text/xml`.
    Body(String),
    /// The folder of this mailbox (primary address) instead of the one asked for.
    WrongMailbox(String),
    /// The caller's own folder instead of the one asked for.
    HeaderIgnored,
    /// The connection is reset (TCP RST).
    Reset,
    /// The connection is accepted, and nothing is ever said on it for this long.
    NoTls(Duration),
    /// The connection is closed as soon as the client said something.
    CloseInHandshake,
    /// The true answer, and then the end of the connection.
    CloseAfter {
        /// Announced by `Connection: close`.
        announced: bool,
    },
    /// The true answer in chunks, its length not announced.
    Chunked,
    /// The connection's log-on is forgotten before the request is judged: without credentials of its
    /// own it gets 401.
    ForgetLogOn,
    /// NTLM's challenge goes wrong; only with [`When::NtlmNegotiate`] and what includes it.
    Challenge(ChallengeFault),
}

/// What goes wrong with NTLM's challenge, the type 2 message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeFault {
    /// Starts like a challenge and ends as nothing.
    Garbage,
    /// Ends in the middle of its fixed part.
    Truncated,
    /// Has no target info, as servers before Windows 2000 SP4.
    WithoutTargetInfo,
    /// Has a target info without `MsvAvTimestamp`.
    WithoutTimestamp,
    /// Comes in two headers.
    Repeated,
    /// Does not come: SPNEGO says reject; plain NTLM asks again.
    Rejected,
}

impl What {
    /// `ErrorImpersonateUserDenied` as Exchange sends it; with [`Times::Once`] the denial at random.
    #[must_use]
    pub fn denied() -> Self {
        Self::Ews(EwsError::fault("ErrorImpersonateUserDenied"))
    }
}

/// An HTTP answer that is not EWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Status, 100 to 999.
    pub status: u16,
    /// Reason phrase, if not the usual one.
    pub reason: Option<String>,
    /// Headers to add.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl HttpAnswer {
    /// A status with an empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status,
            reason: None,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a body of this content type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self.header("content-type", content_type)
    }

    /// The same with an HTML page.
    #[must_use]
    pub fn html(self, title: &str, text: &str) -> Self {
        self.body(
            "text/html; charset=utf-8",
            &format!(
                "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>\
                 <p>{text}</p></body></html>"
            ),
        )
    }

    /// 401 with these challenges; none gives a 401 without `WWW-Authenticate`.
    #[must_use]
    pub fn unauthorized(challenges: &[&str]) -> Self {
        let answer = Self::status(401).html("401 - Unauthorized", "Access is denied.");
        challenges.iter().fold(answer, |a, challenge| {
            a.header("www-authenticate", challenge)
        })
    }

    /// 401 with the text of a locked account.
    #[must_use]
    pub fn locked_out() -> Self {
        Self::status(401)
            .header("www-authenticate", "Negotiate")
            .html(
                "401 - Unauthorized",
                "The referenced account is currently locked out and may not be logged on to.",
            )
    }

    /// 456 with the address to unlock at as reason phrase.
    #[must_use]
    pub fn blocked_with_unlock_url(url: &str) -> Self {
        Self {
            reason: Some(url.to_owned()),
            ..Self::status(456)
        }
    }

    /// 401 to a token, with the reason in `x-ms-diagnostics`
    /// (`2000003;reason="…";error_category="invalid_resource"`).
    #[must_use]
    pub fn token_rejected(diagnostics: &str) -> Self {
        Self::unauthorized(&["Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\""])
            .header("x-ms-diagnostics", diagnostics)
    }

    /// 403 of Exchange Online with the reason in `X-EWS-Policy-Reason`.
    #[must_use]
    pub fn blocked_by_policy(reason: &str) -> Self {
        Self::status(403).header("x-ews-policy-reason", reason)
    }

    /// An error of Graph, for requests under `/v1.0`.
    #[must_use]
    pub fn graph_error(status: u16, code: &str, message: &str) -> Self {
        let body = serde_json::json!({ "error": { "code": code, "message": message } });
        Self::status(status).body("application/json", &body.to_string())
    }

    /// 404 of a front end that cannot place the anchor mailbox.
    #[must_use]
    pub fn user_not_found() -> Self {
        Self::status(404).header("x-caserrorcode", "UserNotFound")
    }

    /// 429 or 503, with or without `Retry-After` in seconds.
    #[must_use]
    pub fn throttled(status: u16, retry_after: Option<u64>) -> Self {
        let answer = Self::status(status).html("Service Unavailable", "Try again later.");
        match retry_after {
            Some(seconds) => answer.header("retry-after", &seconds.to_string()),
            None => answer,
        }
    }

    /// 404 of IIS, where nothing is.
    #[must_use]
    pub fn not_found() -> Self {
        Self::status(404).html(
            "404 - File or directory not found.",
            "The resource you are looking for might have been removed.",
        )
    }

    /// A redirect to anywhere; 451 carries `X-MS-Location` as well.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        let answer = Self::status(status).header("location", location);
        if status == 451 {
            answer.header("x-ms-location", location)
        } else {
            answer
        }
    }

    /// The redirect of a server that has a random outage.
    #[must_use]
    pub fn generic_error_page() -> Self {
        Self::redirect(
            302,
            "/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx",
        )
    }

    /// The redirect to the sign-in page of Outlook on the web.
    #[must_use]
    pub fn sign_in_redirect() -> Self {
        Self::redirect(
            302,
            "/owa/auth/logon.aspx?url=https%3a%2f%2flocalhost%2fews%2fexchange.asmx&reason=0",
        )
    }

    /// 200 with the HTML of a sign-in page.
    #[must_use]
    pub fn sign_in_page() -> Self {
        Self::status(200).body(
            "text/html; charset=utf-8",
            "<!DOCTYPE html><html><head><title>Outlook</title></head><body><form \
             action=\"/owa/auth.owa\" method=\"POST\"><input name=\"username\"><input \
             name=\"password\" type=\"password\"></form></body></html>",
        )
    }

    /// 500 of an application pool under load.
    #[must_use]
    pub fn server_error_page() -> Self {
        Self::status(500).html(
            "Server Error in '/EWS' Application.",
            "Runtime Error: An application error occurred.",
        )
    }
}
