//! Asks where one mailbox lives: Autodiscover JSON v2 without credentials, at the host of the EWS URL and
//! at `autodiscover.<domain>`. It follows redirects to https only, never sends a password, and gives up on
//! a host that doesn't know the question.

use std::collections::{HashMap, HashSet};

use contract::{MailboxLocation, Problem, Secret, SmtpAddress};
use ews::autodiscover::json;
use exchange::{Glance, Trust};
use url::Url;

use crate::checks::Plan;
use crate::email_configuration::EwsUrl;

/// Most redirects of one question.
const REDIRECTS: usize = 5;
/// A host that gave no answer so many times running is not asked again.
const PATIENCE: u32 = 3;

/// What was told of one mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) location: MailboxLocation,
    /// Where Autodiscover sends its address, if anywhere.
    pub(super) redirect_address: Option<String>,
}

/// Whoever asks.
pub(super) struct Whereabouts {
    plan: Plan,
    proxy_password: Option<Secret>,
    trust: Trust,
    practice: bool,
    /// Origins that are not asked any more, and why.
    given_up: HashMap<String, String>,
    /// Questions without an answer, running.
    silent: HashMap<String, u32>,
}

/// What one host said.
enum Said {
    Lives(MailboxLocation),
    /// It knows the question and not the mailbox.
    NotKnown,
    /// It doesn't know the question, or gave no answer.
    Nothing {
        why: String,
        for_good: bool,
    },
}

impl Whereabouts {
    /// # Errors
    /// As the plan's trust.
    pub(super) fn new(
        plan: Plan,
        proxy_password: Option<Secret>,
        practice: bool,
    ) -> Result<Self, Problem> {
        Ok(Self {
            trust: plan.trust()?,
            plan,
            proxy_password,
            practice,
            given_up: HashMap::new(),
            silent: HashMap::new(),
        })
    }

    /// Whether no host is left that could be asked about an address.
    pub(super) fn nobody_left(&self, address: &str) -> bool {
        self.hosts(address)
            .iter()
            .all(|host| self.given_up.contains_key(host))
    }

    /// Where a mailbox lives, if anybody says.
    pub(super) async fn of(&mut self, address: &str) -> Option<Told> {
        let path = json::path(address).ok()?;
        for host in self.hosts(address) {
            if self.given_up.contains_key(&host) {
                continue;
            }
            let Ok(url) = Url::parse(&format!("{host}{path}")) else {
                continue;
            };
            match self.ask(url).await {
                Said::Lives(location) => {
                    self.silent.remove(&host);
                    return Some(Told {
                        location,
                        redirect_address: None,
                    });
                }
                Said::NotKnown => {
                    self.silent.remove(&host);
                }
                Said::Nothing { why, for_good } => {
                    let times = self.silent.entry(host.clone()).or_default();
                    *times += 1;
                    if for_good || *times >= PATIENCE {
                        self.given_up.insert(host, why);
                    }
                }
            }
        }
        None
    }

    /// What did not go well, in one plain sentence; `told`: users of whom it was told.
    pub(super) fn complaint(&self, told: u64) -> Option<String> {
        let mut hosts: Vec<(&String, &String)> = self.given_up.iter().collect();
        hosts.sort();
        let (host, why) = hosts.first()?;
        if told > 0 {
            return None;
        }
        Some(format!(
            "Autodiscover told nothing: {} {why}.",
            host.trim_start_matches("https://")
        ))
    }

    /// Origins that may know, the nearest first.
    fn hosts(&self, address: &str) -> Vec<String> {
        let own = Url::parse(&self.plan.ews_url)
            .ok()
            .map(|url| url.origin().ascii_serialization());
        let mut hosts: Vec<String> = own.into_iter().collect();
        if !self.practice
            && let Ok(address) = SmtpAddress::parse(address)
        {
            let usual = format!("https://autodiscover.{}", address.domain().to_lowercase());
            if !hosts.contains(&usual) {
                hosts.push(usual);
            }
        }
        hosts
    }

