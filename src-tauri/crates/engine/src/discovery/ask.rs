//! Asks Autodiscover itself: SOAP first, POX where that is not there. Without credentials first; with
//! them only where the host asks for them, a person consented, and the host was verified. One log-on a
//! host, whatever it says to it; two hosts in all, never to Exchange Online, never over http. A connection
//! that is logged on is used again for another address of the same mailbox, nothing else.

use std::time::{Duration, Instant};

use contract::{Cause, CertificateInfo, Problem, Secret, SmtpAddress, TlsTrust};
use exchange::Reply;
use url::Url;

use super::answer::{self, Answer};
use super::candidates::Origin;
use super::cloud;
use super::consent::Asking;
use super::door::{Next, Way, answer_of, is_soap};
use super::json::{location, redirected};
use super::trail::{DeadEnd, QUOTED, place};
use super::walk::{Cancelled, Row, Turn, Walk, or_cancelled};
use crate::checks::{Caller, Plan, SignedIn, shown};

/// Hosts that one discovery may send credentials to.
const MOST_HOSTS: usize = 2;

/// The two dialects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Soap,
    Pox,
}

/// One question, and the row it stands in.
struct Question<'a> {
    dialect: Dialect,
    url: &'a Url,
    number: u32,
    address: &'a SmtpAddress,
}

/// What came of one dialect.
enum Came {
    Next(Next),
    /// It is not there; the other one may be.
    NotThere,
}

impl Walk {
    /// Asks at the door that was found, in one dialect after the other.
    pub(super) async fn ask_at_door(
        &mut self,
        way: &mut Way,
        door: Url,
        address: &SmtpAddress,
    ) -> Result<Next, Cancelled> {
        for (dialect, url) in dialects(&door) {
            let once = format!("{} {url} {}", dialect.name(), address.key());
            if !self.trail.first_time(&once) {
                let why = "This address was asked already.";
                self.skip(way.method, dialect.name(), url.as_str(), why);
                continue;
            }
            match self.ask_in(dialect, way, &url, address).await? {
                Came::Next(next) => return Ok(next),
                Came::NotThere => {}
            }
        }
        Ok(Next::Done(Turn::Nothing))
    }

    async fn ask_in(
        &mut self,
        dialect: Dialect,
        way: &mut Way,
        url: &Url,
        address: &SmtpAddress,
    ) -> Result<Came, Cancelled> {
        let number = self.begin(way.method, dialect.name(), url.as_str());
        let done = || Ok(Came::Next(Next::Done(Turn::Nothing)));
        let Some(body) = dialect.body(url, address) else {
            self.end(number, Row::warning("This address can't be asked for."));
            return done();
        };
        // One that is logged on here already, and was answered as Autodiscover answers.
        let kept = self.welcome.remove(url.as_str());
        let is_kept = kept.is_some();
        let made = if let Some(caller) = kept {
            Ok(caller)
        } else {
            self.caller(self.plan_at(url)).await
        };
        let mut caller = match made {
            Ok(caller) => caller,
            Err(problem) => {
                self.end(number, Row::warning(problem.message));
                return done();
            }
        };
        let started = Instant::now();
        let asked = or_cancelled(&mut self.desk.cancel, caller.ask(&body)).await?;
        let mut reply = match asked {
            Ok(reply) => reply,
            Err(fault) => {
                self.end(number, self.fault(&fault));
                return done();
            }
        };
        let mut took = started.elapsed();
        self.edit(number, |step| step.certificates = shown(&reply.chain));
        if is_kept {
            self.edit(number, |step| step.password_sent_to = Some(place(url)));
            if reply.status == 401 {
                let refused = self.refuse(&place(url), "the server refused it this time");
                self.end(number, refused);
                return done();
            }
        }
        let mut signed_in = is_kept;
        if reply.status == 401 {
            let offer = answer_of(&reply);
            self.edit(number, |step| step.answer = Some(offer));
            let chain = shown(&reply.chain);
            let leaf = chain.first();
            let Some(answered) = self
                .with_credentials(way, number, url, &mut caller, (&reply, leaf), &body)
                .await?
            else {
                return done();
            };
            (reply, took) = answered;
            signed_in = true;
        }
        self.measured(number, took);
        let question = Question {
            dialect,
            url,
            number,
            address,
        };
        let came = self.read(&question, way, &reply).await;
        if signed_in && dialect.is_answer(&reply) {
            self.welcome.insert(url.to_string(), caller);
        }
        Ok(came)
    }

