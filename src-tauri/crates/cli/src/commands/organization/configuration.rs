//! The Email Configuration of an organization: its flags, its JSON, and saving it.

use contract::{
    AppCredential, AppCredentialChange, AppCredentialState, Authentication, AuthorityKind,
    CertificateInfo, Code, EmailConfiguration, EmailConfigurationForm, IdentifyBy, OrganizationId,
    OrganizationRow, PasswordChange, Problem, ProxySetting, RunRef, RunsQuery,
    SaveEmailConfiguration, Secret, TlsTrust,
};
use engine::Engine;
use engine::reports::check::Certificate;
use serde::Serialize;

use crate::modern::{ModernArgs, wants_token};
use crate::password::PasswordArgs;
use crate::trust::TrustArgs;
use crate::values::{Auth, Identify, password_in_argument, proxy_setting, served};

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
    /// HTTP proxy; inherit is what the app's or this computer's settings say [default: inherit]
    #[arg(long, value_name = "inherit|none|HOST:PORT", help_heading = "Network")]
    proxy: Option<String>,
    /// Name to sign in to the proxy with; "" for none
    #[arg(long, value_name = "NAME", help_heading = "Network")]
    proxy_user: Option<String>,
    #[command(flatten)]
    modern: ModernArgs,
    #[command(flatten)]
    password: PasswordArgs,
}

/// What is to be saved.
pub(super) struct Settled {
    pub(super) form: EmailConfigurationForm,
    pub(super) password: Option<Secret>,
    pub(super) proxy_password: Option<Secret>,
    pub(super) credential: Option<AppCredential>,
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
    pub(super) pin_certificate: Option<Certificate<'a>>,
    pub(super) proxy: &'a str,
    pub(super) proxy_user: Option<&'a str>,
    pub(super) has_proxy_password: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sign_in: Option<SignInFields<'a>>,
}

impl<'a> Configuration<'a> {
    pub(super) fn of(configuration: &'a EmailConfiguration) -> Self {
        let form = &configuration.form;
        let (tls_trust, ca_file, pin_sha256) = match &form.tls_trust {
            TlsTrust::System => ("system", None, None),
            TlsTrust::Ca { name, .. } => ("ca", Some(name.as_str()), None),
            TlsTrust::Pin { sha256, .. } => ("pin", None, Some(sha256.as_str())),
        };
        let (proxy, proxy_user) = match &form.proxy {
            ProxySetting::Inherit => ("inherit", None),
            ProxySetting::None => ("none", None),
            ProxySetting::Custom { address, user } => (address.as_str(), user.as_deref()),
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
            pin_certificate: pinned(form).map(Certificate::from),
            proxy,
            proxy_user,
            has_proxy_password: configuration.has_proxy_password,
            sign_in: SignInFields::of(configuration),
        }
    }
}

/// How it signs in with OAuth. There is no secret to show.
#[derive(Serialize)]
pub(super) struct SignInFields<'a> {
    pub(super) authority: AuthorityKind,
    pub(super) authority_url: Option<&'a str>,
    pub(super) cloud: &'static str,
    pub(super) tenant: Option<&'a str>,
    pub(super) client_id: &'a str,
    pub(super) redirect_port: Option<u16>,
    pub(super) keep_signed_in: bool,
    pub(super) app_credential: &'a AppCredentialState,
}

impl<'a> SignInFields<'a> {
    fn of(configuration: &'a EmailConfiguration) -> Option<Self> {
        let form = &configuration.form;
        let text = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        wants_token(form.access_type).then(|| Self {
            authority: form.modern.authority,
            authority_url: text(&form.modern.authority_url),
            cloud: form.modern.cloud.as_str(),
            tenant: text(&form.modern.tenant),
            client_id: &form.modern.client_id,
            redirect_port: form.modern.redirect_port,
            keep_signed_in: form.modern.keep_signed_in,
            app_credential: &configuration.app_credential,
        })
    }
}

/// What is known of the pinned certificate.
pub(super) fn pinned(form: &EmailConfigurationForm) -> Option<&CertificateInfo> {
    match &form.tls_trust {
        TlsTrust::Pin { certificate, .. } => certificate.as_deref(),
        TlsTrust::System | TlsTrust::Ca { .. } => None,
    }
}

