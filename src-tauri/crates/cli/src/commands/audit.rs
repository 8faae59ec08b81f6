//! A check made ready: everything that can be wrong with the input is found here, before the first
//! request, and before anybody is asked for a password.

use std::io::Cursor;

use contract::{
    AppCredential, Authentication, Code, EmailConfigurationForm, FieldLevel, FieldMessage,
    IdentifyBy, NoArgs, OrganizationId, OrganizationRef, OrganizationRow, OrganizationsQuery,
    Problem, ProxySetting, RunId, RunState, Secret, TlsTrust, ValidateEmailConfiguration,
};
use engine::Engine;
use engine::checks::{Audit, Canary, List, Mailboxes, Plan, ProxyChoice, StartedCheck, Tokens};
use engine::email_configuration::{EwsUrl, Reading};

use super::check::Args;
use super::save;
use super::sending::{allowed, asking, for_proxy, for_proxy_of, sending};
use crate::failure::Failure;
use crate::lists;
use crate::modern::wants_token;
use crate::password::{ask, first_line_of_stdin, needed};
use crate::values::served;

/// A run that waits for its start.
pub(super) enum Prepared {
    /// A stored organization.
    Organization {
        row: Box<OrganizationRow>,
        password: Option<Secret>,
        proxy_password: Option<Secret>,
        tokens: Option<Tokens>,
    },
    /// A run that was cut off.
    Resume {
        run: RunId,
        password: Option<Secret>,
        proxy_password: Option<Secret>,
        tokens: Option<Tokens>,
    },
    /// A list.
    OneOff(Box<OneOff>),
}

/// A list, and how to reach Exchange.
pub(super) struct OneOff {
    pub(super) plan: Plan,
    pub(super) form: EmailConfigurationForm,
    pub(super) password: Secret,
    pub(super) proxy_password: Option<Secret>,
    /// Where access tokens come from, where they take the place of the password.
    pub(super) tokens: Option<Tokens>,
    /// Of an application.
    pub(super) credential: Option<AppCredential>,
    pub(super) list: Source,
}

/// The list of a one-off audit.
pub(super) enum Source {
    /// Canaries alone.
    None,
    /// Read as it comes.
    Open(List),
    /// Read already, to be stored.
    Whole { name: String, bytes: Vec<u8> },
}

impl Prepared {
    /// Starts it.
    ///
    /// # Errors
    /// What the engine finds wrong; nothing was asked then.
    pub(super) async fn start(self, engine: &Engine, args: &Args) -> Result<StartedCheck, Failure> {
        let stream = args.streams();
        match self {
            Self::Organization {
                row,
                password,
                proxy_password,
                tokens,
            } => {
                let sending = sending(args, proxy_password, tokens);
                let start =
                    async |engine: Engine| of_users(&engine, &row, password.clone(), args).await;
                asking(engine, &sending, start).await
            }
            Self::Resume {
                run,
                password,
                proxy_password,
                tokens,
            } => {
                let sending = sending(args, proxy_password, tokens);
                let start = async |engine: Engine| {
                    let run = Some(run.clone());
                    engine.resume_run(run, password.clone(), stream).await
                };
                asking(engine, &sending, start).await
            }
            Self::OneOff(audit) => {
                let tokens = audit.tokens.clone();
                let sending = sending(args, audit.proxy_password.clone(), tokens);
                let engine = allowed(engine, &audit.plan, &audit.password, &sending).await?;
                let started = match &args.save {
                    Some(name) => save::start(&engine, name, *audit, args).await?,
                    None => audit.start(&engine, canaries(args)?, args).await?,
                };
                Ok(started)
            }
        }
    }
}

/// All users of a stored organization, and canaries beside them.
async fn of_users(
    engine: &Engine,
    row: &OrganizationRow,
    password: Option<Secret>,
    args: &Args,
) -> Result<StartedCheck, Problem> {
    let proxy = args.proxy()?;
    engine
        .audit_organization(
            row,
            password,
            Mailboxes::Scope(args.scope()),
            canaries(args)?,
            |plan| args.adjust(proxy.as_ref(), plan),
            args.streams(),
        )
        .await
}

fn canaries(args: &Args) -> Result<Vec<Canary>, Problem> {
    let canaries = args.must_refuse.iter();
    canaries.map(|text| lists::canary(text)).collect()
}

