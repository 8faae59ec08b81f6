//! The settings of a check of an organization: the form as it stands or as saved, and its settings tab.

use contract::{
    AccessType, AppCredential, Authentication, AuthorityKind, Code, EmailConfigurationForm,
    FieldLevel, OrganizationId, OrganizationRow, OrganizationSettings, Problem, ProxySetting,
    Secret, ValidateEmailConfiguration,
};
use store::{email_configurations, organizations, runs};
use tokio::sync::watch;

use super::bearer::Tokens;
use super::guard::SendAgain;
use super::plan::{Approach, Plan, ProxyChoice};
use super::sending::{Sending, for_proxy, stored_password};
use crate::Engine;
use crate::discovery::{self, Found, Lookup};
use crate::email_configuration::modern::{self, Proof, proof};
use crate::email_configuration::{EwsUrl, fingerprint_of, fingerprint_of_app, why_not_served};
use crate::problems::of_store;
use crate::sign_in::tokens_of;

/// What a check of an organization needs, its password apart.
pub(super) struct Settings {
    pub(super) row: OrganizationRow,
    pub(super) plan: Plan,
    pub(super) fingerprint: String,
    pub(super) draft: bool,
    /// `Find when checking`, and nobody was asked yet: the form whose URL is to be found.
    pub(super) to_find: Option<Box<EmailConfigurationForm>>,
    /// Where access tokens come from, where it signs in with them.
    pub(super) tokens: Option<Tokens>,
}

/// What was given for one check and is not saved.
#[derive(Default)]
pub(super) struct Given<'a> {
    /// The password.
    pub(super) password: Option<&'a Secret>,
    /// An application's credential.
    pub(super) app: Option<AppCredential>,
    /// What differs from the stored settings.
    pub(super) adjust: Option<Adjust<'a>>,
}

/// Changes settings for one check.
pub(super) type Adjust<'a> = Box<dyn FnOnce(&mut Plan) + Send + 'a>;

/// Settles them, and asks nobody. Errors of the form are those of its validation.
///
/// # Errors
/// [`Code::NotFound`], [`Code::Invalid`], [`Code::Offline`], [`Code::NotAllowed`] for an access type
/// that is not served.
pub(super) async fn for_check(
    engine: &Engine,
    organization: OrganizationId,
    form: Option<EmailConfigurationForm>,
    given: Given<'_>,
) -> Result<Settings, Problem> {
    let (stage, typed) = (engine.stage(), given.password);
    let loaded = stage.db.read(move |tx| {
        let row = organizations::show(tx, organization)?;
        let settings = organizations::settings(tx, organization)?;
        let saved = email_configurations::load(tx, organization)?;
        Ok((row, settings, saved))
    });
    let (row, settings, saved) = loaded.await.map_err(of_store)?;
    let (Some(row), Some(settings)) = (row, settings) else {
        return Err(Problem::new(
            Code::NotFound,
            "This organization is not there any more.",
        ));
    };
    let saved_url = saved.as_ref().map(|saved| saved.form.ews_url.clone());
    let saved_fingerprint = saved.as_ref().map(|saved| saved.fingerprint.clone());
    let Some(form) = form.or_else(|| saved.map(|saved| saved.form)) else {
        return Err(Problem::new(
            Code::Invalid,
            format!("{} has no Email Configuration yet.", row.name),
        )
        .hint("Fill in Account Logon, Password and EWS URL, and save."));
    };
    go_online(engine).await?;
    refuse_errors(engine, organization, &form).await?;
    let fingerprint = match &given.app {
        Some(app) => fingerprint_of_app(&stage, organization, &form, Some(app)).await?,
        None => fingerprint_of(&stage, organization, &form, typed).await?,
    };
    let draft = saved_fingerprint.as_deref() != Some(fingerprint.as_str());
    let proxy = proxy_of(engine, &form).await?;
    let mut plan = plan(form.clone(), &settings, proxy);
    // Before anybody is asked: Autodiscover and the authority are asked like this, too.
    if let Some(adjust) = given.adjust {
        adjust(&mut plan);
    }
    let tokens = tokens(engine, organization, &form, given.app, &plan).await?;
    let to_find = modern::finds_url(&form).then(|| Box::new(form));
    if to_find.is_some() {
        plan.ews_url = last_url(saved_url, &plan.ews_url);
    }
    Ok(Settings {
        row,
        plan,
        fingerprint,
        draft,
        to_find,
        tokens,
    })
}

impl Settings {
    /// `Find when checking`: finds the URL, where it is to be found. What can be refused without the
    /// network was refused before.
    ///
    /// # Errors
    /// As [`discovery::find`]; [`Code::PasswordNeeded`], [`Code::KeyStore`].
    pub(super) async fn find_url(
        &mut self,
        engine: &Engine,
        typed: Option<&Secret>,
    ) -> Result<Option<Found>, Problem> {
        let Some(form) = self.to_find.take() else {
            return Ok(None);
        };
        // Rarely taken, and larger than all the rest.
        Box::pin(find_url(engine, &self.row, *form, &mut self.plan, typed)).await
    }
}

