//! A host that may have Autodiscover: looked at without credentials, followed where it sends on to, and
//! only then asked (`ask`).

use contract::{Cause, DiscoveryMethod as Method, SmtpAddress};
use exchange::Reply;
use url::Url;

use super::json::{location, redirected};
use super::trail::{QUOTED, key, place};
use super::walk::{Cancelled, Row, Turn, Walk};
use crate::checks::Mechanism;

/// What is done next on the way through a door.
pub(super) enum Next {
    /// Look at this address without credentials.
    Look(Url),
    /// Ask Autodiscover at this address.
    Ask(Url),
    /// It ends here.
    Done(Turn),
}

/// The way to a door.
pub(super) struct Way {
    /// Of the row that comes next.
    pub(super) method: Method,
    /// How the host was found, in one plain sentence.
    pub(super) found: String,
    /// It began at the mail domain itself: often a foreign web host, which may send on to its like.
    pub(super) root: bool,
    /// The mail domain.
    domain: String,
}

impl Way {
    /// How the host was found, and who else is asked where these ways to sign in are tried.
    pub(super) fn told(&self, ways: &[Mechanism]) -> String {
        if ways.contains(&Mechanism::Kerberos) {
            let kdc = "Kerberos may ask a domain controller (KDC) of the account's domain as well.";
            format!("{} {kdc}", self.found)
        } else {
            self.found.clone()
        }
    }

    /// Whether nobody but a foreign web host may stand behind this host, whatever its port.
    pub(super) fn is_root(&self, host: &str) -> bool {
        let name = host.split(':').next().unwrap_or(host);
        let name = name.strip_prefix("www.").unwrap_or(name);
        self.root || name.eq_ignore_ascii_case(&self.domain)
    }
}

impl Walk {
    /// Through a door, whatever it sends on to, to its end.
    pub(super) async fn through_door(
        &mut self,
        method: Method,
        first: Option<Url>,
        found: String,
        address: &SmtpAddress,
    ) -> Result<Turn, Cancelled> {
        let Some(first) = first else {
            self.skip(method, "HTTP", address.domain(), "This is no host name.");
            return Ok(Turn::Nothing);
        };
        let found = match &self.sent_by {
            Some(sent_by) => format!("{found} {sent_by}"),
            None => found,
        };
        let mut way = Way {
            method,
            found,
            root: method == Method::RootDomain,
            domain: address.domain().to_owned(),
        };
        let mut next = if is_soap(&first) {
            Next::Ask(first)
        } else {
            Next::Look(first)
        };
        loop {
            next = match next {
                Next::Look(url) => self.look_at_door(&mut way, url).await?,
                Next::Ask(url) => self.ask_at_door(&mut way, url, address).await?,
                Next::Done(turn) => return Ok(turn),
            };
        }
    }

    /// Microsoft's client looks like this, too, before it sends anything.
    async fn look_at_door(&mut self, way: &mut Way, url: Url) -> Result<Next, Cancelled> {
        if !self.trail.first_time(&key(&url)) {
            let why = "This address was asked already.";
            self.skip(way.method, "HTTP", url.as_str(), why);
            return Ok(Next::Done(Turn::Nothing));
        }
        let (number, glanced) = self.look(way.method, "HTTP", &url).await?;
        let reply = match glanced.outcome {
            Ok(reply) => reply,
            Err(fault) => {
                self.end(number, self.fault(&fault));
                return Ok(Next::Done(Turn::Nothing));
            }
        };
        if let Some(to) = location(&reply) {
            return Ok(self.sent_on(way, number, &url, &to, redirected(&reply, &to)));
        }
        let status = answer_of(&reply);
        let row = match reply.status {
            401 => {
                let row = Row::pass("Autodiscover may be here; it asks for a sign-in.");
                self.end(number, row.answer(status));
                return Ok(Next::Ask(url));
            }
            200 if is_autodiscover(&reply) => {
                let row = Row::pass("Autodiscover is here.");
                self.end(number, row.answer(status));
                return Ok(Next::Ask(url));
            }
            404 | 410 => Row::warning("There is no Autodiscover here."),
            200..=299 => Row::warning("A web server answers, and it isn't Autodiscover."),
            403 => Row::fail(Cause::HttpRejected, "Refused before Autodiscover saw it."),
            _ => Row::warning("Answers, but not as Autodiscover does."),
        };
        self.end(number, row.answer(status));
        Ok(Next::Done(Turn::Nothing))
    }

    /// Ends a row that sends on to another URL.
    pub(super) fn sent_on(
        &mut self,
        way: &mut Way,
        number: u32,
        from: &Url,
        to: &str,
        shown: String,
    ) -> Next {
        if self.quest.means.quotes_a_secret(to) {
            self.end(
                number,
                Row::fail(Cause::HttpRedirected, QUOTED).answer(shown),
            );
            return Next::Done(Turn::Nothing);
        }
        match self.trail.follow_to_door(from, to) {
            Ok(next) => {
                let (here, there) = (place(from), place(&next));
                let row = Row::pass(format!("Sends on to {there}."));
                self.end(number, row.answer(shown));
                way.method = Method::Redirect;
                // A find that nobody vouches for stays one, however far it is sent on: so does the root.
                if here != there {
                    way.found = format!("{here} sends on to it. {}", way.found);
                }
                if is_soap(&next) {
                    Next::Ask(next)
                } else {
                    Next::Look(next)
                }
            }
            Err(end) => {
                let row = Row::fail(Cause::HttpRedirected, end.to_string());
                self.end(number, row.answer(shown));
                Next::Done(Turn::Nothing)
            }
        }
    }
}

/// `401 Negotiate, NTLM`.
pub(super) fn answer_of(reply: &Reply) -> String {
    let schemes = reply.headers.schemes().join(", ");
    format!("{} {schemes}", reply.status).trim_end().to_owned()
}

pub(super) fn is_soap(url: &Url) -> bool {
    url.path()
        .to_ascii_lowercase()
        .ends_with("/autodiscover.svc")
}

fn is_autodiscover(reply: &Reply) -> bool {
    reply.headers.first("x-soap-enabled").is_some()
        || ews::autodiscover::pox::read(&reply.body).is_ok()
}
