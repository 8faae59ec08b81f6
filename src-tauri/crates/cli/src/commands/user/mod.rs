//! `understudy user …`: the users of an organization.

mod directory;
mod export;
mod import;

use contract::{
    AddUser, Code, OrganizationId, Problem, RemoveUsers, SmtpAddress, UserIds, UserRow,
    UsersFilter, UsersQuery,
};
use engine::Engine;
use serde::Serialize;

use crate::args::Global;
use crate::confirm::Yes;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::style::{count, one_line};

/// Rows of a page.
const PAGE: u64 = 1_000;

/// Keep the users of an organization
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List users
    List(ListArgs),
    /// Add one user
    Add(AddArgs),
    /// Add users from a list, or from Exchange
    Import(import::ImportArgs),
    /// Write users as CSV
    Export(export::ExportArgs),
    /// Remove users; they can be restored for 30 days
    Remove(RemoveArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Name or External Id
    organization: String,
    /// Only users whose name, address, UPN or tag contains this
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Name or External Id
    organization: String,
    /// SMTP address
    address: String,
    /// Display name
    #[arg(long)]
    name: Option<String>,
    /// User principal name
    #[arg(long)]
    upn: Option<String>,
    /// Security identifier
    #[arg(long)]
    sid: Option<String>,
    /// The service account must be refused here (a canary)
    #[arg(long)]
    must_refuse: bool,
    /// Free labels, comma separated
    #[arg(long)]
    tags: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct RemoveArgs {
    /// Name or External Id
    organization: String,
    /// SMTP addresses
    #[arg(required = true)]
    addresses: Vec<String>,
    /// Also users with sync access
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    yes: Yes,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    match args.command {
        Command::List(args) => list(&Engine::open(global.options()).await?, &args).await?,
        Command::Add(args) => add(&Engine::open(global.options()).await?, args).await?,
        Command::Import(args) => {
            import::import(&Engine::open(global.options()).await?, &args).await?;
        }
        Command::Export(args) => export::export(global, &args).await?,
        Command::Remove(args) => {
            return remove(&Engine::open(global.options()).await?, &args).await;
        }
    }
    Ok(Exit::Fine)
}

/// The user with this address.
///
/// # Errors
/// As the engine's.
pub(in crate::commands) async fn find(
    engine: &Engine,
    organization: OrganizationId,
    address: &str,
) -> Result<Option<UserRow>, Problem> {
    let address = SmtpAddress::parse(address).map_err(|error| {
        Problem::new(
            Code::Invalid,
            format!("{address:?} is no e-mail address: {error}."),
        )
        .hint("An address looks like anna@contoso.com.")
    })?;
    let mut query = query(organization, Some(address.as_str()));
    loop {
        let page = engine.users_page(query.clone()).await?;
        let number = page.rows.len() as u64;
        let found = page
            .rows
            .into_iter()
            .find(|row| row.address.to_lowercase() == address.key());
        if found.is_some() || number == 0 {
            return Ok(found);
        }
        query.offset += number;
    }
}

fn query(organization: OrganizationId, search: Option<&str>) -> UsersQuery {
    UsersQuery {
        organization: Some(organization),
        filter: UsersFilter {
            search: search.map(str::to_owned),
            ..UsersFilter::default()
        },
        sort: contract::UsersSort::Added,
        direction: contract::SortDirection::Ascending,
        offset: 0,
        limit: PAGE,
    }
}

/// A user in JSON.
#[derive(Serialize)]
struct User<'a> {
    name: &'a str,
    address: &'a str,
    upn: Option<&'a str>,
    sid: Option<&'a str>,
    kind: Option<&'a str>,
    tags: &'a str,
    aliases: &'a [String],
    must_refuse: bool,
    sync_access: contract::SyncAccess,
    last_verdict: Option<contract::Verdict>,
    last_cause: Option<contract::Cause>,
    last_checked_at: Option<&'a str>,
}

