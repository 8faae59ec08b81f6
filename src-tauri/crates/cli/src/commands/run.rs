//! `understudy run list|show`: earlier runs.

use contract::{Code, Problem, RunId, RunRow, RunState, RunsQuery, Summary};
use engine::Engine;
use serde::Serialize;

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::print::{self, FormatArgs};
use crate::rows::Report;
use crate::style::{Pen, one_line};

/// Most runs that are looked through for an id.
const ALL: u64 = 1_000_000;

/// Look at earlier runs
///
/// Without a command: the list.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List runs, newest first
    List(ListArgs),
    /// Show a run in any format; exit code as of the check
    Show(ShowArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Only runs of this organization
    #[arg(long, value_name = "ORGANIZATION")]
    organization: Option<String>,
    /// Most runs to list, the newest first
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = limit)]
    limit: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Id or number of a run, or last
    #[arg(value_name = "RUN|last", default_value = "last")]
    run: String,
    #[command(flatten)]
    format: FormatArgs,
}

fn limit(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(limit @ 1..) => Ok(limit),
        _ => Err("Give 1 or more.".to_owned()),
    }
}

#[derive(Serialize)]
struct Runs<'a> {
    schema: &'static str,
    runs: Vec<Run<'a>>,
}

#[derive(Serialize)]
struct Run<'a> {
    id: &'a str,
    organization: Option<&'a str>,
    state: RunState,
    started_at: &'a str,
    finished_at: Option<&'a str>,
    summary: &'a Summary,
}

pub(crate) async fn run(global: &Global, args: Args) -> Result<Exit, Failure> {
    let engine = Engine::open(global.options()).await?;
    match args.command {
        None => list(&engine, args.list).await,
        Some(Command::List(args)) => list(&engine, args).await,
        Some(Command::Show(args)) => show(&engine, args, global).await,
    }
}

/// The run that is meant.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn find(engine: &Engine, text: &str) -> Result<RunId, Problem> {
    let runs = engine
        .runs_list(RunsQuery {
            organization: None,
            limit: ALL,
        })
        .await?;
    let number: Option<i64> = text.parse().ok();
    let found = runs
        .into_iter()
        .find(|run| run.id.0.eq_ignore_ascii_case(text) || Some(run.number) == number);
    found.map(|run| run.id).ok_or_else(|| {
        Problem::new(Code::NotFound, format!("There is no run {text}."))
            .hint("`understudy run list` shows them all.")
    })
}

/// A run, or the newest.
///
/// # Errors
/// [`Code::NotFound`].
pub(super) async fn row(engine: &Engine, run: Option<&RunId>) -> Result<RunRow, Problem> {
    let limit = if run.is_some() { ALL } else { 1 };
    let runs = engine
        .runs_list(RunsQuery {
            organization: None,
            limit,
        })
        .await?;
    let found = runs
        .into_iter()
        .find(|row| run.is_none_or(|id| row.id == *id));
    found.ok_or_else(|| {
        Problem::new(Code::NotFound, "There is no run yet.")
            .hint("A check of a stored organization keeps its run; a one-off audit does with --save NAME.")
    })
}

async fn list(engine: &Engine, args: ListArgs) -> Result<Exit, Failure> {
    let organization = match &args.organization {
        Some(name) => Some(engine.find_organization(name).await?.id),
        None => None,
    };
    let rows = engine
        .runs_list(RunsQuery {
            organization,
            limit: args.limit,
        })
        .await?;
    let mut output = Output::stdout();
    if args.json {
        let runs = rows.iter().map(shaped).collect();
        output.pretty(&Runs {
            schema: "understudy.runs/1",
            runs,
        })?;
    } else if rows.is_empty() {
        eprintln!("There is no run yet.");
    } else {
        rows.iter().try_for_each(|row| output.text(&line(row)))?;
    }
    output.finish()?;
    Ok(Exit::Fine)
}

fn shaped(row: &RunRow) -> Run<'_> {
    Run {
        id: &row.id.0,
        organization: row.organization_name.as_deref(),
        state: row.state,
        started_at: &row.started_at,
        finished_at: row.finished_at.as_deref(),
        summary: &row.summary,
    }
}

fn line(row: &RunRow) -> String {
    let organization = row
        .organization_name
        .as_deref()
        .map_or_else(|| "-".to_owned(), one_line);
    format!(
        "{:>4}  {}  {}  {:<11}  {}: {}\n",
        row.number,
        row.id,
        row.started_at,
        row.state.as_str(),
        organization,
        print::totals(&row.summary)
    )
}

async fn show(engine: &Engine, args: ShowArgs, global: &Global) -> Result<Exit, Failure> {
    let run = match args.run.as_str() {
        "last" => row(engine, None).await?.id,
        text => find(engine, text).await?,
    };
    let report = Report::of(engine, run).await?;
    let mut output = Output::open(args.format.output.as_deref())?;
    let pen = Pen::new(global.color.paints_stdout() && args.format.output.is_none());
    print::report(&report, args.format.format(), &mut output, pen).await?;
    output.finish()?;
    let row = &report.page.row;
    Ok(Exit::of_run(&row.summary, row.state))
}
