//! Asks Autodiscover itself: SOAP first, POX where that is not there. Without credentials first; with
//! them as `log_on` allows. A connection that is logged on is used again for the other dialect, and for
//! another address of the same mailbox; nothing else.

use std::time::Instant;

use contract::{Cause, SmtpAddress};
use exchange::Reply;
use url::Url;

use super::answer::{self, Answer};
use super::candidates::Origin;
use super::cloud;
use super::door::{Next, Way, answer_of, is_soap};
use super::json::{location, redirected};
use super::trail::{DeadEnd, QUOTED, place};
use super::walk::{Cancelled, Row, Turn, Walk, or_cancelled};
use crate::checks::{Caller, shown};

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
    /// It is not there; the other one may be. With it whoever is logged on by now.
    NotThere(Option<Box<Caller>>),
}

impl Walk {
    /// Asks at the door that was found, in one dialect after the other.
    pub(super) async fn ask_at_door(
        &mut self,
        way: &mut Way,
        door: Url,
        address: &SmtpAddress,
    ) -> Result<Next, Cancelled> {
        let mut carried: Option<Caller> = None;
        for (dialect, url) in dialects(&door) {
            let once = format!("{} {url} {}", dialect.name(), address.key());
            if !self.trail.first_time(&once) {
                let why = "This address was asked already.";
                self.skip(way.method, dialect.name(), url.as_str(), why);
                continue;
            }
            // The same server, and its one log-on.
            let there = carried.take().and_then(|caller| caller.turned_to(&url));
            match self.ask_in(dialect, way, &url, address, there).await? {
                Came::Next(next) => return Ok(next),
                Came::NotThere(caller) => carried = caller.map(|caller| *caller),
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
        carried: Option<Caller>,
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
        let made = if let Some(caller) = kept.or(carried) {
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
                caller.refused().await;
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
                .with_credentials(way, number, url, caller, (&reply, leaf), &body)
                .await?
            else {
                return done();
            };
            (caller, reply, took) = answered;
            signed_in = true;
        }
        self.measured(number, took);
        let question = Question {
            dialect,
            url,
            number,
            address,
        };
        let Some(next) = self.read(&question, way, &reply).await else {
            return Ok(Came::NotThere(signed_in.then(|| Box::new(caller))));
        };
        if signed_in && dialect.is_answer(&reply) {
            self.welcome.insert(url.to_string(), caller);
        }
        Ok(Came::Next(next))
    }

    /// Reads an answer; `None`: this dialect is not there.
    async fn read(
        &mut self,
        question: &Question<'_>,
        way: &mut Way,
        reply: &Reply,
    ) -> Option<Next> {
        let Question {
            dialect,
            url,
            number,
            ..
        } = *question;
        let nothing = Some(Next::Done(Turn::Nothing));
        if let Some(to) = location(reply) {
            let shown = redirected(reply, &to);
            return Some(self.sent_on(way, number, url, &to, shown));
        }
        let status = reply.status.to_string();
        if matches!(reply.status, 404 | 405) {
            let said = format!("{} Autodiscover isn't here.", dialect.name());
            self.end(number, Row::warning(said).answer(status));
            return None;
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
                return Some(Next::Done(turn));
            }
            Answer::Url(to) => {
                let shown = format!("{status}, RedirectUrl {to}");
                return Some(self.sent_on(way, number, url, &to, shown));
            }
            Answer::Address(to) => return Some(self.send_to_address(question, way, &to).await),
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
    async fn send_to_address(&mut self, question: &Question<'_>, way: &Way, to: &str) -> Next {
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
            return Next::Done(Turn::Nothing);
        }
        let Ok(next) = SmtpAddress::parse(to) else {
            let row = Row::warning("Names another address, which is none.").answer(shown);
            self.end(number, row);
            return Next::Done(Turn::Nothing);
        };
        if let Err(end) = self.trail.follow_address(next.as_str()) {
            let said = match end {
                DeadEnd::Loop(_) => format!("Names {next}, which was asked for already: a loop."),
                end => end.to_string(),
            };
            let row = Row::fail(Cause::HttpRedirected, said).answer(shown);
            self.end(number, row);
            return Next::Done(Turn::Nothing);
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
        Next::Done(Turn::Elsewhere(next))
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
