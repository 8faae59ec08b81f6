//! OAuth behind the web server: the challenge to an empty Bearer, the verdict on a token, and what
//! an application or a user of Exchange Online may ask for with one.

use hyper::header::{AUTHORIZATION, HeaderValue};
use hyper::http::request::Parts;

use super::{Admitted, Visit};
use crate::bearer::{self, BearerRules, Claims, Court, Refusal};
use crate::counters::Tally;
use crate::ews_error::EwsError;
use crate::fault::HttpAnswer;
use crate::reply::Reply;
use crate::request::Request as EwsRequest;
use crate::windows::{RefusedFor, Scheme};

/// The token in an `Authorization: Bearer`, perhaps empty; none where it is another scheme.
pub(super) fn sent(head: &Parts) -> Option<&str> {
    let value = head.headers.get(AUTHORIZATION)?;
    let value = value.to_str().ok()?;
    let scheme = Scheme::named(value.as_bytes())?;
    (scheme == Scheme::Bearer).then(|| value[scheme.name().len()..].trim())
}

impl Visit<'_> {
    /// Whether the request asks where tokens come from.
    pub(super) fn probes_for_tokens(&self) -> bool {
        self.directory.options.bearer.is_some() && sent(self.head) == Some("")
    }

    /// Who is asking with a token, where tokens are taken; none where there is none.
    pub(super) fn token(&self) -> Option<Result<Admitted, Reply>> {
        let rules = self.directory.options.bearer.as_ref()?;
        let token = sent(self.head)?;
        self.peer.session().forget();
        if token.is_empty() {
            return Some(Err(Reply::http(
                self.challenges(rules, None)
                    .iter()
                    .fold(HttpAnswer::status(401), |answer, line| {
                        answer.header("www-authenticate", line)
                    }),
            )));
        }
        Some(match self.judged(rules, token, bearer::judge) {
            Ok((claims, account)) => {
                if self.peer.session().takes_token() {
                    self.world.tally.log_on(self.peer.number, Scheme::Bearer);
                }
                Ok(Admitted {
                    account,
                    logged_on: Some(Scheme::Bearer),
                    token: None,
                    application: claims.application().map(str::to_owned),
                })
            }
            Err(refusal) => {
                let tally: &Tally = &self.world.tally;
                tally.refused(Some(Scheme::Bearer), RefusedFor::Token);
                let challenges = self.challenges(rules, Some("invalid_token"));
                Err(Reply::http(refusal.answer(&challenges)))
            }
        })
    }

    /// Verifies a token, has its claims judged, and counts it.
    pub(super) fn judged<T>(
        &self,
        rules: &BearerRules,
        token: &str,
        judge: impl FnOnce(&Claims, &Court<'_>) -> Result<T, Refusal>,
    ) -> Result<(Claims, T), Refusal> {
        let keys = self
            .keys
            .as_ref()
            .expect("keys are looked up for every token before it is judged");
        let court = Court {
            rules,
            directory: self.directory,
            keys,
            own: [&self.world.own, &self.world.loopback],
        };
        let claims = bearer::verified(token, &court)?;
        let id = claims.id(token);
        let verdict = if self.world.tokens.is_expired(&id) {
            Err(bearer::expired())
        } else {
            judge(&claims, &court)
        };
        self.world.tokens.count(id, &claims, verdict.is_ok());
        verdict.map(|judged| (claims, judged))
    }

    fn challenges(&self, rules: &BearerRules, error: Option<&str>) -> Vec<String> {
        let bearer = bearer::challenge(rules, self.directory.options.build, error);
        let offered = self.directory.challenges.iter();
        let offered = offered.filter_map(|line| HeaderValue::to_str(line).ok());
        let others = offered.filter(|line| !line.starts_with("Bearer "));
        std::iter::once(bearer)
            .chain(others.map(str::to_owned))
            .collect()
    }

    /// Whether Exchange Online answers EWS for this caller at all.
    pub(super) fn is_ews_open(&self, admitted: &Admitted) -> Result<(), Reply> {
        let rules = self.directory.options.bearer.as_ref();
        let Some(online) = rules.and_then(|rules| rules.online.as_ref()) else {
            return Ok(());
        };
        let blocked = |reason| Err(Reply::http(HttpAnswer::blocked_by_policy(reason)));
        if online.ews_disabled {
            return blocked("EWS is disabled for this user or tenant");
        }
        let allowed = online.allowed_apps.as_ref().is_none_or(|allowed| {
            let own = admitted.application.as_deref().unwrap_or_default();
            allowed.iter().any(|app| app.eq_ignore_ascii_case(own))
        });
        if allowed {
            Ok(())
        } else {
            blocked("EWS is blocked by policy for this user or tenant")
        }
    }

    /// Whether a caller with a token may ask this in this name.
    pub(super) fn in_proper_name(
        &self,
        request: &EwsRequest,
        caller: usize,
    ) -> Result<(), EwsError> {
        let rules = self.directory.options.bearer.as_ref();
        let online = rules.is_some_and(|rules| rules.online.is_some());
        let application = self.directory.is_application(caller);
        let impersonates = request.identity.is_some();
        let anchored = self.head.headers.contains_key("x-anchormailbox");
        let wrong = |what| {
            let text = format!(
                "ExchangeImpersonation SOAP header must {what} for this type of OAuth token."
            );
            Err(EwsError::fault("ErrorInvalidExchangeImpersonationHeaderData").text(&text))
        };
        match (application, impersonates) {
            (true, false) => wrong("be present"),
            (true, true) if online && !anchored => wrong("not exist"),
            // The role to impersonate went in 2025; who is left has no other.
            (false, true) if online => Err(EwsError::fault("ErrorImpersonateUserDenied")),
            _ => Ok(()),
        }
    }
}
