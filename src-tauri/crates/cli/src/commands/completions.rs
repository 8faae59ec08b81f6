//! `understudy completions SHELL`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::failure::{Exit, Failure, internal};
use crate::output::Output;

/// Write a completion script for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which shell
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "understudy", &mut script);
    let script =
        String::from_utf8(script).map_err(|error| internal("writing the completions", &error))?;
    let mut output = Output::stdout();
    output.text(&script)?;
    output.finish()?;
    Ok(Exit::Fine)
}
