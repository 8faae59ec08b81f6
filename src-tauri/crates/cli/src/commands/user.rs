//! `understudy user …`: the users of an organization.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    AddUser, Code, ExportUsers, ImportApply, ImportCancel, ImportGroup, ImportPreview,
    ImportPreviewRow, ImportRows, ImportSource, OrganizationId, OrganizationRow, Problem,
    RemoveUsers, SmtpAddress, UserIds, UserRow, UsersFilter, UsersQuery,
};
use engine::{Engine, Options};
use serde::Serialize;

use crate::args::Global;
use crate::failure::{Exit, Failure, internal};
use crate::lists;
use crate::output::Output;
use crate::style::{count, one_line};

/// Rows of a page.
const PAGE: u64 = 1_000;
/// Rows of an import that are shown with their reason.
const SHOWN: u64 = 20;

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
    /// Add users from a list
    Import(ImportArgs),
    /// Write users as CSV
    Export(ExportArgs),
    /// Remove users
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
struct ImportArgs {
    /// Name or External Id
    organization: String,
    /// CSV or one address a line; - is stdin
    file: PathBuf,
    /// Show what would be added, add nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ExportArgs {
    /// Name or External Id
    organization: String,
    /// Write to this file instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
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
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    match args.command {
        Command::List(args) => list(&Engine::open(global.options()).await?, &args).await?,
        Command::Add(args) => add(&Engine::open(global.options()).await?, args).await?,
        Command::Import(args) => import(&Engine::open(global.options()).await?, &args).await?,
        Command::Export(args) => export(global, &args).await?,
        Command::Remove(args) => remove(&Engine::open(global.options()).await?, &args).await?,
    }
    Ok(Exit::Fine)
}

