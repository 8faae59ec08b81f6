//! `understudy guide`: the set-up guides, filled in with an organization's names. Works without a network
//! and runs none of the commands it prints.

use contract::{
    Code, Guide, GuideRef, GuideStep, GuideSummary, GuidesQuery, OrganizationRow, Problem,
};
use engine::Engine;

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::print::guide::{Page, Shelf};
use crate::style::Pen;

/// Print a set-up guide with its PowerShell, with undo and verify
///
/// Without an organization names that are not known stand in angle brackets. Nothing is run, and nothing is
/// asked on the network.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A stored organization, by its name or External Id
    #[arg(value_name = "ORGANIZATION")]
    organization: Option<String>,
    /// Which guide [default: the one for how the organization signs in]
    #[arg(long, value_name = "ID", conflicts_with = "list")]
    guide: Option<String>,
    /// List the guides
    #[arg(long)]
    list: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  understudy guide --list
  understudy guide Contoso
  understudy guide Contoso --guide rooms";

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    // Without an organization nothing of the data folder is needed, and none is made.
    let (engine, organization) = match &args.organization {
        Some(name) => {
            let engine = Engine::open(global.options()).await?;
            let row = engine.find_organization(name).await?;
            (engine, Some(row))
        }
        None => (Engine::temporary(global.options()).await?, None),
    };
    let query = GuidesQuery {
        organization: organization.as_ref().map(|row| row.id),
    };
    let guides = engine.guides_list(query).await?;
    let mut output = Output::stdout();
    let name = organization.as_ref().map(|row| row.name.as_str());
    if args.list {
        let shelf = Shelf::of(name, &guides);
        if args.json {
            output.pretty(&shelf)?;
        } else {
            output.text(&shelf.text())?;
        }
    } else {
        let guide = show(&engine, organization.as_ref(), args.guide, &guides).await?;
        let page = Page::of(name, &guide);
        if args.json {
            output.pretty(&page)?;
        } else {
            output.text(&page.text(Pen::new(global.color.paints_stdout())))?;
            tell_missing(&guide.steps, organization.is_some());
        }
    }
    output.finish()?;
    Ok(Exit::Fine)
}

async fn show(
    engine: &Engine,
    organization: Option<&OrganizationRow>,
    asked: Option<String>,
    guides: &[GuideSummary],
) -> Result<Guide, Problem> {
    // The engine lists first what the organization's way of signing in needs.
    let first = guides.first().map(|guide| guide.id.clone());
    let guide = asked.or(first).unwrap_or_default();
    if !guides.iter().any(|known| known.id == guide) {
        let known: Vec<&str> = guides.iter().map(|known| known.id.as_str()).collect();
        return Err(Problem::new(
            Code::Invalid,
            format!("There is no guide called {guide:?}."),
        )
        .hint(format!("The guides are: {}.", known.join(", "))));
    }
    let request = GuideRef {
        organization: organization.map(|row| row.id),
        guide,
    };
    engine.guide_show(request).await
}

/// Which names the reader has to fill in, on stderr.
fn tell_missing(steps: &[GuideStep], of_organization: bool) {
    let mut missing: Vec<&str> = Vec::new();
    for name in steps
        .iter()
        .flat_map(|step| &step.blocks)
        .flat_map(|block| &block.missing)
    {
        if !missing.contains(&name.as_str()) {
            missing.push(name);
        }
    }
    if missing.is_empty() {
        return;
    }
    eprintln!(
        "Fill in what stands in angle brackets: {}.",
        missing.join(", ")
    );
    if !of_organization {
        eprintln!(
            "hint: name a stored organization, and its names are filled in: understudy guide ORGANIZATION"
        );
    }
}
