//! `understudy organization …`: organizations and their Email Configuration.

mod configuration;

use configuration::{Configuration, ConfigurationArgs, SignInFields, pinned, save};
use contract::{
    AccessType, AddOrganization, Code, DuplicateOrganization, EditOrganization,
    EmailConfigurationForm, OrganizationRef, OrganizationRow, OrganizationsQuery, Platform,
    Problem, RunState,
};
use engine::Engine;
use serde::Serialize;

use crate::args::Global;
use crate::confirm::Yes;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::style::{count, one_line};

/// Keep organizations
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List organizations
    List(ListArgs),
    /// Create an organization
    Add(AddArgs),
    /// Show an organization and its Email Configuration
    Show(ShowArgs),
    /// Change an organization or its Email Configuration
    Edit(EditArgs),
    /// Copy an organization, without password, runs and activation
    Duplicate(DuplicateArgs),
    /// Delete an organization with its users; it can be restored for 30 days, without its password
    Remove(RemoveArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Name, unique ignoring case
    name: String,
    /// External Id [default: made from the name]
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    #[command(flatten)]
    configuration: ConfigurationArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Name or External Id
    organization: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct EditArgs {
    /// Name or External Id
    organization: String,
    /// New name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    configuration: ConfigurationArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct DuplicateArgs {
    /// Name or External Id
    organization: String,
    /// Name of the copy
    #[arg(long)]
    name: Option<String>,
    /// Copy the users too
    #[arg(long)]
    with_users: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct RemoveArgs {
    /// Name or External Id
    organization: String,
    #[command(flatten)]
    yes: Yes,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    let engine = Engine::open(global.options()).await?;
    match args.command {
        Command::List(args) => list(&engine, &args).await?,
        Command::Add(args) => add(&engine, args).await?,
        Command::Show(args) => show(&engine, &args.organization, args.json).await?,
        Command::Edit(args) => edit(&engine, args).await?,
        Command::Duplicate(args) => {
            let row = engine.find_organization(&args.organization).await?;
            let request = DuplicateOrganization {
                organization: row.id,
                name: args.name,
                with_users: args.with_users,
            };
            let copy = engine.organization_duplicate(request).await?;
            show(&engine, &copy.name, args.json).await?;
        }
        Command::Remove(args) => return remove(&engine, &args).await,
    }
    Ok(Exit::Fine)
}

/// An organization in JSON.
#[derive(Serialize)]
struct Organization<'a> {
    name: &'a str,
    external_id: &'a str,
    access_type: AccessType,
    platform: Platform,
    enabled: bool,
    is_default: bool,
    users: u64,
    must_refuse: u64,
    active: u64,
    needs_renewal: u64,
    failed: u64,
    not_activated: u64,
    last_run: Option<LastRun<'a>>,
}

#[derive(Serialize)]
struct LastRun<'a> {
    id: &'a str,
    state: RunState,
    started_at: &'a str,
    findings: u64,
}

impl<'a> Organization<'a> {
    fn of(row: &'a OrganizationRow) -> Self {
        Self {
            name: &row.name,
            external_id: &row.external_id,
            access_type: row.access_type,
            platform: row.platform,
            enabled: row.enabled,
            is_default: row.is_default,
            users: row.counts.users,
            must_refuse: row.counts.must_refuse,
            active: row.counts.active,
            needs_renewal: row.counts.needs_renewal,
            failed: row.counts.failed,
            not_activated: row.counts.not_activated,
            last_run: row.last_run.as_ref().map(|run| LastRun {
                id: &run.id.0,
                state: run.state,
                started_at: &run.started_at,
                findings: run.summary.findings,
            }),
        }
    }
}

#[derive(Serialize)]
struct Organizations<'a> {
    schema: &'static str,
    organizations: Vec<Organization<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    organization: Organization<'a>,
    configuration: Option<Configuration<'a>>,
}

