//! What a sign-in goes by, settled from a form: whom to ask, how to get there, and for which host. The
//! organization's proxy and trust reach AD FS and other providers; Microsoft's own hosts are trusted as
//! the system trusts them.

use std::sync::Arc;
use std::time::Duration;

use contract::{
    AccessType, AuthorityKind, Code, EmailConfigurationForm, OrganizationId, Problem, TlsTrust,
};
use oauth::{Authority, AuthorityError, Failure, Hidden, Http, Tenant, Via, Wanted};
use sha2::{Digest as _, Sha256};
use store::email_configurations;
use tokio::sync::OnceCell;

use crate::Engine;
use crate::activity::hex;
use crate::checks::{Plan, for_discovery, for_proxy};
use crate::email_configuration::EwsUrl;
use crate::email_configuration::modern::{self, Proof, proof};
use crate::organizations::known;
use crate::stage::Stage;

/// Constant, so that a security team recognizes it.
const USER_AGENT: &str = concat!("Understudy/", env!("CARGO_PKG_VERSION"), " (sign-in)");

/// Whom to ask for tokens, how, and for what.
pub(super) struct Settled {
    pub(super) stage: Arc<Stage>,
    pub(super) organization: OrganizationId,
    pub(super) form: EmailConfigurationForm,
    /// Host that the tokens are for: of EWS, or of Graph.
    pub(super) host: String,
    /// Tells sign-ins for other values apart.
    pub(super) values: String,
    http: Http,
    authority: OnceCell<Authority>,
}

impl Settled {
    /// Settles the form as it stands, or as saved. Asks nobody.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Invalid`] with its field; [`Code::NotAllowed`] for a type that signs in
    /// with a password.
    pub(super) async fn of(
        engine: &Engine,
        organization: OrganizationId,
        form: Option<EmailConfigurationForm>,
    ) -> Result<Self, Problem> {
        Self::like(engine, organization, form, None).await
    }

    /// The same, on the way of a check whose settings may differ from the organization's.
    ///
    /// # Errors
    /// As [`Settled::of`].
    pub(super) async fn like(
        engine: &Engine,
        organization: OrganizationId,
        form: Option<EmailConfigurationForm>,
        like: Option<&Plan>,
    ) -> Result<Self, Problem> {
        let stage = engine.stage();
        let form = form_of(&stage, organization, form).await?;
        if proof(form.access_type) == Proof::Password {
            return Err(Problem::new(
                Code::NotAllowed,
                "This Mailbox Access Type doesn't sign in with OAuth.",
            )
            .field("accessType")
            .hint("Choose one of the types with OAuth first."));
        }
        refuse_errors(&form)?;
        let host = host_of(&form)?;
        let typed = engine.sending.proxy_password.clone();
        let (plan, proxy_password) = match like {
            // A password that was typed is for this proxy, and a stored one for its own alone.
            Some(plan) => {
                let password = for_proxy(&stage, organization, plan, typed).await?;
                (plan.clone(), password)
            }
            None => for_discovery(engine, organization, form.clone(), typed).await?,
        };
        let http = way(&stage, &plan, &form, proxy_password.as_ref())?;
        Ok(Self {
            values: values(&form),
            authority: OnceCell::new(),
            stage,
            organization,
            form,
            host,
            http,
        })
    }

    /// Host of the authority, as the form names it.
    pub(super) fn authority_host(&self) -> String {
        authority_host(&self.form).0
    }

    pub(super) const fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn client_id(&self) -> &str {
        &self.form.modern.client_id
    }

    /// Whom to ask; an `OpenID` provider is asked for its endpoints once.
    ///
    /// # Errors
    /// [`AuthorityError`].
    pub(super) async fn authority(&self) -> Result<&Authority, AuthorityError> {
        self.authority
            .get_or_try_init(|| async {
                let modern = &self.form.modern;
                match modern.authority {
                    AuthorityKind::Entra => {
                        let tenant = Tenant::parse(&modern.tenant)
                            .map_err(|_| AuthorityError::NotAnAddress(modern.tenant.clone()))?;
                        Ok(Authority::entra(modern::cloud(modern.cloud), tenant))
                    }
                    AuthorityKind::AdFs => Authority::ad_fs(&modern.authority_url),
                    AuthorityKind::OpenId => {
                        Authority::discover(&self.http, &modern.authority_url).await
                    }
                }
            })
            .await
    }

    /// What tokens are asked for.
    pub(super) fn wanted(&self, authority: &Authority) -> Wanted {
        match proof(self.form.access_type) {
            Proof::App => Wanted::app_only(authority, &self.host),
            Proof::SignedIn | Proof::Password => Wanted::ews(authority, &self.host),
        }
    }

    /// Whether tokens outlive the session.
    pub(super) const fn keeps(&self) -> bool {
        self.form.modern.keep_signed_in
    }
}

/// No authority as a failure of the sign-in.
pub(super) fn no_authority(error: AuthorityError) -> Failure {
    match error {
        AuthorityError::Unreachable(fault) => Failure::Unreachable(fault),
        // A provider that is down has no metadata either; that says nothing about its address.
        AuthorityError::NoMetadata {
            host, status, wait, ..
        } if status >= 500 || status == 429 => Failure::NotNow {
            host,
            status,
            wait,
            said: None,
        },
        other => Failure::Refused(oauth::Explanation {
            code: "metadata".to_owned(),
            kind: oauth::RefusalKind::Setup,
            sentence: format!("The authority can't be used: {other}."),
            next_step: "Correct the address of the authority, then try again.".to_owned(),
            said: None,
        }),
    }
}

