//! `understudy user import`: what a list, or a look-up in Exchange, would add, and adding it.

use std::path::{Path, PathBuf};

use contract::{
    DirectoryLookup, ImportApply, ImportCancel, ImportGroup, ImportPreview, ImportPreviewRow,
    ImportRows, OrganizationRow, Problem,
};
use engine::Engine;
use serde::Serialize;

use super::directory::FromExchange;
use crate::confirm::Yes;
use crate::failure::Failure;
use crate::lists;
use crate::output::Output;
use crate::style::{count, one_line};

/// Rows of an import that are shown with their reason.
const SHOWN: u64 = 20;

/// Flags that name users in Exchange, of which one is given at most.
const EXCHANGE: [&str; 3] = ["from_group", "rooms", "name"];

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("users_from_exchange").args(EXCHANGE))]
pub(super) struct ImportArgs {
    /// Name or External Id
    organization: String,
    /// CSV or one address a line; - is stdin
    #[arg(conflicts_with_all = EXCHANGE, required_unless_present_any = EXCHANGE)]
    file: Option<PathBuf>,
    #[command(flatten)]
    exchange: FromExchange,
    /// Show what would be added, add nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    yes: Yes,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An import in JSON.
#[derive(Serialize)]
struct Import<'a> {
    schema: &'static str,
    organization: &'a str,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<&'a [String]>,
    /// Of a look-up: how it ended, and what it left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a [String]>,
    groups: &'a [contract::ImportGroupCount],
    to_add: u64,
    added: u64,
}

/// What is to be added, and where it comes from.
struct Found {
    preview: ImportPreview,
    /// `None`: a list.
    lookup: Option<DirectoryLookup>,
}

pub(super) async fn import(engine: &Engine, args: &ImportArgs) -> Result<(), Failure> {
    let organization = engine.find_organization(&args.organization).await?;
    let found = match (args.exchange.source(), &args.file) {
        (Some(source), _) => {
            let lookup = args.exchange.look(engine, &organization, source).await?;
            Found {
                preview: lookup.preview.clone().unwrap_or_else(nobody),
                lookup: Some(lookup),
            }
        }
        (None, Some(file)) => Found {
            preview: of_file(engine, &organization, file).await?,
            lookup: None,
        },
        // The arguments want one of them.
        (None, None) => return Err(Problem::invalid("file", "Name a list.").into()),
    };
    let preview = &found.preview;
    let examples = if args.json {
        Vec::new()
    } else {
        left_out(engine, preview).await?
    };
    let wanted = !args.dry_run && preview.to_add > 0 && agreed(args, &organization, &found)?;
    let token = preview.token.clone();
    let added = if wanted {
        engine
            .users_import_apply(ImportApply { token })
            .await?
            .added
    } else {
        engine.users_import_cancel(ImportCancel { token }).await?;
        0
    };
    print(args, &organization, &found, &examples, added)
}

async fn of_file(
    engine: &Engine,
    organization: &OrganizationRow,
    file: &Path,
) -> Result<ImportPreview, Problem> {
    engine
        .users_import_read(organization.id, lists::open(file)?)
        .await
}

/// A list says what is in it; what a look-up finds is asked about before it is added.
fn agreed(
    args: &ImportArgs,
    organization: &OrganizationRow,
    found: &Found,
) -> Result<bool, Problem> {
    if found.lookup.is_none() {
        return Ok(true);
    }
    args.yes.or_ask(&format!(
        "Add {} to \"{}\"?",
        count(found.preview.to_add, "user", "users"),
        organization.name
    ))
}

/// The preview of a look-up that found nobody.
fn nobody() -> ImportPreview {
    ImportPreview {
        token: String::new(),
        encoding: String::new(),
        separator: String::new(),
        columns: Vec::new(),
        groups: Vec::new(),
        to_add: 0,
    }
}

fn print(
    args: &ImportArgs,
    organization: &OrganizationRow,
    found: &Found,
    examples: &[ImportPreviewRow],
    added: u64,
) -> Result<(), Failure> {
    let (preview, lookup) = (&found.preview, found.lookup.as_ref());
    let mut output = Output::stdout();
    if args.json {
        let of_list = lookup.is_none();
        output.pretty(&Import {
            schema: "understudy.import/1",
            organization: &organization.name,
            dry_run: args.dry_run,
            encoding: of_list.then_some(preview.encoding.as_str()),
            separator: of_list.then_some(preview.separator.as_str()),
            columns: of_list.then_some(preview.columns.as_slice()),
            message: lookup.and_then(|lookup| lookup.message.as_deref()),
            notes: lookup.map(|lookup| lookup.notes.as_slice()),
            groups: &preview.groups,
            to_add: preview.to_add,
            added,
        })?;
    } else {
        output.text(&told(organization, found, examples, args.dry_run, added))?;
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
    found: &Found,
    examples: &[ImportPreviewRow],
    dry_run: bool,
    added: u64,
) -> String {
    let preview = &found.preview;
    let mut text = match &found.lookup {
        None => format!(
            "Read as {}, separator {}.\n",
            preview.encoding, preview.separator
        ),
        Some(lookup) => {
            let message = lookup.message.as_deref().unwrap_or("Found nobody.");
            format!("{}\n", one_line(message))
        }
    };
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
            "  {} {}: {}: {}\n",
            if found.lookup.is_some() {
                "entry"
            } else {
                "line"
            },
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
