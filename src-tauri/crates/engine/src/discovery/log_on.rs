//! Logging on to Autodiscover: only where the host asks for it, a person consented, and it was verified.
//! One log-on a host, whatever it says to it; two hosts in all, never to Exchange Online, never over http.

use std::time::{Duration, Instant};

use contract::{Cause, CertificateInfo, Problem, Secret, TlsTrust};
use exchange::Reply;
use url::Url;

use super::cloud;
use super::consent::Asking;
use super::door::Way;
use super::trail::place;
use super::walk::{Cancelled, Closed, Row, Walk, or_cancelled};
use crate::checks::{Caller, Mechanism, Plan, SignedIn};
use crate::ports::Mailroom as _;

/// Hosts that one discovery may send credentials to.
const MOST_HOSTS: usize = 2;
/// How long a log-on that was cancelled may still take to be heard.
const GRACE: Duration = Duration::from_millis(100);

impl Walk {
    pub(super) async fn caller(&self, plan: Plan) -> Result<Caller, Problem> {
        let password = self.quest.password.clone();
        let password = password.unwrap_or_else(|| Secret::new(String::new()));
        let (stage, means) = (&self.quest.stage, &self.quest.means);
        Caller::new(stage, plan, &password, means).await
    }

    /// Whoever signs in at this address, and only where the certificate is the one that was shown:
    /// between the question and its answer another server may have come to stand there.
    async fn bound(&self, url: &Url, leaf: &CertificateInfo) -> Result<Caller, Problem> {
        let plan = Plan {
            tls_trust: TlsTrust::Pin {
                sha256: leaf.sha256.clone(),
                certificate: None,
            },
            ..self.plan_at(url)
        };
        self.caller(plan).await
    }

    /// A host refused the credentials: they never go there again, whatever it said before.
    pub(super) fn refuse(&mut self, host: &str, why: &str) -> Row {
        self.refused.insert(host.to_owned());
        let end = if self.quest.consents.asking == Asking::Check {
            let why =
                format!("{host} refused the sign-in, and a check sends it nowhere else then.");
            let cause = Cause::AuthRejected;
            self.closed = Some(Closed { cause, why });
            "It is sent nowhere else: the check stops."
        } else {
            "It is not sent there again; the next candidate may take it."
        };
        self.welcome.retain(|url, _| {
            let url = Url::parse(url);
            !url.is_ok_and(|url| place(&url) == host)
        });
        Row::fail(
            Cause::AuthRejected,
            format!("{host} refused the sign-in ({why}). {end}"),
        )
    }

    /// Who is logged on now, and the reply to the request with credentials; `None`: none were sent, or
    /// they were refused, and the row says so.
    pub(super) async fn with_credentials(
        &mut self,
        way: &Way,
        number: u32,
        url: &Url,
        mut caller: Caller,
        (asked, leaf): (&Reply, Option<&CertificateInfo>),
        body: &str,
    ) -> Result<Option<(Caller, Reply, Duration)>, Cancelled> {
        let host = place(url);
        if let Some(why) = self.forbidden(way, &host) {
            self.end(number, Row::skipped(why));
            return Ok(None);
        }
        // A name server that is silent about the KDC must not keep anybody waiting.
        let ways = or_cancelled(&mut self.desk.cancel, caller.ways(asked)).await?;
        if ways.is_empty() {
            let said = format!(
                "Offers no way to sign in that was chosen (it offers {}). Nothing was sent.",
                asked.headers.schemes().join(", ")
            );
            self.end(number, Row::fail(Cause::AuthSchemeNotOffered, said));
            return Ok(None);
        }
        if let Err(why) = self.consent(&host, way.told(&ways), leaf, number).await? {
            self.end(number, Row::skipped(why));
            return Ok(None);
        }
        if let Some(leaf) = leaf {
            match self.bound(url, leaf).await {
                Ok(bound) => caller = bound,
                Err(problem) => {
                    self.end(number, Row::warning(problem.message));
                    return Ok(None);
                }
            }
        }
        let ways = or_cancelled(&mut self.desk.cancel, caller.ways(asked)).await?;
        let started = Instant::now();
        let (caller, signed_in) = self.log_on(number, &host, caller, ways, body).await?;
        let took = started.elapsed();
        self.measured(number, took);
        let row = match signed_in {
            SignedIn::Yes(reply) => return Ok(Some((caller, reply, took))),
            SignedIn::Refused(why) => self.refuse(&host, &why),
            SignedIn::RefusedByDirectory(cause, told) => {
                self.refused.insert(host);
                let why =
                    format!("The directory refused the sign-in: {told}. It is sent nowhere else.");
                self.closed = Some(Closed {
                    cause,
                    why: why.clone(),
                });
                Row::fail(cause, why)
            }
            SignedIn::NotPossible(why) => Row::fail(
                Cause::AuthSchemeNotOffered,
                format!("Can't sign in this way: {why}. Nothing was refused."),
            ),
            SignedIn::HeldBack(why) => {
                if self.quest.consents.asking == Asking::Check {
                    self.closed = Some(Closed {
                        cause: Cause::AuthRejected,
                        why: why.clone(),
                    });
                }
                Row::skipped(why)
            }
            SignedIn::Failed(fault) => self.fault(&fault),
        };
        self.end(number, row);
        Ok(None)
    }

