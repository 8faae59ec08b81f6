//! What is stored under `Email Configuration`, and whether the last run used just that.

use contract::{
    EmailConfiguration, EmailConfigurationForm, OrganizationId, OrganizationRef, PasswordState,
    Problem,
};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Tx, email_configurations, runs};

use super::EwsUrl;
use super::access_types::{Situation, access_types};
use super::modern::finds_url;
use crate::Engine;
use crate::organizations::known;
use crate::problems::Refusal;
use crate::sign_in::credential;

impl Engine {
    /// What is stored under `Email Configuration`.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`].
    pub async fn email_configuration_show(
        &self,
        request: OrganizationRef,
    ) -> Result<EmailConfiguration, Problem> {
        let stage = self.stage();
        let (today, now) = (stage.today(), stage.clock.now());
        stage
            .read(move |tx| show(tx, request.organization, today, now))
            .await
    }
}

/// As stored now.
pub(super) fn show(
    tx: &Tx<'_>,
    organization: OrganizationId,
    today: Date,
    now: Timestamp,
) -> Result<EmailConfiguration, Refusal> {
    let row = known(tx, organization)?;
    let stored = email_configurations::load(tx, organization)?;
    let latest = match runs::latest(tx, Some(organization))? {
        Some(run) => runs::show(tx, &run)?,
        None => None,
    };
    let fingerprint = stored.as_ref().map(|stored| stored.fingerprint.as_str());
    let waiting_run = match fingerprint {
        Some(fingerprint) => runs::waiting(tx, organization, fingerprint)?,
        None => None,
    };
    let cloud_host = stored
        .as_ref()
        .and_then(|stored| EwsUrl::parse(&stored.form.ews_url).ok())
        .is_some_and(|url| url.is_exchange_online());
    let situation = Situation {
        today,
        platform: row.platform,
        cloud_host,
        server_version: latest
            .as_ref()
            .and_then(|run| run.row.server_version.as_deref()),
    };
    Ok(EmailConfiguration {
        access_types: access_types(situation),
        saved: stored.is_some(),
        last_run_matches: latest
            .as_ref()
            .is_some_and(|run| Some(run.fingerprint.as_str()) == fingerprint),
        last_run: latest.as_ref().map(|run| run.row.id.clone()),
        waiting_run,
        updated_at: stored.as_ref().map(|stored| stored.updated_at.clone()),
        app_credential: stored
            .as_ref()
            .map(|stored| credential::counted(stored.app_credential.clone(), now))
            .unwrap_or_default(),
        has_proxy_password: stored
            .as_ref()
            .is_some_and(|stored| stored.has_proxy_password),
        password: stored
            .as_ref()
            .map_or_else(PasswordState::default, |stored| stored.password.clone()),
        form: stored.map_or_else(
            || EmailConfigurationForm {
                access_type: row.access_type,
                ..EmailConfigurationForm::default()
            },
            |stored| shown(stored.form),
        ),
    })
}

/// A URL that is found when checking is not shown as a setting; the last one stays with what is stored.
fn shown(mut form: EmailConfigurationForm) -> EmailConfigurationForm {
    if finds_url(&form) {
        form.ews_url.clear();
    }
    form
}