/// Where the tokens of a check come from: as this handle of the engine says, else of whoever is signed
/// in, or of the application. None for types that sign in with a password.
pub(super) async fn tokens(
    engine: &Engine,
    organization: OrganizationId,
    form: &EmailConfigurationForm,
    app: Option<AppCredential>,
    plan: &Plan,
) -> Result<Option<Tokens>, Problem> {
    if proof(form.access_type) == Proof::Password || engine.sending.tokens.is_some() {
        return Ok(engine.sending.tokens.clone());
    }
    let source = tokens_of(engine, organization, Some(form.clone()), app, Some(plan)).await?;
    Ok(Some(Tokens::of(source)))
}

/// The same for a run that goes on: its organization signs in as its saved settings say.
///
/// # Errors
/// As [`for_check`].
pub(super) async fn tokens_again(
    engine: &Engine,
    organization: Option<OrganizationId>,
    plan: &Plan,
    app: Option<AppCredential>,
) -> Result<Option<Tokens>, Problem> {
    let handed_in = engine.sending.tokens.clone();
    let (Some(organization), Authentication::Bearer, None) =
        (organization, plan.authentication, &handed_in)
    else {
        return Ok(handed_in);
    };
    let stage = engine.stage();
    let loaded = stage.db.read(move |tx| {
        let settings = organizations::settings(tx, organization)?;
        Ok((settings, email_configurations::load(tx, organization)?))
    });
    let (Some(settings), Some(saved)) = loaded.await.map_err(of_store)? else {
        return Ok(None);
    };
    if proof(saved.form.access_type) == Proof::Password {
        return Ok(None);
    }
    let proxy = proxy_of(engine, &saved.form).await?;
    let now = self::plan(saved.form.clone(), &settings, proxy);
    refuse_another_server(plan, &now)?;
    let source = tokens_of(engine, organization, Some(saved.form), app, Some(plan)).await?;
    Ok(Some(Tokens::of(source)))
}

/// A token for the settings of today is not sent to the server of yesterday.
fn refuse_another_server(run: &Plan, now: &Plan) -> Result<(), Problem> {
    let who = |plan: &Plan| (plan.ews_url.clone(), plan.approach, plan.account.clone());
    if who(run) == who(now) {
        return Ok(());
    }
    Err(Problem::new(
        Code::NotAllowed,
        "The saved settings are not those of this run: its server, account or access type is another one.",
    )
    .hint("Start a new check. A sign-in for one server isn't sent to another."))
}

/// The URL that was typed, else the one that was saved last: its host needs no confirming.
fn last_url(saved: Option<String>, typed: &str) -> String {
    if typed.is_empty() {
        saved.unwrap_or_default()
    } else {
        typed.to_owned()
    }
}

/// `Find when checking`. Whatever can refuse without the network comes first.
async fn find_url(
    engine: &Engine,
    row: &OrganizationRow,
    form: EmailConfigurationForm,
    plan: &mut Plan,
    typed: Option<&Secret>,
) -> Result<Option<Found>, Problem> {
    let (stage, organization) = (engine.stage(), row.id);
    plan.served()?;
    plan.folders()?;
    plan.trust()?;
    // A check that goes on has found it; a second one is refused before it asks anybody.
    if let Some(run) = stage.running.running(organization) {
        let run = stage.read(move |tx| Ok(runs::show(tx, &run)?)).await?;
        plan.ews_url = run.map_or_else(String::new, |run| run.row.ews_url);
        return Ok(None);
    }
    let address = discovery::address_of(&stage, organization, None, &form).await?;
    let password = match typed {
        Some(typed) => Some(typed.clone()),
        None if plan.wants_password() => Some(stored_password(&stage, row, plan).await?),
        None => None,
    };
    let typed = engine.sending.proxy_password.clone();
    let proxy_password = for_proxy(&stage, organization, plan, typed).await?;
    let again = match engine.sending.again {
        SendAgain::Yes => SendAgain::Yes,
        SendAgain::Ask | SendAgain::Never => SendAgain::Never,
    };
    let lookup = Lookup {
        organization,
        address,
        plan: plan.clone(),
        password,
        sending: Sending {
            again,
            proxy_password,
            tokens: None,
        },
    };
    // Whoever gives up waiting drops all of it.
    let (_, nobody_cancels) = watch::channel(false);
    let found = discovery::find(engine, lookup, nobody_cancels).await?;
    plan.ews_url.clone_from(&found.url);
    plan.resolve.extend(engine.inner.resolve.iter().cloned());
    Ok(Some(found))
}

/// Whether the network may be used at all.
///
/// # Errors
/// [`Code::Offline`].
pub(crate) async fn go_online(engine: &Engine) -> Result<(), Problem> {
    let settings = crate::settings::load(&engine.inner.real).await?;
    if settings.work_offline && !engine.stage().practice {
        return Err(
            Problem::new(Code::Offline, "Needs the network. Work offline is on.")
                .hint("Turn Work offline off in the status bar, then try again."),
        );
    }
    Ok(())
}

