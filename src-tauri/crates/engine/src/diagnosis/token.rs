//! What a server says to an access token: why it refused one, in words that come with a next step. Reads
//! the reply and what is known of the token, never the token itself.

use contract::Cause;
use exchange::Reply;
use oauth::{Challenge, Diagnostics};

use super::observe::{Observed, Seen};
use crate::ports::TokenFacts;

/// Longest text of a server that is quoted.
const QUOTED: usize = 300;

/// What a request carried, and where to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carrying<'a> {
    pub(crate) token: Option<&'a TokenFacts>,
    pub(crate) host: &'a str,
    /// A token of a person, at Exchange Online, where the role to impersonate is gone.
    pub(crate) powerless: bool,
}

/// The same observation, of a request that carried a token.
pub(crate) fn with_token(
    observed: Observed,
    reply: Option<&Reply>,
    carrying: &Carrying<'_>,
) -> Observed {
    let Some(reply) = reply else {
        return observed;
    };
    match observed.seen {
        Seen::Challenge | Seen::LogOnRefused if reply.with_credentials => {
            refused(observed, reply, carrying)
        }
        // Whoever is asked for.
        Seen::Cause(Cause::ImpersonationRefused) if carrying.powerless => Observed {
            seen: Seen::Cause(Cause::PolicyExchangeOnlineRetired),
            ..observed
        }
        .detail(BY_A_PERSON),
        _ => observed,
    }
}

/// A token of a person was used to impersonate on Exchange Online.
pub(crate) const BY_A_PERSON: &str =
    "a token of a signed-in account can't impersonate there since February 2025";

/// 401 to a token.
fn refused(observed: Observed, reply: &Reply, carrying: &Carrying<'_>) -> Observed {
    let host = carrying.host;
    let mut sentences = Vec::new();
    if let Some(value) = reply.headers.first("x-ms-diagnostics") {
        let said = Diagnostics::read(value);
        sentences.push(said.explanation().to_owned());
        sentences.push(in_its_words(&said));
    }
    let challenge = Challenge::find(reply.headers.all("www-authenticate"));
    if let Some(error) = challenge.as_ref().and_then(|found| found.error.as_deref())
        && sentences.is_empty()
    {
        sentences.push(format!("The server said: {}.", quoted(error)));
    }
    if let Some(text) = observed.text.as_deref().filter(|text| !text.is_empty()) {
        sentences.push(format!("The server said: {}.", quoted(text)));
    }
    if let Some(token) = carrying.token.filter(|token| is_for_another(token, host)) {
        let meant = token.audience.join(", ");
        sentences.push(format!(
            "The token is for {}, not for {host}.",
            quoted(&meant)
        ));
    }
    if let Some(challenge) = &challenge {
        sentences.extend(issuers(challenge));
    }
    Observed {
        seen: Seen::Cause(Cause::OauthTokenRejected),
        ..observed
    }
    .detail(sentences.join(" "))
}

/// The reason as it came, and the number it is found by.
fn in_its_words(said: &Diagnostics) -> String {
    let number = said.id.map(|id| id.to_string());
    let names = [number.as_deref(), Some(said.category.as_str())];
    let names: Vec<&str> = names
        .into_iter()
        .flatten()
        .filter(|name| !name.is_empty())
        .collect();
    let reason = match said.reason.as_str() {
        "" => "no reason given".to_owned(),
        reason => quoted(reason),
    };
    format!("The server said: {reason} ({}).", names.join(", "))
}

/// Whether a token names hosts, and not this one. The names of applications say nothing about hosts.
fn is_for_another(token: &TokenFacts, host: &str) -> bool {
    let mut hosts = token
        .audience
        .iter()
        .filter_map(|audience| host_of(audience));
    let mut any = false;
    let named = hosts.any(|named| {
        any = true;
        named.eq_ignore_ascii_case(host)
    });
    any && !named
}

