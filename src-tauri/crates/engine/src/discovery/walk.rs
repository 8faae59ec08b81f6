//! A discovery under way: its order, its rows, what it may still do. The steps themselves stand in files
//! of their own. Sends nothing by itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::{
    AnswerConsent, Cause, CertificateInfo, Discovery, DiscoveryMethod as Method, DiscoveryState,
    DiscoveryStep, OrganizationId, Problem, Secret, SmtpAddress, StepStatus,
};
use exchange::{Endpoint, Fault, Glance, Glanced, Trust};
use tokio::sync::watch;
use url::Url;

use super::consent::Consents;
use super::trail::Trail;
use crate::checks::{Caller, Means, Plan, shown};
use crate::diagnosis::{Asked, Seen, observe};
use crate::jobs::Desk;
use crate::stage::Stage;

/// What a discovery is to do.
pub(super) struct Quest {
    pub(super) stage: Arc<Stage>,
    pub(super) address: SmtpAddress,
    /// How hosts are reached and logged on to; the URL is the form's own and may be empty.
    pub(super) plan: Plan,
    pub(super) means: Means,
    /// `None`: no step with credentials.
    pub(super) password: Option<Secret>,
    pub(super) organization: Option<OrganizationId>,
    pub(super) consents: Consents,
}

/// Someone stopped it.
#[derive(Debug)]
pub(super) struct Cancelled;

/// Credentials go nowhere any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) cause: Cause,
    /// The same in plain sentences.
    pub(super) why: String,
}

/// How a way ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It found a URL.
    Found,
    /// The mailbox is to be looked for under another address.
    Elsewhere(SmtpAddress),
    /// It found nothing.
    Nothing,
}

/// A discovery under way.
pub(super) struct Walk {
    pub(super) quest: Quest,
    pub(super) trust: Trust,
    pub(super) desk: Desk<Discovery, AnswerConsent>,
    pub(super) trail: Trail,
    /// Hosts that were sent credentials, in their order.
    pub(super) sent: Vec<String>,
    /// Hosts that refused them: final.
    pub(super) refused: HashSet<String>,
    /// By URL, whoever is logged on there and was answered by Autodiscover.
    pub(super) welcome: HashMap<String, Caller>,
    /// Why no credentials go anywhere any more.
    pub(super) closed: Option<Closed>,
    pub(super) questions: u32,
    /// Who named the address that is looked for now, where it is not the one that was asked for.
    pub(super) sent_by: Option<String>,
}

/// How a row ends.
pub(super) struct Row {
    pub(super) status: StepStatus,
    pub(super) result: String,
    pub(super) cause: Option<Cause>,
    pub(super) answer: Option<String>,
}

impl Row {
    pub(super) fn of(status: StepStatus, result: impl Into<String>) -> Self {
        Self {
            status,
            result: result.into(),
            cause: None,
            answer: None,
        }
    }

    pub(super) fn pass(result: impl Into<String>) -> Self {
        Self::of(StepStatus::Pass, result)
    }

    pub(super) fn warning(result: impl Into<String>) -> Self {
        Self::of(StepStatus::Warning, result)
    }

    pub(super) fn fail(cause: Cause, result: impl Into<String>) -> Self {
        Self {
            cause: Some(cause),
            ..Self::of(StepStatus::Fail, result)
        }
    }

    pub(super) fn skipped(result: impl Into<String>) -> Self {
        Self::of(StepStatus::Skipped, result)
    }

    pub(super) fn answer(mut self, answer: impl Into<String>) -> Self {
        self.answer = Some(answer.into());
        self
    }
}

impl Walk {
    /// # Errors
    /// [`contract::Code::BadCertificate`], [`contract::Code::Invalid`] for trust that is none.
    pub(super) fn new(quest: Quest, desk: Desk<Discovery, AnswerConsent>) -> Result<Self, Problem> {
        Ok(Self {
            trust: quest.plan.trust()?,
            quest,
            desk,
            trail: Trail::default(),
            sent: Vec::new(),
            refused: HashSet::new(),
            welcome: HashMap::new(),
            closed: None,
            questions: 0,
            sent_by: None,
        })
    }

    /// Goes all the way, and says how it ended.
    pub(super) async fn go(mut self) {
        self.run().await;
    }

