//! Asks the server at the EWS URL, without credentials, who issues its tokens: Hybrid Modern
//! Authentication and AD FS say so in their `Bearer` challenge. What it says is a proposal: nobody signs
//! in anywhere before a person has seen the fields.

use std::sync::Arc;

use contract::{AuthorityKind, FindAuthority, FoundAuthority, ModernAuthentication, Problem};
use ews::DistinguishedFolder;
use exchange::{Call, Fault, Lane, Reply, Stats};
use oauth::{Candidate, Challenge, TrustedIssuer};

use crate::Engine;
use crate::checks::{for_discovery, go_online};
use crate::email_configuration::EwsUrl;

impl Engine {
    /// Asks the server who issues the tokens that it takes.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for a form that names no server, [`contract::Code::Offline`],
    /// [`contract::Code::BadCertificate`]. A server that can't be asked is no error: the sentence says so.
    pub async fn authority_find(&self, request: FindAuthority) -> Result<FoundAuthority, Problem> {
        go_online(self).await?;
        let form = request.form;
        let url = EwsUrl::parse(&form.ews_url)
            .map_err(|error| Problem::invalid("ewsUrl", error.text()))?;
        let (plan, proxy_password) =
            for_discovery(self, request.organization, form.clone(), None).await?;
        let stage = self.stage();
        let endpoint = plan
            .endpoint_by(proxy_password.as_ref())?
            .names(stage.names.clone());
        let body = ews::get_folder::request(
            ews::SchemaVersion::Exchange2013Sp1,
            None,
            &[DistinguishedFolder::Inbox],
        );
        let body = body.map_err(|e| crate::problems::internal("writing the first request", &e))?;
        let call = Call {
            request_id: uuid::Builder::from_random_bytes(stage.dice.roll())
                .into_uuid()
                .to_string(),
            body: body.into(),
            anchor: None,
            idempotent: true,
            target: exchange::Target::Ews,
        };
        let trust = Arc::new(plan.trust()?);
        let mut lane = Lane::new(Arc::new(endpoint), trust, Arc::new(Stats::default()));
        let outcome = lane.ask_for_issuers(&call).await;
        Ok(found(&url.host(), &outcome, &form.modern))
    }
}

fn found(host: &str, outcome: &Result<Reply, Fault>, now: &ModernAuthentication) -> FoundAuthority {
    let reply = match outcome {
        Ok(reply) => reply,
        Err(fault) => {
            return said(format!("{host} can't be asked: {fault}."));
        }
    };
    let Some(challenge) = Challenge::find(reply.headers.all("www-authenticate")) else {
        return said(format!(
            "{host} takes no tokens: it doesn't offer Bearer at this address."
        ));
    };
    let mut answer = of_challenge(host, &challenge, now);
    answer
        .authorization_uri
        .clone_from(&challenge.authorization_uri);
    answer.trusted_issuers = challenge.trusted_issuers.iter().map(written).collect();
    answer
}

fn of_challenge(host: &str, challenge: &Challenge, now: &ModernAuthentication) -> FoundAuthority {
    let Some(uri) = &challenge.authorization_uri else {
        return said(format!(
            "{host} takes tokens of other servers, but names nobody to sign in at: Hybrid Modern Authentication is not on."
        ));
    };
    match challenge.candidate() {
        Some(Candidate::Entra(cloud, tenant)) => {
            let shared = tenant.is_shared();
            FoundAuthority {
                sentence: if shared {
                    format!("{host} takes tokens of Microsoft Entra ID; enter your tenant.")
                } else {
                    format!(
                        "{host} takes tokens of Microsoft Entra ID, tenant {}.",
                        tenant.as_str()
                    )
                },
                fields: Some(ModernAuthentication {
                    authority: AuthorityKind::Entra,
                    cloud: cloud_of(cloud),
                    tenant: if shared {
                        now.tenant.clone()
                    } else {
                        tenant.as_str().to_owned()
                    },
                    ..now.clone()
                }),
                ..FoundAuthority::default()
            }
        }
        Some(Candidate::AdFs(base)) => FoundAuthority {
            sentence: format!(
                "{host} takes tokens of AD FS at {base}. Make sure that this is yours before you sign in there."
            ),
            fields: Some(ModernAuthentication {
                authority: AuthorityKind::AdFs,
                authority_url: base,
                ..now.clone()
            }),
            ..FoundAuthority::default()
        },
        None => said(format!(
            "{host} names an authority that isn't known here: {uri}."
        )),
    }
}

fn said(sentence: String) -> FoundAuthority {
    FoundAuthority {
        sentence,
        ..FoundAuthority::default()
    }
}

fn written(issuer: &TrustedIssuer) -> String {
    format!("{}@{}", issuer.principal, issuer.realm)
}

const fn cloud_of(cloud: oauth::Cloud) -> contract::Cloud {
    match cloud {
        oauth::Cloud::Global => contract::Cloud::Global,
        oauth::Cloud::UsGovL4 => contract::Cloud::UsGovL4,
        oauth::Cloud::UsGovL5 => contract::Cloud::UsGovL5,
        oauth::Cloud::China => contract::Cloud::China,
    }
}
