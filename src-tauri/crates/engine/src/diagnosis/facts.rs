//! What is known of a run and of the rows that carry a cause: the evidence that ranks likely reasons, in one
//! place. Only reads; nothing is asked again.

use contract::{Cause, CertificateInfo, Evidence, RunAuthentication, Summary};
use store::run_results::CodeCount;
use store::runs::StoredRun;

use super::edition::Edition;
use crate::checks::{Plan, ProxyChoice};

/// The evidence.
#[derive(Debug, Clone)]
pub(crate) struct Facts<'a> {
    pub(crate) account: &'a str,
    pub(crate) host: &'a str,
    pub(crate) edition: Edition,
    pub(crate) build: Option<&'a str>,
    /// The sentence of the run, where it carries this cause.
    pub(crate) message: Option<&'a str>,
    pub(crate) authentication: &'a RunAuthentication,
    pub(crate) offered: &'a [String],
    /// The scheme, as chosen or as used.
    pub(crate) auth: &'a str,
    /// The certificate the server showed.
    pub(crate) leaf: Option<&'a CertificateInfo>,
    /// The HTTP proxy it goes through: `host:port`, or that it is the system's.
    pub(crate) proxy: Option<String>,
    pub(crate) summary: &'a Summary,
    /// Rows that carry the cause.
    pub(crate) count: u64,
    pub(crate) codes: &'a [CodeCount],
    pub(crate) answer: Answer,
    /// An application asked.
    pub(crate) application: bool,
    /// Host of the authority that issues access tokens, where the cause came from there.
    pub(crate) authority: Option<&'a str>,
}

/// What one answer said beside its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Headers that tell something, by their names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The server's own words.
    pub(crate) text: Option<String>,
}

/// Headers that administrators find a request by, and those that say who answered.
const TELLING: &[&str] = &[
    "x-feserver",
    "x-beserver",
    "x-targetbeserver",
    "x-calculatedbetarget",
    "x-backendhttpstatus",
    "x-caserrorcode",
    "x-ews-policy-reason",
    "x-ms-diagnostics",
    "x-failurecontext",
    "x-owa-version",
    "via",
    "server",
    "retry-after",
];

impl Answer {
    pub(crate) fn of(evidence: Option<&Evidence>) -> Self {
        let Some(evidence) = evidence else {
            return Self::default();
        };
        let reply = evidence.reply.replace("\r\n", "\n");
        let (head, body) = reply.split_once("\n\n").unwrap_or((reply.as_str(), ""));
        let headers = head.lines().skip(1).filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let name = name.trim().to_ascii_lowercase();
            TELLING
                .contains(&name.as_str())
                .then(|| (name, shortened(value.trim())))
        });
        Self {
            headers: headers.collect(),
            text: words(body),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The server's words of a fault, or of the first message that is no success.
fn words(body: &str) -> Option<String> {
    let answer = ews::read(body.as_bytes()).ok()?;
    let (text, inner) = match answer.body {
        ews::Body::Fault(fault) => {
            let inner = fault.details.inner_text().map(str::to_owned);
            (fault.text, inner)
        }
        ews::Body::Messages(messages) => {
            let failed = messages.into_iter().find(|message| !message.is_success())?;
            let inner = failed.details.inner_text().map(str::to_owned);
            (failed.text, inner)
        }
    };
    let texts: Vec<String> = [text, inner].into_iter().flatten().collect();
    let joined = texts.join(" / ");
    (!joined.trim().is_empty()).then(|| shortened(joined.trim()))
}

/// One line of at most 300 characters.
fn shortened(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(300)
        .collect()
}

impl<'a> Facts<'a> {
    /// Of a stored run, without the rows.
    pub(crate) fn of(run: &'a StoredRun, host: &'a str, plan: Option<&Plan>) -> Self {
        let build = run
            .row
            .server_version
            .as_deref()
            .or(run.authentication.server_version.as_deref());
        Self {
            account: &run.row.account,
            host,
            edition: Edition::of(host, build),
            build,
            message: None,
            authentication: &run.authentication,
            offered: &run.offered,
            auth: &run.row.auth,
            leaf: run.certificates.first(),
            proxy: plan.and_then(proxy_of),
            summary: &run.row.summary,
            count: 0,
            codes: &[],
            answer: Answer::default(),
            application: run.row.application,
            authority: None,
        }
    }

    /// The same for one cause, with what its rows were answered.
    pub(crate) fn with_rows(
        &self,
        cause: Cause,
        run: &'a StoredRun,
        count: u64,
        codes: &'a [CodeCount],
        evidence: Option<&Evidence>,
    ) -> Self {
        Self {
            message: run
                .row
                .message
                .as_deref()
                .filter(|_| run.row.cause == Some(cause)),
            count,
            codes,
            answer: Answer::of(evidence),
            authority: run.row.authority_of(cause),
            ..self.clone()
        }
    }

    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.codes
            .iter()
            .any(|seen| seen.ews_code.as_deref() == Some(code))
    }

    pub(crate) fn has_status(&self, status: u16) -> bool {
        self.codes
            .iter()
            .any(|seen| seen.http_status == Some(status))
            || self.told(&format!("HTTP {status}"))
    }

    /// The sentence of the run says so.
    pub(crate) fn told(&self, words: &str) -> bool {
        self.message.is_some_and(|message| message.contains(words))
    }

    pub(crate) fn offers(&self, scheme: &str) -> bool {
        self.offered
            .iter()
            .any(|offered| offered.eq_ignore_ascii_case(scheme))
    }

    pub(crate) fn before_log_on(&self) -> bool {
        self.told("before the log-on")
    }
}

fn proxy_of(plan: &Plan) -> Option<String> {
    match &plan.proxy {
        ProxyChoice::None => None,
        ProxyChoice::Http { host, port, .. } => Some(format!("{host}:{port}")),
        ProxyChoice::System => plan
            .endpoint()
            .is_ok_and(|endpoint| endpoint.is_proxied())
            .then(|| "the one of the operating system".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use contract::Evidence;

    use super::Answer;

    #[test]
    fn an_answer_tells_who_answered_and_what_was_said() {
        let evidence = Evidence {
            request: String::new(),
            reply: "HTTP/1.1 500\r\nX-FEServer: EX1\r\nset-cookie: secret\r\n\r\n<Envelope><Body><Fault><faultcode>a:ErrorServerBusy</faultcode><faultstring>Later.</faultstring></Fault></Body></Envelope>".to_owned(),
        };
        let answer = Answer::of(Some(&evidence));
        assert_eq!(answer.header("x-feserver"), Some("EX1"));
        assert_eq!(answer.headers.len(), 1, "no other header: {answer:?}");
        assert_eq!(answer.text.as_deref(), Some("Later."));
        assert_eq!(Answer::of(None), Answer::default());
    }
}
