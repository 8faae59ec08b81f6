//! `understudy user import`: what a list would add, and adding it.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    ImportApply, ImportCancel, ImportGroup, ImportPreview, ImportPreviewRow, ImportRows,
    ImportSource, OrganizationRow, Problem,
};
use engine::Engine;
use serde::Serialize;

use crate::failure::Failure;
use crate::lists;
use crate::output::Output;
use crate::style::{count, one_line};

/// Rows of an import that are shown with their reason.
const SHOWN: u64 = 20;

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
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

pub(super) async fn import(engine: &Engine, args: &ImportArgs) -> Result<(), Failure> {
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