/// The user with this address.
///
/// # Errors
/// As the engine's.
pub(super) async fn find(
    engine: &Engine,
    organization: OrganizationId,
    address: &str,
) -> Result<Option<UserRow>, Problem> {
    let address = SmtpAddress::parse(address).map_err(|error| {
        Problem::new(
            Code::Invalid,
            format!("{address:?} is no e-mail address: {error}."),
        )
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

/// An import in JSON.
#[derive(Serialize)]
struct Import<'a> {
    schema: &'static str,
    organization: &'a str,
    dry_run: bool,
    encoding: &'a str,
    separator: &'a str,
    columns: &'a [String],
    groups: &'a [contract::ImportGroupCount],
    to_add: u64,
    added: u64,
}

async fn import(engine: &Engine, args: &ImportArgs) -> Result<(), Failure> {
    let organization = engine.find_organization(&args.organization).await?;
    let (name, bytes) = lists::read(&args.file)?;
    let source = ImportSource {
        organization: organization.id,
        name,
        base64: STANDARD.encode(bytes),
    };
    let preview = engine.users_import_preview(source).await?;
    let examples = if args.json {
        Vec::new()
    } else {
        left_out(engine, &preview).await?
    };
    let added = if args.dry_run || preview.to_add == 0 {
        engine
            .users_import_cancel(ImportCancel {
                token: preview.token.clone(),
            })
            .await?;
        0
    } else {
        engine
            .users_import_apply(ImportApply {
                token: preview.token.clone(),
            })
            .await?
            .added
    };
    let mut output = Output::stdout();
    if args.json {
        output.pretty(&Import {
            schema: "understudy.import/1",
            organization: &organization.name,
            dry_run: args.dry_run,
            encoding: &preview.encoding,
            separator: &preview.separator,
            columns: &preview.columns,
            groups: &preview.groups,
            to_add: preview.to_add,
            added,
        })?;
    } else {
        output.text(&told(
            &organization,
            &preview,
            &examples,
            args.dry_run,
            added,
        ))?;
    }
    output.finish()?;
    Ok(())
}

async fn left_out(
    engine: &Engine,
    preview: &ImportPreview,
) -> Result<Vec<ImportPreviewRow>, Problem> {
    let mut examples = Vec::new();
    for group in &preview.groups {
        if matches!(
            group.group,
            ImportGroup::New | ImportGroup::Remote | ImportGroup::AlreadyHere
        ) {
            continue;
        }
        let rows = ImportRows {
            token: preview.token.clone(),
            group: Some(group.group),
            offset: 0,
            limit: SHOWN,
        };
        examples.extend(engine.users_import_rows(rows).await?.rows);
    }
    Ok(examples)
}

fn told(
    organization: &OrganizationRow,
    preview: &ImportPreview,
    examples: &[ImportPreviewRow],
    dry_run: bool,
    added: u64,
) -> String {
    let mut text = format!(
        "Read as {}, separator {}.\n",
        preview.encoding, preview.separator
    );
    for group in &preview.groups {
        text.extend([format!(
            "  {:>8}  {}\n",
            crate::style::grouped(group.count),
            meaning(group.group)
        )]);
    }
    for row in examples {
        let reason = row.reason.as_deref().unwrap_or_else(|| meaning(row.group));
        text.extend([format!(
            "  line {}: {}: {}\n",
            row.line,
            one_line(&row.address),
            one_line(reason)
        )]);
    }
    let name = one_line(&organization.name);
    text.extend([if dry_run {
        format!(
            "Would add {} to {name}. Nothing was changed.\n",
            count(preview.to_add, "user", "users")
        )
    } else {
        format!("Added {} to {name}.\n", count(added, "user", "users"))
    }]);
    text
}

fn meaning(group: ImportGroup) -> &'static str {
    match group {
        ImportGroup::New => "new",
        ImportGroup::Remote => "remote mailboxes: added and tagged",
        ImportGroup::AlreadyHere => "already here: skipped",
        ImportGroup::Elsewhere => "in another organization: skipped",
        ImportGroup::Duplicate => "twice in the list: the first is kept",
        ImportGroup::Alias => "second addresses: skipped",
        ImportGroup::System => "system mailboxes: skipped",
        ImportGroup::Bad => "no address: skipped",
    }
}

/// The engine writes the file; here it is put where it is wanted.
async fn export(global: &Global, args: &ExportArgs) -> Result<(), Failure> {
    let folder =
        tempfile::tempdir().map_err(|error| internal("making a temporary folder", &error))?;
    let options = Options {
        downloads: Some(folder.path().to_owned()),
        ..global.options()
    };
    let engine = Engine::open(options).await?;
    let organization = engine.find_organization(&args.organization).await?;
    let mut output = Output::open(args.output.as_deref())?;
    let request = ExportUsers {
        organization: Some(organization.id),
        filter: UsersFilter::default(),
    };
    let exported = engine.users_export(request).await?;
    let text = std::fs::read_to_string(&exported.path)
        .map_err(|error| internal("reading the export", &error))?;
    output.text(&text)?;
    if let Some(place) = output.finish()? {
        eprintln!(
            "{} written to {}.",
            count(exported.rows, "user", "users"),
            place.display()
        );
    }
    Ok(())
}

#[derive(Serialize)]
struct Deleted<'a> {
    schema: &'static str,
    organization: &'a str,
    users: u64,
}

async fn remove(engine: &Engine, args: &RemoveArgs) -> Result<(), Failure> {
    let organization = engine.find_organization(&args.organization).await?;
    let mut ids = Vec::new();
    for address in &args.addresses {
        let Some(row) = find(engine, organization.id, address).await? else {
            let message = format!("{} is no user of {}.", one_line(address), organization.name);
            return Err(Problem::new(Code::NotFound, message)
                .hint("Nothing was removed.")
                .into());
        };
        ids.push(row.id);
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
            "Removed {} from {}.\n",
            count(removed, "user", "users"),
            one_line(&organization.name)
        ))?;
    }
    output.finish()?;
    Ok(())
}
