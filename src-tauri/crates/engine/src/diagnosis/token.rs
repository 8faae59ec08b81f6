//! What a server says to an access token: why it refused one, in words that come with a next step. Reads
//! the reply and what is known of the token, never the token itself.

use contract::Cause;
use exchange::Reply;
use oauth::{Challenge, Diagnostics};

use super::edition::Edition;
use super::observe::{Observed, Seen};
use crate::checks::Approach;
use crate::ports::TokenFacts;

/// Longest text of a server that is quoted.
const QUOTED: usize = 300;

/// The same observation, of a request that carried a token.
pub(crate) fn with_token(
    observed: Observed,
    reply: Option<&Reply>,
    token: Option<&TokenFacts>,
    approach: Approach,
    host: &str,
) -> Observed {
    let Some(reply) = reply else {
        return observed;
    };
    match observed.seen {
        Seen::Challenge | Seen::LogOnRefused if reply.with_credentials => {
            refused(observed, reply, token, host)
        }
        // Nobody who signed in can impersonate there: the role is gone, whoever is asked for.
        Seen::Cause(Cause::ImpersonationRefused)
            if approach == Approach::Account
                && Edition::of(host, observed.server_version.as_deref()) == Edition::Online =>
        {
            Observed {
                seen: Seen::Cause(Cause::PolicyExchangeOnlineRetired),
                ..observed
            }
            .detail(BY_A_PERSON)
        }
        _ => observed,
    }
}

/// A token of a person was used to impersonate on Exchange Online.
pub(crate) const BY_A_PERSON: &str =
    "a token of a signed-in account can't impersonate there since February 2025";

/// 401 to a token.
fn refused(observed: Observed, reply: &Reply, token: Option<&TokenFacts>, host: &str) -> Observed {
    let mut sentences = Vec::new();
    if let Some(value) = reply.headers.first("x-ms-diagnostics") {
        let said = Diagnostics::read(value);
        sentences.push(said.explanation().to_owned());
        sentences.push(format!("The server said: {}.", quoted(value)));
    }
    let challenge = Challenge::find(reply.headers.all("www-authenticate"));
    if let Some(error) = challenge.as_ref().and_then(|found| found.error.as_deref())
        && sentences.is_empty()
    {
        sentences.push(format!("The server said: {}.", quoted(error)));
    }
    if let Some(text) = observed.text.as_deref().filter(|text| !text.is_empty()) {
        sentences.push(format!("Graph said: {}.", quoted(text)));
    }
    if let Some(token) = token.filter(|token| is_for_another(token, host)) {
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

    use super::with_token;
    use crate::checks::Approach;
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

    fn judged(reply: Reply, token: &TokenFacts, approach: Approach, host: &str) -> Observed {
        let outcome = Ok(reply);
        let now = jiff::Timestamp::UNIX_EPOCH;
        let observed = observe(&outcome, Asked::Impersonating, &[], now);
        with_token(observed, outcome.as_ref().ok(), Some(token), approach, host)
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
            Approach::Account,
            "mail.contoso.com",
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
                Approach::App,
                "mail.contoso.com",
            );
            let said = seen.detail.unwrap();
            assert!(!said.contains("The token is for"), "{audience}: {said}");
            assert!(said.contains("invalid_token"), "{said}");
        }
    }

    const DENIED: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h:ServerVersionInfo MajorVersion="15" MinorVersion="20" MajorBuildNumber="8158" MinorBuildNumber="1" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body><s:Fault><faultcode>a:ErrorImpersonateUserDenied</faultcode><faultstring>The account does not have permission to impersonate the requested user.</faultstring></s:Fault></s:Body></s:Envelope>"#;

    #[test]
    fn a_person_impersonates_nobody_on_exchange_online() {
        let seen = |approach, host| {
            judged(
                reply(500, &[], DENIED),
                &TokenFacts::default(),
                approach,
                host,
            )
            .seen
        };
        let retired = Seen::Cause(Cause::PolicyExchangeOnlineRetired);
        let refused = Seen::Cause(Cause::ImpersonationRefused);
        assert_eq!(seen(Approach::Account, "mail.contoso.com"), retired);
        assert_eq!(seen(Approach::App, "outlook.office365.com"), refused);
        let on_premises = DENIED.replace("MinorVersion=\"20\"", "MinorVersion=\"2\"");
        let observed = judged(
            reply(500, &[], &on_premises),
            &TokenFacts::default(),
            Approach::Account,
            "mail.contoso.com",
        );
        assert_eq!(observed.seen, refused);
    }
}
