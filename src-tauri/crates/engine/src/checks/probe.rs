//! Asks a server how it wants to be logged on to, before anybody typed a password: one anonymous
//! request and, where the server speaks NTLM, the first leg of a log-on, which names nobody. Sends
//! no credentials and follows no redirect.

use contract::{Cause, EndpointProbe, ProbeEndpoint, Problem, RunAuthentication};
use ews::DistinguishedFolder;
use exchange::{Call, Lane, Reply, Stats};
use std::sync::Arc;

use super::authentication;
use super::plan::Approach;
use super::sending::stored_for_proxy;
use super::settings::{go_online, plan_of};
use crate::Engine;
use crate::diagnosis::wording::{self, Words};
use crate::diagnosis::{Asked, Seen, observe};

impl Engine {
    /// Asks the server, without any credentials, how it wants to be logged on to.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for a form that names no server, [`contract::Code::Offline`],
    /// [`contract::Code::BadCertificate`].
    pub async fn endpoint_probe(&self, request: ProbeEndpoint) -> Result<EndpointProbe, Problem> {
        go_online(self).await?;
        let plan = plan_of(self, request.organization, request.form).await?;
        let stage = self.stage();
        let proxy_password = stored_for_proxy(&stage, request.organization, &plan).await?;
        let endpoint = Arc::new(plan.endpoint_by(proxy_password.as_ref())?);
        let trust = Arc::new(plan.trust()?);
        let host = endpoint.host().to_owned();
        let folders = [DistinguishedFolder::Inbox];
        let body = ews::get_folder::request(ews::SchemaVersion::Exchange2013Sp1, None, &folders)
            .map_err(|e| crate::problems::internal("writing the first request", &e))?;
        let call = Call {
            body: body.into(),
            anchor: None,
            idempotent: true,
            target: exchange::Target::default(),
            request_id: uuid::Builder::from_random_bytes(stage.dice.roll())
                .into_uuid()
                .to_string(),
        };
        let mut lane = Lane::new(endpoint, trust, Arc::new(Stats::default()));
        let outcome = lane.post(&call).await;
        let now = stage.clock.now();
        let observed = observe(&outcome, Asked::Anonymously, &folders, now);
        let reply = outcome.as_ref().ok();
        let mut found = reply.map_or_else(RunAuthentication::default, |reply| {
            authentication::of_challenge(reply, now)
        });
        if let Some(word) = authentication::ntlm_word(&found.offered) {
            // Without it the domain stays unknown; the offer stands all the same.
            match lane.challenge(&call, word).await {
                Ok(reply) => {
                    if let Some(challenge) = reply.challenge(word) {
                        authentication::note_challenge(&mut found, &challenge, now);
                    }
                }
                Err(fault) => tracing::debug!(%fault, "no NTLM challenge"),
            }
        }
        let cause = match observed.seen {
            Seen::Challenge => None,
            Seen::Cause(cause) => Some(cause),
            _ => Some(Cause::AuthSchemeNotOffered),
        };
        let words = Words {
            account: &plan.account,
            host: &host,
            offered: &found.offered,
            auth: plan.authentication.as_str(),
            application: plan.approach != Approach::Account,
            authority: None,
        };
        let message = match cause {
            Some(cause) => wording::run_message(cause, observed.detail.as_deref(), &words),
            None => authentication::offer_sentence(&host, &found),
        };
        let chain = match &outcome {
            Ok(Reply { chain, .. }) => chain.as_ref().clone(),
            Err(exchange::Fault::Tls(fault)) => fault.chain.clone(),
            Err(_) => Vec::new(),
        };
        Ok(EndpointProbe {
            cause,
            message,
            account_suggestion: authentication::suggest_account(&plan.account, &found),
            certificates: chain.iter().map(super::finish::info).collect(),
            authentication: found,
        })
    }
}
