//! Hosts that DNS or a plain http redirect name: untrusted finds, so nothing goes there but a look
//! without credentials until a person consents.

use std::time::Instant;

use contract::{Cause, DiscoveryMethod as Method, SmtpAddress};
use exchange::{Names, NamesError, Srv};
use url::Url;

use super::json::{location, redirected};
use super::trail::{DeadEnd, QUOTED, key, place};
use super::walk::{Cancelled, Row, Turn, Walk, or_cancelled};

/// The one address that is asked over plain http.
pub(super) fn plain(domain: &str) -> String {
    format!("http://autodiscover.{domain}/autodiscover/autodiscover.xml")
}

/// The name of the SRV record (MS-OXDISCO §3.1.5.3).
pub(super) fn srv_name(domain: &str) -> String {
    format!("_autodiscover._tcp.{domain}")
}

impl Walk {
    /// A GET over plain http, for its redirect alone.
    pub(super) async fn by_http(&mut self, address: &SmtpAddress) -> Result<Turn, Cancelled> {
        let Ok(url) = Url::parse(&plain(address.domain())) else {
            return Ok(Turn::Nothing);
        };
        let (number, glanced) = self.look(Method::HttpRedirect, "HTTP", &url).await?;
        let reply = match glanced.outcome {
            Ok(reply) => reply,
            Err(fault) => {
                self.end(number, self.fault(&fault));
                return Ok(Turn::Nothing);
            }
        };
        let Some(to) = location(&reply) else {
            let row = Row::warning("No redirect; only a redirect to https counts here.");
            self.end(number, row.answer(reply.status.to_string()));
            return Ok(Turn::Nothing);
        };
        let shown = redirected(&reply, &to);
        if self.quest.means.quotes_a_secret(&to) {
            self.end(
                number,
                Row::fail(Cause::HttpRedirected, QUOTED).answer(shown),
            );
            return Ok(Turn::Nothing);
        }
        match self.trail.follow_to_door(&url, &to) {
            Ok(next) => {
                let host = place(&next);
                let row = Row::warning(format!(
                    "Sends on to {host}. Anyone on the way could have written that: nothing secret goes there without your consent."
                ));
                self.end(number, row.answer(shown));
                let found =
                    "A redirect over plain http names it, which anyone on the way can fake.";
                self.through_door(Method::Redirect, Some(next), found.to_owned(), address)
                    .await
            }
            Err(DeadEnd::Loop(known)) => {
                let row = Row::warning(format!("Sends on to {known}, which was asked already."));
                self.end(number, row.answer(shown));
                Ok(Turn::Nothing)
            }
            Err(end) => {
                let row = Row::fail(Cause::HttpRedirected, end.to_string());
                self.end(number, row.answer(shown));
                Ok(Turn::Nothing)
            }
        }
    }

    /// A host named by DNS SRV.
    pub(super) async fn by_srv(&mut self, address: &SmtpAddress) -> Result<Turn, Cancelled> {
        let name = srv_name(address.domain());
        let number = self.begin(Method::DnsSrv, "DNS", &name);
        let names = match &self.quest.means.names {
            Some(names) => Ok(names.clone()),
            None => Names::system(),
        };
        let started = Instant::now();
        let asked = async { names?.srv(&name).await };
        let found = or_cancelled(&mut self.desk.cancel, asked).await?;
        self.measured(number, started.elapsed());
        let records = match found {
            Ok(records) => records,
            Err(NamesError::None) => {
                self.end(number, Row::warning("There is no such SRV record."));
                return Ok(Turn::Nothing);
            }
            Err(NamesError::Unanswered(why)) => {
                let row = Row::fail(Cause::DnsNotFound, format!("DNS gave no answer: {why}."));
                self.end(number, row);
                return Ok(Turn::Nothing);
            }
        };
        let shown: Vec<String> = records.iter().map(record).collect();
        let Some(best) = choose(records, self.quest.stage.dice.roll()) else {
            let row = Row::warning("No record names a host at port 443; others don't count.");
            self.end(number, row.answer(shown.join(", ")));
            return Ok(Turn::Nothing);
        };
        let host = best.target.to_ascii_lowercase();
        let url = Url::parse(&format!("https://{host}/autodiscover/autodiscover.xml")).ok();
        let known = url
            .as_ref()
            .is_some_and(|url| !self.trail.is_new(&key(url)));
        let said = if known {
            format!("DNS names {host}, which was asked already.")
        } else {
            format!("DNS names {host}. Nothing secret goes there without your consent.")
        };
        self.end(number, Row::pass(said).answer(shown.join(", ")));
        if known {
            return Ok(Turn::Nothing);
        }
        let found = format!("The DNS record {name} names it, and DNS can be faked.");
        self.through_door(Method::DnsSrv, url, found, address).await
    }
}

fn record(srv: &Srv) -> String {
    let Srv {
        priority,
        weight,
        port,
        target,
    } = srv;
    format!("SRV {priority} {weight} {port} {target}")
}

/// Port 443 only; the best priority, then the greatest weight, by lot among those alike.
fn choose(mut records: Vec<Srv>, lot: [u8; 16]) -> Option<Srv> {
    records.retain(|srv| srv.port == 443 && !srv.target.is_empty());
    let rank = |srv: &Srv| (srv.priority, u16::MAX - srv.weight);
    let best = records.iter().map(rank).min()?;
    records.retain(|srv| rank(srv) == best);
    // In one order whatever order DNS sent them in, so that the lot alone decides.
    records.sort_by(|a, b| a.target.cmp(&b.target));
    let count = u128::try_from(records.len()).expect("a length fits");
    let drawn = usize::try_from(u128::from_le_bytes(lot) % count).expect("below a length");
    Some(records.swap_remove(drawn))
}

#[cfg(test)]
mod tests {
    use exchange::Srv;

    use super::choose;

    fn srv(priority: u16, weight: u16, port: u16, target: &str) -> Srv {
        Srv {
            priority,
            weight,
            port,
            target: target.to_owned(),
        }
    }

    fn drawn(records: &[Srv], lot: u8) -> Option<String> {
        let mut roll = [0; 16];
        roll[0] = lot;
        choose(records.to_vec(), roll).map(|srv| srv.target)
    }

    #[test]
    fn port_then_priority_then_weight_then_the_lot() {
        let records = [
            srv(0, 9, 8443, "other-port"),
            srv(10, 99, 443, "later"),
            srv(5, 1, 443, "light"),
            srv(5, 7, 443, "b"),
            srv(5, 7, 443, "a"),
            srv(0, 0, 443, ""),
        ];
        assert_eq!(drawn(&records, 0).as_deref(), Some("a"));
        assert_eq!(drawn(&records, 1).as_deref(), Some("b"));
        assert_eq!(drawn(&records, 2).as_deref(), Some("a"));
        let mut turned = records.to_vec();
        turned.reverse();
        assert_eq!(
            drawn(&turned, 0).as_deref(),
            Some("a"),
            "whatever the order"
        );
        assert_eq!(drawn(&records[..1], 0), None);
        assert_eq!(drawn(&[], 0), None);
    }
}
