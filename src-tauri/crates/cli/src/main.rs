//! The command line of Understudy: arguments in, an exit code out. Data goes to stdout, everything
//! else to stderr. Takes no decision about a mailbox and never sees the wire.

mod args;
mod commands;
mod confirm;
mod failure;
mod follow;
mod lists;
mod logs;
mod modern;
mod output;
mod password;
mod print;
mod rows;
mod style;
mod trust;
mod usage;
mod values;

use std::ffi::OsString;
use std::process::ExitCode;

use args::Cli;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _};
use failure::{Exit, Failure};

fn main() -> ExitCode {
    engine::quiet_panics();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let hints = args::Hints::of(&arguments);
    let command = Cli::command().color(hints.color.for_clap());
    let parsed = command
        .try_get_matches_from(&arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => run(cli, hints.json),
        Err(error) => of_arguments(&error, &arguments, hints.json),
    }
}

/// Shows the help that was asked for, or says what is wrong with the arguments.
fn of_arguments(error: &clap::Error, arguments: &[OsString], json: bool) -> ExitCode {
    let bare = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if !error.use_stderr() || (bare && !json) {
        // Where nobody listens, the exit code still tells.
        let _ = error.print();
        return if bare { Exit::Incomplete } else { Exit::Fine }.code();
    }
    failure::tell(&usage::problem(error, arguments), json)
}

fn run(cli: Cli, json: bool) -> ExitCode {
    logs::start(cli.global.verbose);
    // Two threads drive the lanes: a lane moves its own connection, so that they hand each other little.
    // More only wait for the server and the database, which has threads of its own.
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failure::tell(&failure::internal("starting", &error), json),
    };
    // On a task of its own, so that a panic is a failure of ours and not an exit code of Rust's.
    let ended = runtime.block_on(async { tokio::spawn(commands::run(cli)).await });
    // A prompt or a list on a pipe that never ends must not keep the program alive.
    runtime.shutdown_background();
    match ended {
        Ok(Ok(exit)) => exit.code(),
        Ok(Err(Failure::NobodyReads)) => Exit::Fine.code(),
        Ok(Err(Failure::Killed)) => ExitCode::from(130),
        Ok(Err(Failure::Problem(problem))) => failure::tell(&problem, json),
        Err(error) => failure::tell(&failure::internal("running the command", &error), json),
    }
}
