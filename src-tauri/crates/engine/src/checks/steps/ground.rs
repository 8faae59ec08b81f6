//! The rungs up to the log-on, which every ladder has: from the values of the form to an account that
//! is signed in. Told from what was measured on the way; it asks no server itself.

use contract::{Blame, Cause, SchemeOutcome, Step, StepStatus};
use exchange::{Certificate, Dialing};
use jiff::Timestamp;

use super::rung::{Rung as _, rung};
use crate::checks::facts::{Asking, Facts};
use crate::checks::mechanism::Mechanism;
use crate::checks::plan::Approach;
use crate::checks::spec::Access;
use crate::diagnosis::edition::Edition;
use crate::diagnosis::wording::Words;
use crate::ports::TokenFacts;

/// The rungs of this module, in their order.
pub(crate) const GROUND: [&str; 7] = ["form", "dns", "tcp", "tls", "discovery", "ews", "log_on"];
/// A certificate that ends sooner is warned of.
const RENEW: i64 = 21 * 24 * 60 * 60;

/// What the rungs are told from.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) access: &'a Access,
    /// What stopped everything, if anything did.
    pub(crate) stopped: Option<(Cause, &'a str)>,
    /// Credentials were accepted.
    pub(crate) logged_on: bool,
    /// Whether it still goes on.
    pub(crate) going_on: bool,
    pub(crate) now: Timestamp,
}