impl OneOff {
    async fn start(
        self,
        engine: &Engine,
        canaries: Vec<Canary>,
        args: &Args,
    ) -> Result<StartedCheck, Problem> {
        let audit = Audit {
            plan: self.plan,
            password: self.password,
            mailboxes: self.list.mailboxes(args.sample),
            canaries,
            organization: None,
            fingerprint: String::new(),
            draft: false,
            stream: args.streams(),
        };
        engine.start_audit(audit).await
    }
}

impl Source {
    /// All of it, or so many drawn at random.
    pub(super) fn mailboxes(self, sample: Option<u64>) -> Mailboxes {
        let list = match self {
            Self::None => return Mailboxes::None,
            Self::Open(list) => list,
            Self::Whole { name, bytes } => List {
                name,
                source: Box::new(Cursor::new(bytes)),
            },
        };
        match sample {
            Some(size) => Mailboxes::Sample(list, size),
            None => Mailboxes::List(list),
        }
    }
}

/// A stored organization.
pub(super) async fn of_organization(
    engine: &Engine,
    name: &str,
    args: &Args,
) -> Result<Prepared, Problem> {
    args.proxy()?;
    let row = engine.find_organization(name).await?;
    prove_canaries(args, IdentifyBy::Smtp)?;
    let configuration = engine
        .email_configuration_show(OrganizationRef {
            organization: row.id,
        })
        .await?;
    if configuration.saved {
        served(configuration.form.authentication)?;
    }
    let token = args.bearer() || wants_token(configuration.form.access_type);
    let password = if token {
        None
    } else {
        stored_or_asked(engine, Some(row.id), &row.name, args).await?
    };
    let organization = OrganizationRef {
        organization: row.id,
    };
    let proxy_password = for_proxy_of(engine, organization, args).await?;
    Ok(Prepared::Organization {
        row: Box::new(row),
        password,
        proxy_password,
        tokens: handed_in(args)?,
    })
}

/// A run that was cut off.
pub(super) async fn of_run(
    engine: &Engine,
    run: Option<RunId>,
    args: &Args,
) -> Result<Prepared, Problem> {
    let row = super::run::row(engine, run.as_ref()).await?;
    if row.state == RunState::Complete {
        return Err(Problem::new(
            Code::NotAllowed,
            format!(
                "Run {} is complete; there is nothing to go on with.",
                row.number
            ),
        )
        .hint("Start a new check."));
    }
    let password = if row.auth == "bearer" {
        None
    } else {
        stored_or_asked(engine, row.organization, &row.account, args).await?
    };
    let proxy_password = match (row.organization, engine.run_plan(&row.id).await?) {
        (Some(organization), _) => {
            for_proxy_of(engine, OrganizationRef { organization }, args).await?
        }
        (None, Some(plan)) => for_proxy(args, &plan.proxy)?,
        (None, None) => None,
    };
    Ok(Prepared::Resume {
        run: row.id,
        password,
        proxy_password,
        tokens: handed_in(args)?,
    })
}

/// The access token on standard input, where there is one.
fn handed_in(args: &Args) -> Result<Option<Tokens>, Problem> {
    if !args.token_stdin {
        return Ok(None);
    }
    first_line_of_stdin("the access token")
        .map(Tokens::fixed)
        .map(Some)
}

/// A list.
pub(super) async fn one_off(engine: &Engine, args: &Args) -> Result<Prepared, Problem> {
    let form = form(engine, args).await?;
    refuse_form(engine, &form, args).await?;
    if let Some(name) = &args.save {
        save::refuse_taken(engine, name).await?;
        if args.bearer() && !args.as_app() {
            return Err(Problem::new(
                Code::NotAllowed,
                "An access token is not kept: it ends within the hour.",
            )
            .hint(
                "Leave --save out, or add the organization with --access-type ews-imp and sign in.",
            ));
        }
    }
    let list = source(args, form.identify_by)?;
    prove_canaries(args, form.identify_by)?;
    let mut audit = OneOff {
        plan: plan_of(&form),
        password: Secret::new(String::new()),
        proxy_password: None,
        tokens: None,
        credential: None,
        list,
        form: form.clone(),
    };
    if args.as_app() {
        let credential = args.modern.credential()?.ok_or_else(no_credential)?;
        // The authority is behind the same proxy.
        let proxy = args.proxy()?.unwrap_or(ProxyChoice::System);
        audit.proxy_password = for_proxy(args, &proxy)?;
        let engine = engine.sending(sending(args, audit.proxy_password.clone(), None));
        (audit.plan, audit.tokens) = engine.plan_of_app(form, credential.clone()).await?;
        audit.credential = Some(credential);
    } else if args.bearer() {
        audit.tokens = Some(handed_in(args)?.ok_or_else(no_token)?);
    } else if let Some(password) = args.password.read()? {
        audit.password = password;
    } else {
        let stdin = args.users.as_deref().is_some_and(lists::is_stdin);
        audit.password = ask(&audit.plan.account, stdin)?;
    }
    args.adjust(args.proxy()?.as_ref(), &mut audit.plan);
    if !args.as_app() {
        audit.proxy_password = for_proxy(args, &audit.plan.proxy)?;
    }
    Ok(Prepared::OneOff(Box::new(audit)))
}