/// The form as it stands, or as saved; tidied.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Invalid`] where nothing is saved.
pub(super) async fn form_of(
    stage: &Stage,
    organization: OrganizationId,
    form: Option<EmailConfigurationForm>,
) -> Result<EmailConfigurationForm, Problem> {
    let (row, saved) = stage
        .read(move |tx| {
            let row = known(tx, organization)?;
            Ok((row, email_configurations::load(tx, organization)?))
        })
        .await?;
    let Some(mut form) = form.or_else(|| saved.map(|saved| saved.form)) else {
        return Err(Problem::new(
            Code::Invalid,
            format!("{} has no Email Configuration yet.", row.name),
        )
        .hint("Fill in the fields, and save."));
    };
    form.modern = modern::tidy(&form.modern);
    Ok(form)
}

/// Tells sign-ins apart that were made for other values: another authority, app, host or kind.
pub(super) fn values(form: &EmailConfigurationForm) -> String {
    let modern = modern::tidy(&form.modern);
    let (kind, authority) = match modern.authority {
        AuthorityKind::Entra => (
            "entra",
            format!("{} {}", modern.cloud.as_str(), modern.tenant),
        ),
        AuthorityKind::AdFs => ("ad fs", modern.authority_url),
        AuthorityKind::OpenId => ("openid", modern.authority_url),
    };
    let method = match form.access_type {
        AccessType::GraphApp => "graph app",
        AccessType::EwsApp => "ews app",
        _ => "delegated",
    };
    let host = host_of(form).unwrap_or_default();
    let all = [method, kind, &authority, &modern.client_id, &host].join("\n");
    hex(&Sha256::digest(all.as_bytes()))
}

/// The host that tokens are for.
///
/// # Errors
/// [`Code::Invalid`] for the EWS URL.
fn host_of(form: &EmailConfigurationForm) -> Result<String, Problem> {
    if form.access_type == AccessType::GraphApp {
        return Ok(modern::cloud(form.modern.cloud).graph_host().to_owned());
    }
    EwsUrl::parse(&modern::ews_url(form))
        .map(|url| url.host())
        .map_err(|error| Problem::invalid("ewsUrl", error.text()))
}

fn refuse_errors(form: &EmailConfigurationForm) -> Result<(), Problem> {
    match modern::first_error(form) {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// The way to the authority.
fn way(
    stage: &Stage,
    plan: &Plan,
    form: &EmailConfigurationForm,
    proxy_password: Option<&contract::Secret>,
) -> Result<Http, Problem> {
    let (host, port) = authority_host(form);
    let trust = trust(plan, form, &host)?;
    let tls = trust
        .client_config()
        .map_err(|error| crate::problems::internal("setting up TLS", &error))?;
    let via = match plan.proxy.settle(&host, port, proxy_password) {
        exchange::Proxy::None => Via::Direct,
        exchange::Proxy::Http {
            host,
            port,
            credentials,
        } => Via::Proxy {
            url: proxy_url(&host, port)?,
            credentials: credentials
                .map(|known| (known.user.clone(), Hidden::new(known.password.as_str()))),
        },
    };
    let clock = Arc::clone(&stage.clock);
    Http::new(
        tls,
        &via,
        by_hand(plan, &host, port),
        USER_AGENT,
        Duration::from_secs(plan.timeout_seconds.clamp(1, 600)),
        Arc::new(move || clock.now()),
    )
    .map_err(|error| crate::problems::internal("setting up the way to the authority", &error))
}

/// Addresses that were given by hand for this host and port (`--resolve`).
fn by_hand(plan: &Plan, host: &str, port: u16) -> Vec<(String, std::net::SocketAddr)> {
    let given = plan.resolve.iter();
    given
        .filter(|(known, at, _)| *at == port && known.eq_ignore_ascii_case(host))
        .map(|(known, _, to)| (known.clone(), *to))
        .collect()
}

fn proxy_url(host: &str, port: u16) -> Result<url::Url, Problem> {
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    url::Url::parse(&format!("http://{host}:{port}"))
        .map_err(|_| Problem::invalid("proxy", "Enter host:port."))
}

fn authority_host(form: &EmailConfigurationForm) -> (String, u16) {
    let modern = &form.modern;
    let url = match modern.authority {
        AuthorityKind::Entra => None,
        AuthorityKind::AdFs | AuthorityKind::OpenId => url::Url::parse(&modern.authority_url).ok(),
    };
    match url {
        Some(url) => (
            url.host_str().unwrap_or_default().to_owned(),
            url.port_or_known_default().unwrap_or(443),
        ),
        None => (modern::cloud(modern.cloud).login_host().to_owned(), 443),
    }
}

/// A pin names the certificate of one server: it holds for the authority only where that is this server.
fn trust(
    plan: &Plan,
    form: &EmailConfigurationForm,
    authority: &str,
) -> Result<exchange::Trust, Problem> {
    let system = || Ok(exchange::Trust::system(Vec::new()));
    if form.modern.authority == AuthorityKind::Entra {
        return system();
    }
    match &plan.tls_trust {
        TlsTrust::Pin { .. } => {
            let same = EwsUrl::parse(&plan.ews_url).is_ok_and(|url| url.host() == authority);
            if same { plan.trust() } else { system() }
        }
        TlsTrust::System | TlsTrust::Ca { .. } => plan.trust(),
    }
}
