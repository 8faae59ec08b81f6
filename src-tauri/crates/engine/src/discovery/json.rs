//! JSON v2: one GET without credentials, of hosts that may know. Nothing secret leaves this computer, so
//! redirects to other https hosts are followed without a question.

use contract::{Cause, DiscoveryMethod as Method, SmtpAddress};
use exchange::Reply;
use url::Url;

use super::answer::{Answer, json};
use super::candidates::Origin;
use super::cloud;
use super::trail::{QUOTED, key, place};
use super::walk::{Cancelled, Row, Turn, Walk};

/// Exchange Online, which sends on to the right cloud:
/// <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/autodiscover-for-exchange>.
const ONLINE: &str = "outlook.office365.com";
const PROTOCOL: &str = "JSON v2";

impl Walk {
    /// Asks the form's own host, the usual host of the domain, and Exchange Online.
    pub(super) async fn by_json(&mut self, address: &SmtpAddress) -> Result<Turn, Cancelled> {
        let Ok(path) = ews::autodiscover::json::path(address.as_str()) else {
            let (domain, why) = (address.domain(), "This address can't stand in a URL.");
            self.skip(Method::JsonV2, PROTOCOL, domain, why);
            return Ok(Turn::Nothing);
        };
        let mut turn = Turn::Nothing;
        for base in self.hosts(address) {
            let url = format!("{base}{path}");
            if turn == Turn::Found {
                self.skip(
                    Method::JsonV2,
                    PROTOCOL,
                    &url,
                    "Not asked: the URL is found.",
                );
                continue;
            }
            let Ok(url) = Url::parse(&url) else { continue };
            turn = self.json_at(url, address).await?;
        }
        Ok(turn)
    }

    fn hosts(&self, address: &SmtpAddress) -> Vec<String> {
        let own = Url::parse(&self.quest.plan.ews_url).ok();
        let own = own.map(|url| url.origin().ascii_serialization());
        if self.quest.stage.practice {
            return own.into_iter().collect();
        }
        let online = format!("https://{ONLINE}");
        // Where a mailbox in the cloud was named, nobody else knows about it.
        if cloud::is_routing_domain(address.domain()) {
            return vec![online];
        }
        let usual = format!("https://autodiscover.{}", address.domain());
        let mut hosts: Vec<String> = own
            .into_iter()
            .filter(|own| own.starts_with("https://"))
            .collect();
        for host in [usual, online] {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }

    async fn json_at(&mut self, first: Url, address: &SmtpAddress) -> Result<Turn, Cancelled> {
        let told_by = place(&first);
        let (mut url, mut method) = (first, Method::JsonV2);
        loop {
            self.trail.first_time(&key(&url));
            let (number, glanced) = self.look(method, PROTOCOL, &url).await?;
            let reply = match glanced.outcome {
                Ok(reply) => reply,
                Err(fault) => {
                    self.end(number, self.fault(&fault));
                    return Ok(Turn::Nothing);
                }
            };
            let Some(location) = location(&reply) else {
                let unasked = told_by == ONLINE && !cloud::is_routing_domain(address.domain());
                let origin = Origin {
                    method,
                    number,
                    unasked,
                };
                return Ok(self.read_json(&origin, &reply, &told_by, address).await);
            };
            if self.quest.means.quotes_a_secret(&location) {
                let row = Row::fail(Cause::HttpRedirected, QUOTED);
                self.end(number, row.answer(redirected(&reply, &location)));
                return Ok(Turn::Nothing);
            }
            match self.trail.follow(&url, &location) {
                Ok(next) => {
                    let row = Row::pass(format!("Sends on to {}.", place(&next)));
                    self.end(number, row.answer(redirected(&reply, &location)));
                    (url, method) = (next, Method::Redirect);
                }
                Err(end) => {
                    let row = Row::fail(Cause::HttpRedirected, end.to_string());
                    self.end(number, row.answer(redirected(&reply, &location)));
                    return Ok(Turn::Nothing);
                }
            }
        }
    }

    async fn read_json(
        &mut self,
        origin: &Origin,
        reply: &Reply,
        told_by: &str,
        address: &SmtpAddress,
    ) -> Turn {
        let status = reply.status.to_string();
        let row = match json(&reply.body) {
            Answer::Urls(urls) if reply.status == 200 => {
                let (row, found) = self.take(origin, urls);
                let online = self.found_online(origin.number);
                self.end(origin.number, row.answer(status));
                if found && online && told_by != ONLINE {
                    self.note_online(address, None).await;
                }
                // What Exchange Online says unasked, it says about strangers too.
                return if found && !origin.unasked {
                    Turn::Found
                } else {
                    Turn::Nothing
                };
            }
            Answer::No(said) => Row::warning(said),
            _ if matches!(reply.status, 400 | 401 | 403 | 404 | 405) => {
                Row::warning("This server has no JSON v2 (Exchange 2016 CU3 and later have it).")
            }
            Answer::Unreadable(why) => {
                Row::warning(format!("Not an answer of Autodiscover: {why}."))
            }
            _ => Row::warning("Not an answer of Autodiscover."),
        };
        self.end(origin.number, row.answer(status));
        Turn::Nothing
    }
}

/// Where a redirect leads to; `None`: it is none.
pub(super) fn location(reply: &Reply) -> Option<String> {
    let redirects = matches!(reply.status, 301 | 302 | 303 | 307 | 308);
    let location = reply.headers.first("location").map(str::to_owned);
    redirects.then(|| location.unwrap_or_default())
}

/// `302 to https://…`.
pub(super) fn redirected(reply: &Reply, location: &str) -> String {
    let location: String = location.chars().take(500).collect();
    format!("{} to {location}", reply.status)
}