    async fn caller(&self, plan: Plan) -> Result<Caller, Problem> {
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
    fn refuse(&mut self, host: &str, why: &str) -> Row {
        self.refused.insert(host.to_owned());
        let end = if self.quest.consents.asking == Asking::Check {
            let said =
                format!("{host} refused the sign-in, and a check sends it nowhere else then.");
            self.closed = Some(said);
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

    /// The reply to the request with credentials; `None`: none were sent, or they were refused, and
    /// the row says so.
    async fn with_credentials(
        &mut self,
        way: &Way,
        number: u32,
        url: &Url,
        caller: &mut Caller,
        (asked, leaf): (&Reply, Option<&CertificateInfo>),
        body: &str,
    ) -> Result<Option<(Reply, Duration)>, Cancelled> {
        let host = place(url);
        if let Some(why) = self.forbidden(way, &host) {
            self.end(number, Row::skipped(why));
            return Ok(None);
        }
        let ways = caller.ways(asked).await;
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
                Ok(bound) => *caller = bound,
                Err(problem) => {
                    self.end(number, Row::warning(problem.message));
                    return Ok(None);
                }
            }
        }
        let ways = caller.ways(asked).await;
        let started = Instant::now();
        // Never cut off in the middle: whether it was refused must be known.
        let signed_in = caller.sign_in(&ways, body).await;
        let took = started.elapsed();
        if caller.sent() > 0 {
            self.edit(number, |step| step.password_sent_to = Some(host.clone()));
            if !self.sent.contains(&host) {
                self.sent.push(host.clone());
            }
        }
        self.measured(number, took);
        let row = match signed_in {
            SignedIn::Yes(reply) => return Ok(Some((reply, took))),
            SignedIn::Refused(why) => self.refuse(&host, &why),
            SignedIn::RefusedByDirectory(why) => {
                self.refused.insert(host);
                let said =
                    format!("The directory refused the sign-in: {why}. It is sent nowhere else.");
                self.closed = Some(said.clone());
                Row::fail(Cause::AuthRejected, said)
            }
            SignedIn::NotPossible(why) => Row::fail(
                Cause::AuthSchemeNotOffered,
                format!("Can't sign in this way: {why}. Nothing was refused."),
            ),
            SignedIn::HeldBack(why) => {
                if self.quest.consents.asking == Asking::Check {
                    self.closed = Some(why.clone());
                }
                Row::skipped(why)
            }
            SignedIn::Failed(fault) => self.fault(&fault),
        };
        self.end(number, row);
        Ok(None)
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
        if let Some(why) = &self.closed {
            return Some(why.clone());
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

    async fn read(&mut self, question: &Question<'_>, way: &mut Way, reply: &Reply) -> Came {
        let Question {
            dialect,
            url,
            number,
            ..
        } = *question;
        let nothing = Came::Next(Next::Done(Turn::Nothing));
        if let Some(to) = location(reply) {
            let shown = redirected(reply, &to);
            return Came::Next(self.sent_on(way, number, url, &to, shown));
        }
        let status = reply.status.to_string();
        if matches!(reply.status, 404 | 405) {
            let said = format!("{} Autodiscover isn't here.", dialect.name());
            self.end(number, Row::warning(said).answer(status));
            return Came::NotThere;
        }
        let row = match dialect.read(&reply.body) {
            Answer::Urls(urls) => {
                let origin = Origin {
                    method: way.method,
                    number,
                    unasked: false,
                };
                let (row, found) = self.take(&origin, urls);
                self.end(number, row.answer(status));
                let turn = if found { Turn::Found } else { Turn::Nothing };
                return Came::Next(Next::Done(turn));
            }
            Answer::Url(to) => {
                let shown = format!("{status}, RedirectUrl {to}");
                return Came::Next(self.sent_on(way, number, url, &to, shown));
            }
            Answer::Address(to) => return self.send_to_address(question, way, &to).await,
            Answer::No(said) => Row::warning(said),
            Answer::Unreadable(why) => Row::fail(
                Cause::ProtocolUnexpected,
                format!("Not an answer of Autodiscover: {why}."),
            ),
        };
        self.end(number, row.answer(status));
        nothing
    }

    /// Ends a row that names another address for the mailbox.
    async fn send_to_address(&mut self, question: &Question<'_>, way: &Way, to: &str) -> Came {
        let Question {
            url,
            number,
            address: from,
            ..
        } = *question;
        let shown = format!("RedirectAddress {to}");
        if self.quest.means.quotes_a_secret(to) {
            self.end(
                number,
                Row::fail(Cause::HttpRedirected, QUOTED).answer(shown),
            );
            return Came::Next(Next::Done(Turn::Nothing));
        }
        let Ok(next) = SmtpAddress::parse(to) else {
            let row = Row::warning("Names another address, which is none.").answer(shown);
            self.end(number, row);
            return Came::Next(Next::Done(Turn::Nothing));
        };
        if let Err(end) = self.trail.follow_address(next.as_str()) {
            let said = match end {
                DeadEnd::Loop(_) => format!("Names {next}, which was asked for already: a loop."),
                end => end.to_string(),
            };
            let row = Row::fail(Cause::HttpRedirected, said).answer(shown);
            self.end(number, row);
            return Came::Next(Next::Done(Turn::Nothing));
        }
        let sent_by = format!("{} sent us to {next}; {}", place(url), way.found);
        self.sent_by = Some(self.clean(sent_by));
        self.desk
            .found
            .send_modify(|found| found.redirect_address = Some(next.to_string()));
        let said = if cloud::is_routing_domain(next.domain()) {
            self.note_online(from, Some(next.to_string())).await;
            format!("The mailbox is in Exchange Online: {next}.")
        } else {
            format!("The mailbox is to be looked for as {next}.")
        };
        self.end(number, Row::pass(said).answer(shown));
        Came::Next(Next::Done(Turn::Elsewhere(next)))
    }
}

impl Dialect {
    const fn name(self) -> &'static str {
        match self {
            Self::Soap => "SOAP",
            Self::Pox => "POX",
        }
    }

    fn body(self, url: &Url, address: &SmtpAddress) -> Option<String> {
        match self {
            Self::Soap => ews::autodiscover::soap::request(url.as_str(), &[address.as_str()]).ok(),
            Self::Pox => ews::autodiscover::pox::request(address.as_str()).ok(),
        }
    }

    /// Whether Autodiscover itself wrote it, and not whoever else answers on this host.
    fn is_answer(self, reply: &Reply) -> bool {
        reply.status == 200 && !matches!(self.read(&reply.body), Answer::Unreadable(_))
    }

    fn read(self, body: &[u8]) -> Answer {
        match self {
            Self::Soap => answer::soap(body),
            Self::Pox => answer::pox(body),
        }
    }
}

/// SOAP beside the `.xml` that was found, then the `.xml` itself; a `.svc` alone speaks SOAP only.
fn dialects(door: &Url) -> Vec<(Dialect, Url)> {
    if is_soap(door) {
        return vec![(Dialect::Soap, door.clone())];
    }
    let mut soap = door.clone();
    let path = door.path();
    let stem = path.len().saturating_sub("xml".len());
    soap.set_path(&format!("{}svc", path.get(..stem).unwrap_or(path)));
    soap.set_query(None);
    vec![(Dialect::Soap, soap), (Dialect::Pox, door.clone())]
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::dialects;

    #[test]
    fn soap_stands_beside_the_xml() {
        let of = |url: &str| -> Vec<String> {
            let url = Url::parse(url).expect("a URL");
            let found = dialects(&url).into_iter();
            found.map(|(_, url)| url.to_string()).collect()
        };
        assert_eq!(
            of("https://a.b/autodiscover/autodiscover.xml?hop=1"),
            [
                "https://a.b/autodiscover/autodiscover.svc",
                "https://a.b/autodiscover/autodiscover.xml?hop=1"
            ]
        );
        let soap = "https://a.b/Autodiscover/Autodiscover.SVC";
        assert_eq!(of(soap), [soap]);
    }
}