async fn list(engine: &Engine, args: &ListArgs) -> Result<(), Failure> {
    let rows = engine
        .organizations_list(OrganizationsQuery::default())
        .await?;
    let mut output = Output::stdout();
    if args.json {
        let organizations = rows.iter().map(Organization::of).collect();
        output.pretty(&Organizations {
            schema: "understudy.organizations/1",
            organizations,
        })?;
    } else {
        for row in &rows {
            let mark = if row.is_default { " (default)" } else { "" };
            let users = count(row.counts.users, "user", "users");
            output.text(&format!(
                "{}  {}  {users}{mark}\n",
                one_line(&row.name),
                row.external_id
            ))?;
        }
    }
    output.finish()?;
    Ok(())
}

async fn show(engine: &Engine, name: &str, json: bool) -> Result<(), Failure> {
    let row = engine.find_organization(name).await?;
    let configuration = engine
        .email_configuration_show(OrganizationRef {
            organization: row.id,
        })
        .await?;
    let saved = configuration
        .saved
        .then(|| Configuration::of(&configuration));
    let mut output = Output::stdout();
    if json {
        let organization = Organization::of(&row);
        output.pretty(&Shown {
            schema: "understudy.organization/1",
            organization,
            configuration: saved,
        })?;
    } else {
        let certificate = pinned(&configuration.form).map(|info| engine.validity(info));
        output.text(&described(&row, saved.as_ref(), certificate.as_deref()))?;
    }
    output.finish()?;
    Ok(())
}

/// `validity`: of the pinned certificate, where that is known.
fn described(
    row: &OrganizationRow,
    configuration: Option<&Configuration<'_>>,
    validity: Option<&str>,
) -> String {
    let users = count(row.counts.users, "user", "users");
    let canaries = match row.counts.must_refuse {
        0 => String::new(),
        n => format!(", {} must be refused", crate::style::grouped(n)),
    };
    let mut text = format!(
        "Name            {}\nExternal Id     {}\nUsers           {users}{canaries}\n",
        one_line(&row.name),
        row.external_id
    );
    let Some(configuration) = configuration else {
        text.push_str("EWS URL         not set: understudy organization edit NAME --ews-url URL --account NAME --password-stdin\n");
        return text;
    };
    let trust = match (configuration.ca_file, configuration.pin_sha256) {
        (Some(file), _) => format!("system store and {}", one_line(file)),
        (None, Some(pin)) => format!("pinned {pin}"),
        (None, None) => "system store".to_owned(),
    };
    let password = if configuration.sign_in.is_some() {
        "none is needed"
    } else if configuration.has_password {
        "in the key store"
    } else {
        "asked for each time"
    };
    text.extend([format!(
        "EWS URL         {}\nAccount         {}\nAuthentication  {}\nIdentify by     {}\nTLS trust       {trust}\n{}Proxy           {}\nPassword        {password}\n",
        one_line(configuration.ews_url),
        one_line(configuration.account),
        configuration.auth,
        configuration.identify_by,
        pin(configuration, validity),
        proxy(configuration),
    )]);
    text.extend(configuration.sign_in.as_ref().map(sign_in));
    text
}

/// How it signs in with OAuth.
fn sign_in(fields: &SignInFields<'_>) -> String {
    let issuer = match (fields.authority_url, fields.tenant) {
        (Some(url), _) => one_line(url),
        (None, tenant) => format!(
            "{} ({} cloud)",
            one_line(tenant.unwrap_or("?")),
            fields.cloud
        ),
    };
    let held = match &fields.app_credential.certificate {
        Some(certificate) => format!(
            "certificate {}, until {}",
            one_line(&certificate.subject),
            certificate.not_after
        ),
        None if fields.app_credential.has_secret => "client secret".to_owned(),
        None if fields.keep_signed_in => "sign-ins are kept".to_owned(),
        None => "sign-ins are not kept".to_owned(),
    };
    format!(
        "Tokens from     {issuer}\nApplication     {}\nSign-in         {held}\n",
        one_line(fields.client_id)
    )
}