    /// The same; afterwards it can be asked what came of it.
    pub(super) async fn run(&mut self) {
        let state = match self.all().await {
            Ok(()) => DiscoveryState::Done,
            Err(Cancelled) => DiscoveryState::Cancelled,
        };
        self.close(state);
    }

    async fn all(&mut self) -> Result<(), Cancelled> {
        let mut address = self.quest.address.clone();
        self.trail.first_time(&address.key());
        while let Turn::Elsewhere(next) = self.round(&address).await? {
            address = next;
        }
        self.advise().await
    }

    /// All ways for one address, in their order (panel §7.4).
    async fn round(&mut self, address: &SmtpAddress) -> Result<Turn, Cancelled> {
        match self.by_json(address).await? {
            Turn::Nothing => {}
            turn => {
                if turn == Turn::Found {
                    self.leave_out(address, "Not asked: the URL is found.");
                }
                return Ok(turn);
            }
        }
        if self.quest.stage.practice {
            self.leave_out(address, "Not asked: practice stays on this computer.");
            return Ok(Turn::Nothing);
        }
        for (done, way) in WAYS.into_iter().enumerate() {
            let turn = match way {
                Method::HttpRedirect => self.by_http(address).await?,
                Method::DnsSrv => self.by_srv(address).await?,
                _ => {
                    let (url, found) = first_door(way, address.domain());
                    self.through_door(way, url, found, address).await?
                }
            };
            if turn == Turn::Found {
                for rest in &WAYS[done + 1..] {
                    let (protocol, address) = row_of(*rest, address.domain());
                    self.skip(*rest, protocol, &address, "Not asked: the URL is found.");
                }
            }
            if turn != Turn::Nothing {
                return Ok(turn);
            }
        }
        Ok(Turn::Nothing)
    }

    fn leave_out(&self, address: &SmtpAddress, why: &str) {
        for way in WAYS {
            let (protocol, address) = row_of(way, address.domain());
            self.skip(way, protocol, &address, why);
        }
    }

    /// Looks at a URL without credentials, as a row of its own that still has to end.
    pub(super) async fn look(
        &mut self,
        method: Method,
        protocol: &str,
        url: &Url,
    ) -> Result<(u32, Glanced), Cancelled> {
        let number = self.begin(method, protocol, url.as_str());
        let glance = match url.scheme() {
            "http" if method == Method::HttpRedirect => {
                let mut like = url.clone();
                // The same host and settings; what is asked stays plain http.
                let secure = like.set_scheme("https").is_ok();
                let like = self.endpoint(&like).filter(|_| secure);
                like.and_then(|like| Glance::plain_http(url.as_str(), &like).ok())
            }
            _ => self.endpoint(url).map(Glance::at),
        };
        let Some(glance) = glance else {
            let outcome = Err(Fault::NameNotFound {
                detail: "this is no address that can be asked".to_owned(),
            });
            let chain = Arc::default();
            return Ok((number, Glanced { outcome, chain }));
        };
        let started = Instant::now();
        let glanced = or_cancelled(&mut self.desk.cancel, glance.look(&self.trust)).await?;
        self.measured(number, started.elapsed());
        self.edit(number, |step| step.certificates = shown(&glanced.chain));
        Ok((number, glanced))
    }

    fn endpoint(&self, url: &Url) -> Option<Endpoint> {
        let plan = self.plan_at(url);
        let endpoint = plan.endpoint_by(self.quest.means.proxy_password.as_ref());
        let endpoint = endpoint.ok()?;
        Some(endpoint.names(self.quest.means.names.clone()))
    }

    pub(super) fn plan_at(&self, url: &Url) -> Plan {
        Plan {
            ews_url: url.to_string(),
            ..self.quest.plan.clone()
        }
    }

    /// Why no reply came, as the end of a row.
    pub(super) fn fault(&self, fault: &Fault) -> Row {
        let now = self.quest.stage.clock.now();
        let outcome = Err(fault.clone());
        let observed = observe(&outcome, Asked::Anonymously, &[], now);
        let cause = match observed.seen {
            Seen::Cause(cause) => cause,
            _ => Cause::ProtocolUnexpected,
        };
        let detail = fault.to_string();
        let said = match cause {
            Cause::DnsNotFound => format!("There is no such host: {detail}."),
            Cause::TcpRefused => "Nothing listens there: the connection was refused.".to_owned(),
            Cause::TcpTimeout => format!("Doesn't answer: {detail}."),
            Cause::TlsUntrusted
            | Cause::TlsNameMismatch
            | Cause::TlsExpired
            | Cause::TlsPinMismatch => {
                format!(
                    "The certificate isn't trusted: {detail}. Nothing was sent; this branch ends here."
                )
            }
            _ => format!("No answer: {detail}."),
        };
        Row::fail(cause, said)
    }

