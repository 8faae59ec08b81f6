//! The Email Configuration of an organization: its flags, its JSON, and saving it.

use contract::{
    Authentication, EmailConfiguration, EmailConfigurationForm, IdentifyBy, OrganizationRow,
    PasswordChange, Problem, SaveEmailConfiguration, Secret, TlsTrust,
};
use engine::Engine;
use serde::Serialize;

use crate::password::PasswordArgs;
use crate::trust::TrustArgs;
use crate::values::{Auth, Identify, served};

/// The Email Configuration; what is left out stays.
#[derive(Debug, clap::Args)]
pub(super) struct ConfigurationArgs {
    /// EWS URL: https, the path is mostly /EWS/Exchange.asmx
    #[arg(long, value_name = "URL", help_heading = "Server and account")]
    ews_url: Option<String>,
    /// Service account: DOMAIN\user, UPN or e-mail address
    #[arg(long, value_name = "NAME", help_heading = "Server and account")]
    account: Option<String>,
    /// How to log on [default: auto]
    #[arg(long, value_name = "SCHEME", help_heading = "Server and account")]
    auth: Option<Auth>,
    /// What names the mailbox to Exchange [default: smtp]
    #[arg(long, value_name = "IDENTITY", help_heading = "Server and account")]
    identify_by: Option<Identify>,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    password: PasswordArgs,
}

/// The Email Configuration in JSON. There is no password to show.
#[derive(Serialize)]
pub(super) struct Configuration<'a> {
    pub(super) ews_url: &'a str,
    pub(super) account: &'a str,
    pub(super) auth: &'static str,
    pub(super) identify_by: &'static str,
    pub(super) tls_trust: &'static str,
    pub(super) ca_file: Option<&'a str>,
    pub(super) pin_sha256: Option<&'a str>,
    pub(super) has_password: bool,
}

impl<'a> Configuration<'a> {
    pub(super) fn of(configuration: &'a EmailConfiguration) -> Self {
        let form = &configuration.form;
        let (tls_trust, ca_file, pin_sha256) = match &form.tls_trust {
            TlsTrust::System => ("system", None, None),
            TlsTrust::Ca { name, .. } => ("ca", Some(name.as_str()), None),
            TlsTrust::Pin { sha256, .. } => ("pin", None, Some(sha256.as_str())),
        };
        Self {
            ews_url: &form.ews_url,
            account: &form.account_logon,
            auth: Authentication::as_str(form.authentication),
            identify_by: IdentifyBy::as_str(form.identify_by),
            tls_trust,
            ca_file,
            pin_sha256,
            has_password: configuration.password.has_password,
        }
    }
}

impl ConfigurationArgs {
    /// The form as it is to be, and the password; `None`: nothing of it was given.
    pub(super) async fn settle(
        &self,
        engine: &Engine,
        mut form: EmailConfigurationForm,
    ) -> Result<Option<(EmailConfigurationForm, Option<Secret>)>, Problem> {
        if let Some(auth) = self.auth {
            served(auth.into())?;
        }
        let trust = self.trust.settle(engine).await?;
        let given = self.ews_url.is_some()
            || self.account.is_some()
            || self.auth.is_some()
            || self.identify_by.is_some()
            || trust.is_some()
            || self.password.password_stdin;
        if !given {
            return Ok(None);
        }
        if let Some(url) = &self.ews_url {
            form.ews_url.clone_from(url);
        }
        if let Some(account) = &self.account {
            form.account_logon.clone_from(account);
        }
        if let Some(auth) = self.auth {
            form.authentication = auth.into();
        }
        if let Some(identify) = self.identify_by {
            form.identify_by = identify.into();
        }
        if let Some(trust) = trust {
            form.tls_trust = trust;
        }
        Ok(Some((form, self.password.read()?)))
    }
}

/// A password that was given goes into the key store; without one, what is there is kept, or it is
/// asked for each time.
pub(super) async fn save(
    engine: &Engine,
    row: &OrganizationRow,
    form: EmailConfigurationForm,
    password: Option<Secret>,
    keeps: bool,
) -> Result<(), Problem> {
    let password = match password {
        Some(password) => PasswordChange::Store { password },
        None if keeps => PasswordChange::Keep,
        None => PasswordChange::Ask { password: None },
    };
    engine
        .email_configuration_save(SaveEmailConfiguration {
            organization: row.id,
            form,
            password,
            proxy_password: None,
        })
        .await?;
    Ok(())
}
