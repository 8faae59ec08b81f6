//! A one-off audit as an application: the form and the credential are given, and nothing of either is kept.

use contract::{
    AppCredential, EmailConfigurationForm, OrganizationId, OrganizationsQuery, Problem,
};

use super::bearer::Tokens;
use super::plan::Plan;
use super::settings::{Given, for_check};
use crate::Engine;

impl Engine {
    /// How a form of an application reaches its mailboxes, and where its access tokens come from; both by
    /// settings that may be adjusted. Asks nobody.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] with its field; [`contract::Code::BadCertificate`];
    /// [`contract::Code::NotAllowed`] for a type that is not served; [`contract::Code::Offline`].
    pub async fn plan_of_app(
        &self,
        form: EmailConfigurationForm,
        credential: AppCredential,
        adjust: impl FnOnce(&mut Plan) + Send,
    ) -> Result<(Plan, Option<Tokens>), Problem> {
        let given = Given {
            app: Some(credential),
            adjust: Some(Box::new(adjust)),
            ..Given::default()
        };
        let organization = self.default_organization().await?;
        let settings = for_check(self, organization, Some(form), given).await?;
        Ok((settings.plan, settings.tokens))
    }

    /// The organization that is always there.
    ///
    /// # Errors
    /// [`contract::Code::DataFolder`].
    ///
    /// # Panics
    /// For a data folder without one, which [`Engine::open`] never leaves behind.
    pub async fn default_organization(&self) -> Result<OrganizationId, Problem> {
        let all = self.organizations_list(OrganizationsQuery::default());
        let all = all.await?;
        let default = all.iter().find(|row| row.is_default).or(all.first());
        Ok(default
            .map(|row| row.id)
            .expect("a data folder has a default organization"))
    }
}