impl Ground<'_> {
    /// The rungs up to the log-on; after a broken one the rest is skipped.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let broken = self.stopped.map(|(cause, _)| broken_by(cause, self.facts));
        let broken_at = broken.and_then(|id| GROUND.iter().position(|rung| *rung == id));
        let reached = self.reached();
        GROUND
            .iter()
            .enumerate()
            .map(|(at, id)| match broken_at {
                Some(broken) if at == broken => self.broken(id),
                Some(broken) if at > broken => rung(id, self.title(id)).skipped("Not reached."),
                None if at == reached && self.going_on => rung(id, self.title(id)).running(),
                None if at >= reached => rung(id, self.title(id)).skipped(if self.going_on {
                    "Not reached yet."
                } else {
                    "Not reached."
                }),
                _ => self.passed(id),
            })
            .collect()
    }

    /// Names for sentences.
    pub(crate) fn words(&self) -> Words<'_> {
        self.access.words(&self.facts.authentication.offered)
    }

    /// How many rungs are behind us.
    fn reached(&self) -> usize {
        let id = match (&self.facts.knock, self.logged_on) {
            (_, true) => return GROUND.len(),
            (Some(_), false) => "log_on",
            (None, false) => "dns",
        };
        GROUND.iter().position(|rung| *rung == id).unwrap_or(0)
    }

    fn broken(&self, id: &str) -> Step {
        let (cause, message) = self.stopped.expect("a rung is broken by a cause");
        let words = Words {
            authority: self.facts.authority_of(cause),
            ..self.words()
        };
        let passed = self.passed(id);
        let step = rung(id, self.title(id)).fail(cause, message, &words);
        step.took(passed.elapsed_ms.map(std::time::Duration::from_millis))
            .seen(passed.evidence)
    }

    fn title(&self, id: &str) -> String {
        match id {
            "form" => "Form values".to_owned(),
            "dns" => "Name resolves".to_owned(),
            "tcp" => format!("Port {}, proxy", self.access.port),
            "tls" => "Certificate".to_owned(),
            "discovery" => "Autodiscover".to_owned(),
            "ews" if self.access.approach == Approach::Graph => "Graph answers".to_owned(),
            "ews" => "EWS answers".to_owned(),
            "log_on" if self.access.by_token() => "Access token is accepted".to_owned(),
            _ => "Service account signs in".to_owned(),
        }
    }

    fn passed(&self, id: &str) -> Step {
        let step = rung(id, self.title(id));
        match id {
            "form" => self.form(step),
            "dns" => self.dns(step),
            "tcp" => self.tcp(step),
            "tls" => self.tls(step),
            "discovery" => self.discovery(step),
            "ews" => self.ews(step),
            _ => self.log_on(step),
        }
    }

    fn form(&self, step: Step) -> Step {
        let access = self.access;
        step.pass("The values are complete.").seen([
            format!("EWS URL: {}", access.url),
            format!("Account Logon: {}", access.account),
            format!("Authentication: {}", access.authentication.as_str()),
        ])
    }

    fn dns(&self, step: Step) -> Step {
        let (host, dialing) = (&self.access.host, &self.facts.dialing);
        let found: Vec<String> = dialing
            .addresses
            .iter()
            .map(|address| address.ip().to_string())
            .collect();
        if let Some(first) = found.first() {
            let others = match found.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            return step
                .pass(format!("{host} resolves to {first}{others}."))
                .took(dialing.resolved)
                .seen([format!("Addresses: {}", found.join(", "))]);
        }
        if dialing.proxy.is_some() {
            return step.skipped(format!("The HTTP proxy looks {host} up."));
        }
        if dialing.resolved.is_some() {
            return step.took(dialing.resolved);
        }
        step.pass(format!("{host} needs no look-up."))
    }

    fn tcp(&self, step: Step) -> Step {
        let Dialing {
            connected,
            peer,
            proxy,
            ..
        } = &self.facts.dialing;
        let (host, port) = (&self.access.host, self.access.port);
        let message = match proxy {
            Some(proxy) => format!("The HTTP proxy {proxy} lets us through to {host}:{port}."),
            None => format!("Port {port} answers."),
        };
        let peer = peer.map(|peer| format!("Connected to: {peer}"));
        step.pass(message)
            .took(*connected)
            .seen(peer)
            .seen([format!("Proxy: {}", proxy.as_deref().unwrap_or("none"))])
    }

    fn tls(&self, step: Step) -> Step {
        let facts = self.facts;
        let Some(leaf) = facts.chain.first() else {
            let plain = !self.access.secure;
            return if plain {
                step.skipped("Plain http on this machine.")
            } else {
                step.took(facts.dialing.encrypted)
            };
        };
        let step = step
            .took(facts.dialing.encrypted)
            .seen(certificate(leaf))
            .seen(facts.chain.iter().skip(1).map(|issuer| {
                format!(
                    "Issued by: {}, valid until {}",
                    issuer.subject,
                    day(issuer.not_after)
                )
            }))
            .seen([format!("Trust: {}", self.access.trust)])
            .seen(
                facts
                    .dialing
                    .protocol
                    .as_ref()
                    .map(|p| format!("Protocol: {p}")),
            );
        let left = leaf.not_after - self.now.as_second();
        if (0..RENEW).contains(&left) {
            let days = left / (24 * 60 * 60);
            let message = format!(
                "The certificate is trusted: {}. It ends in {days} days.",
                leaf.subject
            );
            let next = "Renew the certificate on the server before it ends.";
            return step.warning(message, Blame::Certificate, next);
        }
        step.pass(format!("The certificate is trusted: {}.", leaf.subject))
    }

    fn discovery(&self, step: Step) -> Step {
        match &self.facts.discovery {
            None => step.skipped("The URL is given."),
            Some(found) => step
                .pass(found.message.clone())
                .took(found.took)
                .seen(found.evidence.iter().cloned()),
        }
    }

    fn ews(&self, step: Step) -> Step {
        let (facts, told) = (self.facts, &self.facts.authentication);
        let build = facts
            .server_version
            .as_deref()
            .or(told.server_version.as_deref());
        let offer = told.offered.join(", ");
        let tried = told.tried.iter().map(|tried| {
            let detail = tried.detail.as_deref().map(|why| format!(" ({why})"));
            format!(
                "Tried: {} under {}, {}{}",
                tried.mechanism,
                tried.scheme,
                outcome(tried.outcome),
                detail.unwrap_or_default()
            )
        });
        let knock = facts.knock.as_ref();
        let step = step
            .took(knock.and_then(|knock| knock.took))
            .seen([format!("Schemes offered: {}", none_if_empty(&offer))])
            .seen(tried)
            .seen(
                told.accepted
                    .as_ref()
                    .map(|word| format!("Accepted: {word}")),
            )
            .seen(build.map(|build| format!("Build: {build}")))
            .seen(
                told.clock_skew_seconds
                    .map(|skew| format!("Clock of the server: {skew:+} s against this computer's")),
            )
            .seen(knock.into_iter().flat_map(Asking::lines));
        let offers = match offer.as_str() {
            "" => String::new(),
            offer => format!("; it offers {offer}"),
        };
        let message = match (self.access.approach, build) {
            (Approach::Graph, _) => "Microsoft Graph answers.".to_owned(),
            (_, build) => format!(
                "EWS answers (Exchange {}){offers}.",
                build.unwrap_or("of unknown build")
            ),
        };
        match Edition::of(&self.access.host, build).out_of_support() {
            Some(why) => step.warning(
                format!("{message} {why}"),
                Blame::Exchange,
                "Plan the move to Exchange Server Subscription Edition.",
            ),
            None => step.pass(message),
        }
    }

    fn log_on(&self, step: Step) -> Step {
        let facts = self.facts;
        let told = &facts.authentication;
        let binding = told.channel_binding.as_ref().map(|binding| {
            match binding.hash.as_deref().filter(|_| binding.sent) {
                Some(hash) => format!("Channel binding: sent, made with {hash}"),
                None => "Channel binding: not sent".to_owned(),
            }
        });
        let domain = told.domain.as_ref().and_then(|domain| {
            let named = [&domain.netbios, &domain.dns, &domain.computer];
            let named: Vec<&str> = named.into_iter().filter_map(|n| n.as_deref()).collect();
            (!named.is_empty()).then(|| format!("Domain of the server: {}", named.join(", ")))
        });
        let asked = facts.log_on.as_ref();
        let token = self.access.mailroom.token();
        let said = match &token {
            Some(_) => format!("The access token of {} is accepted.", self.access.account),
            None => signed_in(&self.access.account, facts),
        };
        step.pass(said)
            .took(asked.and_then(|asked| asked.took))
            .seen(
                facts
                    .way
                    .map(|way| format!("Scheme: {}, {}", way.scheme(), way.name())),
            )
            .seen(token.iter().flat_map(token_lines))
            .seen(binding)
            .seen(domain)
            .seen(asked.into_iter().flat_map(Asking::lines))
    }
}