fn host_of(audience: &str) -> Option<&str> {
    let (_, rest) = audience.split_once("://")?;
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = place.rsplit_once(':').map_or(place, |(host, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            host
        } else {
            place
        }
    });
    (!host.is_empty()).then_some(host)
}

/// Whose tokens the server takes, as its challenge tells.
fn issuers(challenge: &Challenge) -> Option<String> {
    let sign_in = challenge.authorization_uri.as_deref();
    match (sign_in, challenge.client_id.is_some()) {
        (Some(uri), _) => Some(format!(
            "It takes tokens that are issued at {}.",
            quoted(uri)
        )),
        (None, true) => Some(
            "It names no place to sign in at: modern authentication is not switched on there."
                .to_owned(),
        ),
        (None, false) => None,
    }
}

/// One line of bounded length, without the end that the sentence around it has.
fn quoted(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(QUOTED)
        .collect();
    line.trim().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contract::Cause;
    use exchange::{Headers, Reply};

    use super::{Carrying, with_token};
    use crate::diagnosis::{Asked, Observed, Seen, observe};
    use crate::ports::TokenFacts;

    fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        Reply {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<Headers>(),
            body: body.to_owned().into(),
            elapsed: Duration::ZERO,
            with_credentials: true,
            chain: std::sync::Arc::default(),
            log_on: None,
        }
    }

    fn judged(reply: Reply, token: &TokenFacts, host: &str, powerless: bool) -> Observed {
        let outcome = Ok(reply);
        let now = jiff::Timestamp::UNIX_EPOCH;
        let observed = observe(&outcome, Asked::Impersonating, &[], now);
        let carrying = Carrying {
            token: Some(token),
            host,
            powerless,
        };
        with_token(observed, outcome.as_ref().ok(), &carrying)
    }

    fn token(audience: &str) -> TokenFacts {
        TokenFacts {
            audience: vec![audience.to_owned()],
            ..TokenFacts::default()
        }
    }

    const CHALLENGE: (&str, &str) = (
        "WWW-Authenticate",
        "Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", authorization_uri=\"https://login.windows.net/common/oauth2/authorize\", error=\"invalid_token\"",
    );

    #[test]
    fn a_refused_token_is_explained_by_the_servers_own_words() {
        let diagnostics = (
            "x-ms-diagnostics",
            "2000003;reason=\"The audience claim value is invalid 'aud'.\";error_category=\"invalid_resource\"",
        );
        let seen = judged(
            reply(401, &[CHALLENGE, diagnostics], ""),
            &token("https://outlook.office365.com"),
            "mail.contoso.com",
            false,
        );
        assert_eq!(seen.seen, Seen::Cause(Cause::OauthTokenRejected));
        insta::assert_snapshot!(seen.detail.unwrap());
    }

    #[test]
    fn a_token_for_this_host_is_not_called_another_ones() {
        for audience in [
            "https://MAIL.contoso.com/",
            "https://mail.contoso.com:443",
            "00000002-0000-0ff1-ce00-000000000000",
        ] {
            let seen = judged(
                reply(401, &[CHALLENGE], ""),
                &token(audience),
                "mail.contoso.com",
                false,
            );
            let said = seen.detail.unwrap();
            assert!(!said.contains("The token is for"), "{audience}: {said}");
            assert!(said.contains("invalid_token"), "{said}");
        }
    }

    #[test]
    fn a_person_impersonates_nobody_on_exchange_online() {
        let denied = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>a:ErrorImpersonateUserDenied</faultcode><faultstring>The account does not have permission to impersonate the requested user.</faultstring></s:Fault></s:Body></s:Envelope>"#;
        let seen = |powerless| {
            let none = TokenFacts::default();
            judged(
                reply(500, &[], denied),
                &none,
                "mail.contoso.com",
                powerless,
            )
            .seen
        };
        assert_eq!(seen(true), Seen::Cause(Cause::PolicyExchangeOnlineRetired));
        assert_eq!(seen(false), Seen::Cause(Cause::ImpersonationRefused));
    }
}