    async fn ask(&self, first: Url) -> Said {
        let mut visited = HashSet::new();
        let mut url = first;
        for _ in 0..=REDIRECTS {
            if !visited.insert(url.to_string()) {
                break;
            }
            if is_online(&url) {
                // Exchange Online is not asked: that we were sent there is the answer.
                return Said::Lives(MailboxLocation::ExchangeOnline);
            }
            let plan = Plan {
                ews_url: url.to_string(),
                ..self.plan.clone()
            };
            let Ok(endpoint) = plan.endpoint_by(self.proxy_password.as_ref()) else {
                return nothing("can't be asked", true);
            };
            let glanced = Glance::at(endpoint).look(&self.trust).await;
            let reply = match glanced.outcome {
                Ok(reply) => reply,
                Err(fault) => return nothing(&format!("can't be reached ({fault})"), false),
            };
            if matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
                let next = reply.headers.first("location");
                let next = next.and_then(|to| url.join(to.trim()).ok());
                match next.filter(|next| may_follow(next, &url)) {
                    Some(next) => {
                        url = next;
                        continue;
                    }
                    None => return nothing("sends on to an address that can't be used", false),
                }
            }
            return said(reply.status, &reply.body);
        }
        nothing("sends on in a circle", false)
    }
}

fn said(status: u16, body: &[u8]) -> Said {
    match json::read(body) {
        Ok(json::Answer::Endpoint { url }) if status == 200 => match Url::parse(&url) {
            Ok(url) if is_online(&url) => Said::Lives(MailboxLocation::ExchangeOnline),
            Ok(url) if url.scheme() == "https" || is_loopback(&url) => {
                Said::Lives(MailboxLocation::OnPremises)
            }
            _ => Said::NotKnown,
        },
        Ok(_) => Said::NotKnown,
        Err(_) if matches!(status, 429 | 500..) => nothing(&format!("answers {status}"), false),
        Err(_) => nothing("has no JSON v2 (Exchange 2016 CU3 and later have it)", true),
    }
}

fn nothing(why: &str, for_good: bool) -> Said {
    Said::Nothing {
        why: why.to_owned(),
        for_good,
    }
}

/// https, or the practice Exchange that was asked in the first place.
fn may_follow(next: &Url, from: &Url) -> bool {
    let bare = next.username().is_empty() && next.password().is_none();
    bare && (next.scheme() == "https" || next.origin() == from.origin())
}

fn is_online(url: &Url) -> bool {
    url.host_str()
        .and_then(|host| EwsUrl::of_host(host).ok())
        .is_some_and(|url| url.is_exchange_online())
}

fn is_loopback(url: &Url) -> bool {
    EwsUrl::parse(url.as_str()).is_ok_and(|url| url.is_loopback())
}

#[cfg(test)]
mod tests {
    use contract::MailboxLocation;
    use url::Url;

    use super::{Said, may_follow, said};

    fn location(status: u16, body: &str) -> Option<MailboxLocation> {
        match said(status, body.as_bytes()) {
            Said::Lives(location) => Some(location),
            Said::NotKnown | Said::Nothing { .. } => None,
        }
    }

    #[test]
    fn the_host_of_the_url_tells_where_a_mailbox_lives() {
        let url = |host: &str| {
            format!(r#"{{"Protocol":"EWS","Url":"https://{host}/EWS/Exchange.asmx"}}"#)
        };
        for (host, expected) in [
            ("mail.contoso.com", MailboxLocation::OnPremises),
            ("outlook.office365.com", MailboxLocation::ExchangeOnline),
            ("partner.outlook.cn", MailboxLocation::ExchangeOnline),
            (
                "outlook.office365.com.evil.com",
                MailboxLocation::OnPremises,
            ),
        ] {
            assert_eq!(location(200, &url(host)), Some(expected), "{host}");
        }
        assert_eq!(location(404, &url("mail.contoso.com")), None);
    }

    #[test]
    fn a_host_without_the_question_is_given_up_and_a_busy_one_is_not() {
        let for_good = |status: u16, body: &str| match said(status, body.as_bytes()) {
            Said::Nothing { for_good, .. } => Some(for_good),
            Said::Lives(_) | Said::NotKnown => None,
        };
        assert_eq!(for_good(404, "<html>"), Some(true));
        assert_eq!(for_good(401, ""), Some(true));
        assert_eq!(for_good(503, ""), Some(false));
        let refused = r#"{"ErrorCode":"UserNotFound","ErrorMessage":"no such user"}"#;
        assert_eq!(for_good(404, refused), None, "it knows the question");
    }

    #[test]
    fn nothing_is_followed_but_https() {
        let url = |text: &str| Url::parse(text).expect("an address");
        let from = url("https://mail.contoso.com/autodiscover");
        assert!(may_follow(
            &url("https://autodiscover-s.outlook.com/x"),
            &from
        ));
        assert!(!may_follow(&url("http://mail.contoso.com/x"), &from));
        assert!(!may_follow(&url("https://a:b@mail.contoso.com/x"), &from));
    }
}