/// The rung a cause breaks, in any ladder.
pub(crate) fn broken_by(cause: Cause, facts: &Facts) -> &'static str {
    match cause {
        // A token is what the log-on lacks; the way to Exchange was fine.
        _ if facts.authority_of(cause).is_some() => "log_on",
        Cause::DnsNotFound => "dns",
        Cause::TcpRefused | Cause::TcpTimeout | Cause::ProxyFailed => "tcp",
        Cause::TlsUntrusted
        | Cause::TlsNameMismatch
        | Cause::TlsExpired
        | Cause::TlsPinMismatch
        | Cause::TlsProtocol => "tls",
        Cause::AuthRejected
        | Cause::AuthLost
        | Cause::AccountLocked
        | Cause::AccountPasswordExpired
        | Cause::AccountDisabled
        | Cause::AccountNotInDirectory
        | Cause::AccountNotAuthorized
        | Cause::PolicyEwsBlocked
        | Cause::PolicyExchangeOnlineRetired
        | Cause::PolicyOrganizationBlocked
        | Cause::OauthSignInNeeded
        | Cause::OauthTokenRejected => "log_on",
        // Exchange 2013 alone: elsewhere a missing mailbox is a warning.
        Cause::AccountNoMailbox => "own_mailbox",
        Cause::ImpersonationHeaderRejected
        | Cause::ImpersonationServerCannot
        | Cause::ImpersonationIgnored => "impersonate",
        _ => "ews",
    }
}

/// Whether a ladder is at its end after these rungs.
pub(crate) fn is_broken(steps: &[Step]) -> bool {
    steps.iter().any(|step| step.status == StepStatus::Fail)
}

fn certificate(leaf: &Certificate) -> [String; 4] {
    [
        format!("Names: {}", none_if_empty(&leaf.names.join(", "))),
        format!("Issuer: {}", leaf.issuer),
        format!("Valid: {} to {}", day(leaf.not_before), day(leaf.not_after)),
        format!("SHA-256: {}", leaf.sha256),
    ]
}

fn day(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

fn none_if_empty(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

const fn outcome(outcome: SchemeOutcome) -> &'static str {
    match outcome {
        SchemeOutcome::Accepted => "accepted",
        SchemeOutcome::Refused => "refused",
        SchemeOutcome::NotPossible => "not possible",
        SchemeOutcome::Unanswered => "never answered",
    }
}

/// What is known of an access token; what it says of itself is decoded, never trusted.
fn token_lines(token: &TokenFacts) -> impl Iterator<Item = String> + use<> {
    let list = |what: &str, items: &[String]| {
        (!items.is_empty()).then(|| format!("{what}: {}", items.join(", ")))
    };
    let until = token.expires_at.or(token.says_until);
    [
        until.map(|at| format!("Token expires: {}", at.strftime("%Y-%m-%d %H:%M UTC"))),
        list("Token is for", &token.audience),
        list("Permissions of the signed-in account", &token.scopes),
        list("Permissions of the application", &token.roles),
    ]
    .into_iter()
    .flatten()
}

/// Who signed in, with what, and bound to which certificate.
fn signed_in(account: &str, facts: &Facts) -> String {
    let told = &facts.authentication;
    let scheme = match facts.way {
        Some(Mechanism::Kerberos) => " with Kerberos",
        Some(Mechanism::SignedIn) => " with Kerberos by the sign-in of this computer",
        Some(Mechanism::Ntlm) => " with NTLM",
        Some(Mechanism::NtlmUnderNegotiate) => " with NTLM under Negotiate",
        Some(Mechanism::Basic) => " with Basic",
        Some(Mechanism::Bearer) => " with an access token",
        None => "",
    };
    let hash = told
        .channel_binding
        .as_ref()
        .and_then(|binding| binding.hash.as_deref());
    let bound = hash
        .map(|hash| format!(", bound to the server's certificate ({hash})"))
        .unwrap_or_default();
    let earlier = told
        .tried
        .iter()
        .filter(|tried| tried.outcome != SchemeOutcome::Accepted)
        .filter_map(|tried| Some(format!(" {}: {}.", tried.mechanism, tried.detail.as_ref()?)))
        .collect::<String>();
    format!("{account} signed in{scheme}{bound}.{earlier}")
}