    pub(super) fn begin(&self, method: Method, protocol: &str, address: &str) -> u32 {
        let mut number = 0;
        self.desk.found.send_modify(|found| {
            number = u32::try_from(found.steps.len()).unwrap_or(u32::MAX - 1) + 1;
            found.steps.push(DiscoveryStep {
                number,
                method,
                protocol: protocol.to_owned(),
                address: self.clean(address.to_owned()),
                status: StepStatus::Running,
                result: "Asking…".to_owned(),
                cause: None,
                answer: None,
                certificates: Vec::new(),
                elapsed_ms: None,
                password_sent_to: None,
            });
        });
        number
    }

    pub(super) fn end(&self, number: u32, row: Row) {
        self.edit(number, |step| {
            step.status = row.status;
            step.result = row.result;
            step.cause = row.cause;
            step.answer = row.answer.or_else(|| step.answer.take());
        });
    }

    pub(super) fn skip(&self, method: Method, protocol: &str, address: &str, why: &str) {
        let number = self.begin(method, protocol, address);
        self.end(number, Row::skipped(why));
    }

    pub(super) fn measured(&self, number: u32, elapsed: Duration) {
        let elapsed = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        self.edit(number, |step| step.elapsed_ms = Some(elapsed));
    }

    pub(super) fn edit(&self, number: u32, edit: impl FnOnce(&mut DiscoveryStep)) {
        self.desk.found.send_modify(|found| {
            let step = found.steps.iter_mut().find(|step| step.number == number);
            let step = step.expect("rows are never removed");
            edit(step);
            self.scrub(step);
        });
    }

    /// What a host says may quote what it was sent.
    pub(super) fn clean(&self, text: String) -> String {
        self.quest.means.clean(text)
    }

    fn scrub(&self, step: &mut DiscoveryStep) {
        let answer = step.answer.as_mut();
        let certificates = step.certificates.iter_mut().flat_map(|certificate| {
            let CertificateInfo {
                subject,
                issuer,
                names,
                ..
            } = certificate;
            [subject, issuer].into_iter().chain(names)
        });
        for text in [&mut step.result]
            .into_iter()
            .chain(answer)
            .chain(certificates)
        {
            *text = self.clean(std::mem::take(text));
        }
    }
}

/// The ways that are tried after JSON v2.
const WAYS: [Method; 4] = [
    Method::AutodiscoverHost,
    Method::RootDomain,
    Method::HttpRedirect,
    Method::DnsSrv,
];

/// Protocol and address of a way's first row.
fn row_of(way: Method, domain: &str) -> (&'static str, String) {
    match way {
        Method::DnsSrv => ("DNS", super::elsewhere::srv_name(domain)),
        Method::HttpRedirect => ("HTTP", super::elsewhere::plain(domain)),
        Method::RootDomain => ("HTTP", door(domain)),
        _ => ("HTTP", door(&format!("autodiscover.{domain}"))),
    }
}

fn door(host: &str) -> String {
    format!("https://{host}/autodiscover/autodiscover.xml")
}

fn first_door(way: Method, domain: &str) -> (Option<Url>, String) {
    let found = match way {
        Method::RootDomain => {
            "It is the mail domain itself, which is often a foreign web host.".to_owned()
        }
        _ => format!("It is the usual host for Autodiscover of {domain}."),
    };
    (Url::parse(&row_of(way, domain).1).ok(), found)
}

/// Waits, unless someone cancels.
pub(super) async fn or_cancelled<T>(
    cancel: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Result<T, Cancelled> {
    let cancelled = async {
        if cancel.wait_for(|cancelled| *cancelled).await.is_err() {
            // Nobody can cancel any more.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = cancelled => Err(Cancelled),
        done = work => Ok(done),
    }
}