/// The flags as a form.
async fn form(engine: &Engine, args: &Args) -> Result<EmailConfigurationForm, Problem> {
    let authentication = if args.as_app() {
        Authentication::Automatic
    } else {
        args.auth.unwrap_or_default().into()
    };
    let ews_url = match &args.ews_url {
        Some(text) => url(text)?,
        None => String::new(),
    };
    let account = args.account.as_deref().unwrap_or_default().trim();
    let mut form = EmailConfigurationForm {
        account_logon: account.to_owned(),
        ews_url,
        authentication,
        tls_trust: args.trust.settle(engine).await?.unwrap_or_default(),
        identify_by: args.identify_by.unwrap_or_default().into(),
        proxy: kept(args.proxy()?.as_ref()),
        ..EmailConfigurationForm::default()
    };
    args.modern.fill(&mut form);
    Ok(form)
}

fn plan_of(form: &EmailConfigurationForm) -> Plan {
    Plan {
        ews_url: form.ews_url.clone(),
        account: form.account_logon.clone(),
        authentication: form.authentication,
        tls_trust: form.tls_trust.clone(),
        identify_by: form.identify_by,
        folders: vec!["inbox".to_owned()],
        concurrency: None,
        timeout_seconds: 30,
        resolve: Vec::new(),
        proxy: ProxyChoice::System,
        approach: engine::checks::Approach::default(),
    }
}

fn no_credential() -> Problem {
    Problem::new(
        Code::Invalid,
        "What the application proves itself with is missing.",
    )
    .hint("Give --certificate FILE (advised), or --client-secret-stdin.")
}

fn no_token() -> Problem {
    Problem::new(Code::Invalid, "The access token is missing.")
        .hint("Give it as the first line of stdin, with --token-stdin.")
}

/// The proxy as `--save` keeps it.
fn kept(proxy: Option<&ProxyChoice>) -> ProxySetting {
    match proxy {
        None | Some(ProxyChoice::System) => ProxySetting::Inherit,
        Some(ProxyChoice::None) => ProxySetting::None,
        Some(ProxyChoice::Http { host, port, user }) => ProxySetting::Custom {
            address: format!("{host}:{port}"),
            user: user.clone(),
        },
    }
}

/// Opens the list; where it is to be stored, reads it. Standard input has one use.
fn source(args: &Args, by: IdentifyBy) -> Result<Source, Problem> {
    let Some(file) = &args.users else {
        return Ok(Source::None);
    };
    if lists::is_stdin(file) && args.stdin_is_taken() {
        return Err(Problem::new(
            Code::Invalid,
            if args.password.password_stdin {
                "Standard input cannot be the list and the password at once."
            } else {
                "Standard input cannot be the list and the secret at once."
            },
        )
        .hint("Write the list to a file, or type the password on a terminal."));
    }
    if args.save.is_none() {
        let list = lists::open(file)?;
        // A list without a single address is bad input, canaries or not, and nobody types a
        // password for it. What can be read only once is left to the engine.
        if file.is_file() {
            lists::prove(&list.name, list.source, by)?;
        }
        return lists::open(file).map(Source::Open);
    }
    let (name, bytes) = lists::read(file)?;
    lists::prove(&name, bytes.as_slice(), by)?;
    Ok(Source::Whole { name, bytes })
}

/// Canaries that are neither a list nor an address are found before the password is asked for.
fn prove_canaries(args: &Args, by: IdentifyBy) -> Result<(), Problem> {
    for text in &args.must_refuse {
        match lists::canary(text)? {
            Canary::Address(address) => {
                contract::SmtpAddress::parse(&address).map_err(|error| {
                    Problem::new(
                        Code::Invalid,
                        format!("{text:?} is neither a file nor an e-mail address: {error}."),
                    )
                    .hint("Give the path of a list that exists, or one address.")
                })?;
            }
            Canary::List(list) => {
                if std::path::Path::new(text).is_file() {
                    lists::prove(&list.name, list.source, by)?;
                }
            }
        }
    }
    Ok(())
}