impl<'a> User<'a> {
    fn of(row: &'a UserRow) -> Self {
        Self {
            name: &row.name,
            address: &row.address,
            upn: row.upn.as_deref(),
            sid: row.sid.as_deref(),
            kind: row.kind.as_deref(),
            tags: &row.tags,
            aliases: &row.aliases,
            must_refuse: row.must_refuse,
            sync_access: row.sync_access,
            last_verdict: row.last_verdict,
            last_cause: row.last_cause,
            last_checked_at: row.last_checked_at.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct OneUser<'a> {
    schema: &'static str,
    user: User<'a>,
}

async fn list(engine: &Engine, args: &ListArgs) -> Result<(), Failure> {
    let organization = engine.find_organization(&args.organization).await?;
    let mut query = query(organization.id, args.search.as_deref());
    let mut output = Output::stdout();
    if args.json {
        output.text("{\n  \"schema\": \"understudy.users/1\",\n  \"organization\": ")?;
        output.json(&organization.name)?;
        output.text(",\n  \"users\": [")?;
    }
    let mut between = "\n    ";
    loop {
        let page = engine.users_page(query.clone()).await?;
        query.offset += page.rows.len() as u64;
        if page.rows.is_empty() {
            break;
        }
        for row in &page.rows {
            if args.json {
                output.text(between)?;
                output.json(&User::of(row))?;
                between = ",\n    ";
            } else {
                output.text(&line(row))?;
            }
        }
    }
    if args.json {
        output.text(if between.starts_with(',') {
            "\n  ]\n}\n"
        } else {
            "]\n}\n"
        })?;
    } else if query.offset == 0 {
        eprintln!(
            "{} has no users here. Add some: understudy user import {:?} users.csv",
            organization.name, organization.name
        );
    }
    output.finish()?;
    Ok(())
}

fn line(row: &UserRow) -> String {
    let canary = if row.must_refuse {
        "  must be refused"
    } else {
        ""
    };
    let verdict = row
        .last_verdict
        .map_or("never checked", |verdict| verdict.as_str());
    format!(
        "{}  {}  {verdict}{canary}\n",
        one_line(&row.address),
        one_line(&row.name)
    )
}

async fn add(engine: &Engine, args: AddArgs) -> Result<(), Failure> {
    let organization = engine.find_organization(&args.organization).await?;
    let new = AddUser {
        organization: organization.id,
        address: args.address,
        name: args.name.unwrap_or_default(),
        upn: args.upn,
        sid: args.sid,
        must_refuse: args.must_refuse,
        tags: args.tags.unwrap_or_default(),
    };
    let row = engine.user_add(new).await?;
    let mut output = Output::stdout();
    if args.json {
        output.pretty(&OneUser {
            schema: "understudy.user/1",
            user: User::of(&row),
        })?;
    } else {
        output.text(&format!(
            "Added {} to {}.\n",
            one_line(&row.address),
            one_line(&organization.name)
        ))?;
    }
    output.finish()?;
    Ok(())
}

#[derive(Serialize)]
struct Deleted<'a> {
    schema: &'static str,
    organization: &'a str,
    users: u64,
}

async fn remove(engine: &Engine, args: &RemoveArgs) -> Result<Exit, Failure> {
    let organization = engine.find_organization(&args.organization).await?;
    let mut ids = Vec::new();
    for address in &args.addresses {
        let Some(row) = find(engine, organization.id, address).await? else {
            let message = format!("{} is no user of {}.", one_line(address), organization.name);
            return Err(Problem::new(Code::NotFound, message)
                .hint(format!(
                    "Nothing was removed. `understudy user list {:?}` shows its users.",
                    organization.name
                ))
                .into());
        };
        if !ids.contains(&row.id) {
            ids.push(row.id);
        }
    }
    if ids.len() > 1 {
        let question = format!(
            "Remove {} users from \"{}\"? They can be restored for 30 days.",
            ids.len(),
            organization.name
        );
        if !args.yes.or_ask(&question)? {
            return Ok(Exit::Incomplete);
        }
    }
    let request = RemoveUsers {
        users: UserIds::Listed { ids },
        force: args.force,
    };
    let removed = engine.users_remove(request).await?.removed;
    let mut output = Output::stdout();
    if args.json {
        output.pretty(&Deleted {
            schema: "understudy.removed/1",
            organization: &organization.name,
            users: removed,
        })?;
    } else {
        output.text(&format!(
            "Removed {} from {}. To undo it, within 30 days: the window, Activity.\n",
            count(removed, "user", "users"),
            one_line(&organization.name)
        ))?;
    }
    output.finish()?;
    Ok(Exit::Fine)
}