impl ConfigurationArgs {
    /// The form as it is to be, and the passwords; `None`: nothing of it was given. `organization`:
    /// whose form it is, where it has been saved before.
    pub(super) async fn settle(
        &self,
        engine: &Engine,
        organization: Option<OrganizationId>,
        mut form: EmailConfigurationForm,
    ) -> Result<Option<Settled>, Problem> {
        self.refuse()?;
        let proxy = self.proxy_of(&form.proxy)?;
        let trust = self.trust.settle(engine).await?;
        let given = self.ews_url.is_some()
            || self.account.is_some()
            || self.auth.is_some()
            || self.identify_by.is_some()
            || trust.is_some()
            || proxy.is_some()
            || self.modern.given()
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
            form.tls_trust = with_certificate(engine, organization, trust, &form.tls_trust).await?;
        }
        if let Some(proxy) = proxy {
            form.proxy = proxy;
        }
        self.modern.fill(&mut form);
        let credential = self.modern.credential()?;
        let password = self.password.read()?;
        let proxy_password = self.proxy_password()?;
        Ok(Some(Settled {
            form,
            password,
            proxy_password,
            credential,
        }))
    }

    /// What can be told without the form.
    fn refuse(&self) -> Result<(), Problem> {
        if self.auth == Some(Auth::Bearer) {
            return Err(Problem::new(
                Code::NotAllowed,
                "An organization that logs on with tokens has another access type.",
            )
            .hint("Give --access-type ews-imp, ews-app or graph-app instead of --auth bearer."));
        }
        if self.password.password_stdin && self.modern.reads_stdin() {
            return Err(Problem::new(
                Code::Invalid,
                "Standard input cannot be the password and another secret at once.",
            )
            .hint("An organization that signs in with OAuth needs no password."));
        }
        self.auth.map_or(Ok(()), |auth| served(auth.into()))
    }

    /// The proxy as it is to be; `None`: it stays.
    fn proxy_of(&self, before: &ProxySetting) -> Result<Option<ProxySetting>, Problem> {
        let setting = match &self.proxy {
            Some(text) => Some(proxy_setting(text)?),
            None => None,
        };
        let Some(user) = self.proxy_user.as_deref().map(str::trim) else {
            // Another address keeps no name: it was meant for the other proxy.
            return Ok(setting);
        };
        if user.contains(':') {
            return Err(password_in_argument());
        }
        let named = (!user.is_empty()).then(|| user.to_owned());
        match setting.unwrap_or_else(|| before.clone()) {
            ProxySetting::Custom { address, .. } => Ok(Some(ProxySetting::Custom {
                address,
                user: named,
            })),
            ProxySetting::Inherit | ProxySetting::None => Err(Problem::new(
                Code::Invalid,
                "There is no proxy to sign in to.",
            )
            .hint("Name it with --proxy HOST:PORT beside --proxy-user.")),
        }
    }

    /// The proxy's password, where a name for it was given: the second line of stdin, else typed.
    /// Without either it stays as it is.
    fn proxy_password(&self) -> Result<Option<Secret>, Problem> {
        let user = self.proxy_user.as_deref().map(str::trim);
        let Some(user) = user.filter(|user| !user.is_empty()) else {
            return Ok(None);
        };
        match self.password.read_for_proxy(user, false) {
            Ok(password) => Ok(Some(password)),
            Err(problem) if problem.code == Code::PasswordNeeded => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// A pin with what is known of its certificate: from the same pin before, or from what the server
/// showed in the organization's latest run.
async fn with_certificate(
    engine: &Engine,
    organization: Option<OrganizationId>,
    trust: TlsTrust,
    before: &TlsTrust,
) -> Result<TlsTrust, Problem> {
    let TlsTrust::Pin { sha256, .. } = trust else {
        return Ok(trust);
    };
    let same = |info: &&CertificateInfo| info.sha256.eq_ignore_ascii_case(&sha256);
    let old = match before {
        TlsTrust::Pin { certificate, .. } => certificate.as_deref().filter(same).cloned(),
        TlsTrust::System | TlsTrust::Ca { .. } => None,
    };
    let known = match (old, organization) {
        (None, Some(organization)) => {
            let seen = seen_last(engine, organization).await?;
            seen.iter().find(same).cloned()
        }
        (old, _) => old,
    };
    let certificate = known.map(|info| Box::new(CertificateInfo { pem: None, ..info }));
    Ok(TlsTrust::Pin {
        sha256,
        certificate,
    })
}

/// The chain that the server showed in the organization's latest run.
async fn seen_last(
    engine: &Engine,
    organization: OrganizationId,
) -> Result<Vec<CertificateInfo>, Problem> {
    let query = RunsQuery {
        organization: Some(organization),
        limit: 1,
    };
    let Some(run) = engine.runs_list(query).await?.into_iter().next() else {
        return Ok(Vec::new());
    };
    let page = engine.run_show(RunRef { run: run.id }).await?;
    Ok(page.certificates)
}

/// A password that was given goes into the key store; without one, what is there is kept, or it is
/// asked for each time.
pub(super) async fn save(
    engine: &Engine,
    row: &OrganizationRow,
    settled: Settled,
    keeps: bool,
) -> Result<(), Problem> {
    let Settled {
        form,
        password,
        proxy_password,
        credential,
    } = settled;
    let password = match password {
        Some(password) => PasswordChange::Store { password },
        None if keeps || wants_token(form.access_type) => PasswordChange::Keep,
        None => PasswordChange::Ask { password: None },
    };
    engine
        .email_configuration_save(SaveEmailConfiguration {
            organization: row.id,
            form,
            password,
            proxy_password,
            app_credential: credential.map_or(AppCredentialChange::Keep, |credential| {
                AppCredentialChange::Store { credential }
            }),
        })
        .await?;
    Ok(())
}