    /// Logs on. Cancelling ends the waiting and not the log-on: that is heard to its end, so that the
    /// lock-out guard knows what was refused.
    async fn log_on(
        &mut self,
        number: u32,
        host: &str,
        mut caller: Caller,
        ways: Vec<Mechanism>,
        body: &str,
    ) -> Result<(Caller, SignedIn), Cancelled> {
        let (wire, body) = (caller.wire(), body.to_owned());
        let mut log_on = tokio::spawn(async move {
            let signed_in = caller.sign_in(&ways, &body).await;
            (caller, signed_in)
        });
        let ended = match or_cancelled(&mut self.desk.cancel, &mut log_on).await {
            Ok(ended) => Ok(ended),
            // Most servers have answered by then.
            Err(Cancelled) => match tokio::time::timeout(GRACE, log_on).await {
                Ok(_) | Err(_) => Err(Cancelled),
            },
        };
        if wire.snapshot().log_ons > 0 {
            self.edit(number, |step| step.password_sent_to = Some(host.to_owned()));
            if !self.sent.iter().any(|known| known == host) {
                self.sent.push(host.to_owned());
            }
        }
        match ended? {
            Ok(ended) => Ok(ended),
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            // The program is closing.
            Err(_) => Err(Cancelled),
        }
    }

    /// Why credentials do not go to this host, whoever consents.
    fn forbidden(&self, way: &Way, host: &str) -> Option<String> {
        if self.refused.contains(host) {
            return Some(format!("Not sent: {host} refused it before."));
        }
        let plan = &self.quest.plan;
        let was_sent = self.sent.iter().any(|known| known == host);
        if self.quest.password.is_none() && plan.wants_password() {
            return Some("Asks for a sign-in, and there is no password. Nothing was sent.".into());
        }
        if plan.account.is_empty() && plan.wants_password() {
            return Some("Asks for a sign-in, and no account is named. Nothing was sent.".into());
        }
        if cloud::of_host(host.split(':').next().unwrap_or(host)).is_some() {
            return Some("Exchange Online takes no passwords. None was sent.".into());
        }
        if let Some(closed) = &self.closed {
            return Some(closed.why.clone());
        }
        if way.is_root(host) && plan.authentication == contract::Authentication::Basic {
            return Some(format!(
                "Not sent: the mail domain itself is often a foreign web host, {host} is it or was named by it, and Basic would hand over the password itself."
            ));
        }
        if was_sent {
            return Some(format!("Not sent: {host} had its one sign-in."));
        }
        if self.sent.len() >= MOST_HOSTS {
            return Some(format!(
                "Not sent: two hosts were sent it already ({}).",
                self.sent.join(", ")
            ));
        }
        None
    }
}