/// Near misses (`mail.contoso.com`) are completed, and that is said.
fn url(text: &str) -> Result<String, Problem> {
    let refused = |message: String| {
        Problem::invalid("ewsUrl", message).hint("The EWS URL looks like https://mail.contoso.com/EWS/Exchange.asmx; http is accepted for 127.0.0.1 and localhost only.")
    };
    match EwsUrl::read(text) {
        Ok(Reading::Exact(url)) => Ok(url.to_string()),
        Ok(Reading::Completed(url)) => {
            eprintln!("note: the EWS URL is taken to be {url}");
            Ok(url.to_string())
        }
        Ok(Reading::WebPage(url)) => Err(refused(format!(
            "That's a web page for people. EWS would be at {url}."
        ))),
        Err(engine::email_configuration::EwsUrlError::Empty) => {
            Err(refused("The EWS URL is empty.".to_owned()))
        }
        Err(error) => Err(refused(error.text())),
    }
}

/// What the form's own validation finds.
async fn refuse_form(
    engine: &Engine,
    form: &EmailConfigurationForm,
    args: &Args,
) -> Result<(), Problem> {
    let organization = default_organization(engine).await?;
    let handed_in = args.bearer() && !args.as_app();
    let mut form = EmailConfigurationForm {
        tls_trust: TlsTrust::System,
        ..form.clone()
    };
    if handed_in {
        form.access_type = contract::AccessType::EwsImp;
        form.authentication = Authentication::Automatic;
    } else if !args.as_app() {
        served(form.authentication)?;
    }
    let request = ValidateEmailConfiguration {
        organization,
        form,
        password_typed: true,
        password_outer_spaces: false,
        ask_each_time: false,
        app_credential_given: true,
    };
    let mut messages = engine.email_configuration_validate(request).await?;
    // Who issued a token that was handed in is nobody's business.
    let needed = |message: &FieldMessage| matches!(&*message.field, "accountLogon" | "ewsUrl");
    messages.retain(|message| !handed_in || needed(message));
    match messages
        .into_iter()
        .find(|message| message.level == FieldLevel::Error)
    {
        Some(message) => {
            let hint = advice(&message.field);
            Err(Problem::invalid(&message.field, message.text).hint(hint))
        }
        None => Ok(()),
    }
}

/// What to do about a flag of the form.
fn advice(field: &str) -> &'static str {
    match field {
        "accountLogon" => {
            r"Give --account 'CONTOSO\svc-ews' or --account svc-ews@contoso.com; not both at once."
        }
        "ewsUrl" => "Give --ews-url https://mail.contoso.com/EWS/Exchange.asmx, with your host.",
        "tenant" => "Give --tenant, the directory id or a domain of the tenant.",
        "clientId" => "Give --client-id, the application's id: a GUID.",
        _ => "`understudy check --help` shows what each flag takes.",
    }
}

async fn default_organization(engine: &Engine) -> Result<OrganizationId, Problem> {
    let all = engine
        .organizations_list(OrganizationsQuery::default())
        .await?;
    let default = all.iter().find(|row| row.is_default).or(all.first());
    default
        .map(|row| row.id)
        .ok_or_else(|| Problem::new(Code::Internal, "There is no default organization."))
}

/// The password from stdin; `None` where the key store has it; else asked for.
async fn stored_or_asked(
    engine: &Engine,
    organization: Option<OrganizationId>,
    whose: &str,
    args: &Args,
) -> Result<Option<Secret>, Problem> {
    if let Some(password) = args.password.read()? {
        return Ok(Some(password));
    }
    let Some(organization) = organization else {
        return ask(whose, false).map(Some);
    };
    let configuration = engine
        .email_configuration_show(OrganizationRef { organization })
        .await?;
    if !configuration.saved {
        return Err(Problem::new(
            Code::Invalid,
            format!("{whose} has no Email Configuration yet."),
        )
        .hint(format!(
            "understudy organization edit {whose:?} --ews-url URL --account NAME"
        )));
    }
    if !configuration.password.has_password {
        return ask(whose, false).map(Some);
    }
    let store = engine.app_state(NoArgs {}).await?.key_store;
    if store.available {
        return Ok(None);
    }
    // The password is in there, and cannot be had: a person can still type it.
    ask(whose, false).map(Some).map_err(|_| {
        let why = store.problem.map_or_else(
            || format!("{} cannot be used.", store.name),
            |problem| problem.message,
        );
        let problem = needed(whose);
        Problem {
            message: format!("{} {why}", problem.message),
            ..problem
        }
    })
}
