//! `understudy user export`: users as a list that can be imported again.

use std::path::PathBuf;

use contract::{ExportUsers, UsersFilter};
use engine::{Engine, Options};

use crate::args::Global;
use crate::failure::{Failure, internal};
use crate::output::Output;
use crate::style::count;

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// Name or External Id
    organization: String,
    /// Write to this file instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The engine writes the file; here it is put where it is wanted.
pub(super) async fn export(global: &Global, args: &ExportArgs) -> Result<(), Failure> {
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