/// What is known of the pinned certificate.
fn pin(configuration: &Configuration<'_>, validity: Option<&str>) -> String {
    let Some(certificate) = &configuration.pin_certificate else {
        return String::new();
    };
    format!(
        "                {}\n                issued by {}\n                {}\n",
        one_line(certificate.subject),
        one_line(certificate.issuer),
        validity.unwrap_or_default()
    )
}

fn proxy(configuration: &Configuration<'_>) -> String {
    let Some(user) = configuration.proxy_user else {
        return match configuration.proxy {
            "inherit" => "as this computer has it".to_owned(),
            other => one_line(other),
        };
    };
    let password = if configuration.has_proxy_password {
        "password in the key store"
    } else {
        "password asked for each time"
    };
    format!(
        "{} as {}, {password}",
        one_line(configuration.proxy),
        one_line(user)
    )
}

async fn add(engine: &Engine, args: AddArgs) -> Result<(), Failure> {
    let settled = args
        .configuration
        .settle(engine, None, EmailConfigurationForm::default())
        .await?;
    let new = AddOrganization {
        name: args.name,
        external_id: args.external_id,
        access_type: settled
            .as_ref()
            .map_or(AccessType::ExImp, |settled| settled.form.access_type),
        platform: Platform::OnPremises,
    };
    let row = engine.organization_add(new).await?;
    if let Some(settled) = settled
        && let Err(problem) = save(engine, &row, settled, false).await
    {
        // Bad input leaves nothing behind.
        engine
            .organization_remove(OrganizationRef {
                organization: row.id,
            })
            .await?;
        return Err(problem.into());
    }
    show(engine, &row.name, args.json).await
}

async fn edit(engine: &Engine, args: EditArgs) -> Result<(), Failure> {
    let row = engine.find_organization(&args.organization).await?;
    let configuration = engine
        .email_configuration_show(OrganizationRef {
            organization: row.id,
        })
        .await?;
    let keeps = configuration.password.has_password || configuration.password.ask_each_time;
    let settled = args
        .configuration
        .settle(engine, Some(row.id), configuration.form)
        .await?;
    if args.name.is_none() && settled.is_none() {
        return Err(Problem::new(Code::Invalid, "There is nothing to change.")
            .hint("Give --name, or a flag of the Email Configuration such as --ews-url.")
            .into());
    }
    if let Some(settled) = settled {
        save(engine, &row, settled, keeps).await?;
    }
    let name = match args.name {
        Some(name) => {
            let change = EditOrganization {
                organization: row.id,
                name: Some(name),
                platform: None,
            };
            engine.organization_edit(change).await?.name
        }
        None => row.name,
    };
    show(engine, &name, args.json).await
}

#[derive(Serialize)]
struct Deleted<'a> {
    schema: &'static str,
    organization: &'a str,
    users: u64,
}

async fn remove(engine: &Engine, args: &RemoveArgs) -> Result<Exit, Failure> {
    let row = engine.find_organization(&args.organization).await?;
    let question = format!(
        "Delete \"{}\" and its {}? Its stored password is removed now; the rest can be restored for 30 days.",
        row.name,
        count(row.counts.users, "user", "users")
    );
    if !args.yes.or_ask(&question)? {
        return Ok(Exit::Incomplete);
    }
    let removed = engine
        .organization_remove(OrganizationRef {
            organization: row.id,
        })
        .await?
        .removed;
    let mut output = Output::stdout();
    if args.json {
        output.pretty(&Deleted {
            schema: "understudy.removed/1",
            organization: &row.name,
            users: removed,
        })?;
    } else {
        let users = count(removed, "user", "users");
        output.text(&format!(
            "Deleted {} with {users}. To undo it, within 30 days: the window, Activity.\n",
            one_line(&row.name)
        ))?;
    }
    output.finish()?;
    Ok(Exit::Fine)
}