/// How a form reaches its server. The form may lack what only a check needs.
///
/// # Errors
/// [`Code::NotFound`] for the organization, [`Code::Invalid`] for the URL or the trust.
pub(super) async fn plan_of(
    engine: &Engine,
    organization: OrganizationId,
    form: EmailConfigurationForm,
) -> Result<Plan, Problem> {
    let stage = engine.stage();
    let loaded = stage
        .db
        .read(move |tx| organizations::settings(tx, organization));
    let settings = loaded
        .await
        .map_err(of_store)?
        .ok_or_else(|| Problem::new(Code::NotFound, "This organization is not there any more."))?;
    let proxy = proxy_of(engine, &form).await?;
    let plan = plan(form, &settings, proxy);
    plan.endpoint()?;
    Ok(plan)
}

/// How an organization's form reaches hosts that Autodiscover names: its URL may be empty. Answers
/// the password of its proxy's user beside it.
///
/// # Errors
/// [`Code::NotFound`] for the organization, [`Code::Invalid`] for account, trust or proxy,
/// [`Code::PasswordNeeded`] for the proxy.
pub(crate) async fn for_discovery(
    engine: &Engine,
    organization: OrganizationId,
    form: EmailConfigurationForm,
    proxy_password: Option<Secret>,
) -> Result<(Plan, Option<Secret>), Problem> {
    let stage = engine.stage();
    let loaded = stage
        .db
        .read(move |tx| organizations::settings(tx, organization));
    let settings = loaded
        .await
        .map_err(of_store)?
        .ok_or_else(|| Problem::new(Code::NotFound, "This organization is not there any more."))?;
    let proxy = proxy_of(engine, &form).await?;
    let plan = plan(form, &settings, proxy);
    plan.trust()?;
    let proxy_password = for_proxy(&stage, organization, &plan, proxy_password).await?;
    Ok((plan, proxy_password))
}

fn plan(form: EmailConfigurationForm, settings: &OrganizationSettings, proxy: ProxyChoice) -> Plan {
    let (authentication, approach) = match form.access_type {
        AccessType::EwsImp => (Authentication::Bearer, Approach::Account),
        AccessType::EwsApp => (Authentication::Bearer, Approach::App),
        AccessType::GraphApp => (Authentication::Bearer, Approach::Graph),
        _ => (form.authentication, Approach::Account),
    };
    let ews_url = match approach {
        Approach::Graph => graph_url(&form),
        Approach::Account | Approach::App => modern::ews_url(&form),
    };
    let account = match approach {
        Approach::Account => form.account_logon.trim(),
        // An application has no name but its id.
        Approach::App | Approach::Graph => form.modern.client_id.trim(),
    };
    Plan {
        account: account.to_owned(),
        ews_url,
        authentication,
        approach,
        tls_trust: form.tls_trust,
        identify_by: form.identify_by,
        folders: settings.folders.clone(),
        concurrency: (settings.concurrency > 0).then_some(settings.concurrency),
        timeout_seconds: u64::from(settings.timeout_seconds),
        resolve: Vec::new(),
        proxy,
    }
}

/// Where Graph is: of the chosen cloud. A URL on this computer itself stands in for it in practice.
fn graph_url(form: &EmailConfigurationForm) -> String {
    let typed = form.ews_url.trim();
    // Never with a token of Microsoft's: whatever listens on a port of this computer would get it.
    let stand_in = form.modern.authority != AuthorityKind::Entra;
    if stand_in && EwsUrl::parse(typed).is_ok_and(|url| url.is_loopback()) {
        let parsed = url::Url::parse(typed).and_then(|url| url.join("/v1.0"));
        if let Ok(url) = parsed {
            return url.to_string();
        }
    }
    let host = modern::cloud(form.modern.cloud).graph_host();
    format!("https://{host}/v1.0")
}

/// The proxy of an organization, or the app's where it inherits that: not to this computer itself,
/// where practice goes on.
async fn proxy_of(engine: &Engine, form: &EmailConfigurationForm) -> Result<ProxyChoice, Problem> {
    if form.proxy != ProxySetting::Inherit {
        return ProxyChoice::of(&form.proxy);
    }
    if EwsUrl::parse(&form.ews_url).is_ok_and(|url| url.is_loopback()) {
        return Ok(ProxyChoice::None);
    }
    let settings = crate::settings::load(&engine.inner.real).await?;
    ProxyChoice::of(&settings.proxy)
}

/// The form's own errors, those of its secrets and of the user list apart.
async fn refuse_errors(
    engine: &Engine,
    organization: OrganizationId,
    form: &EmailConfigurationForm,
) -> Result<(), Problem> {
    if let Some(why) = why_not_served(form.access_type, engine.stage().today()) {
        return Err(Problem::new(Code::NotAllowed, why).field("accessType"));
    }
    let question = ValidateEmailConfiguration {
        organization,
        form: form.clone(),
        password_typed: true,
        password_outer_spaces: false,
        ask_each_time: false,
        app_credential_given: true,
    };
    let messages = engine.email_configuration_validate(question).await?;
    match messages
        .into_iter()
        .find(|message| message.level == FieldLevel::Error)
    {
        Some(message) => Err(Problem::invalid(&message.field, message.text)),
        None => Ok(()),
    }
}
