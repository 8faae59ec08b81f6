//! The commands, one file each. Each reads its arguments, asks the engine, and prints; none decides.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod discover;
pub(crate) mod guide;
pub(crate) mod organization;
pub(crate) mod practice;
pub(crate) mod run;
pub(crate) mod service_account;
pub(crate) mod sign_in;
pub(crate) mod user;

mod audit;
mod one_off;
mod save;
mod sending;

use crate::args::{Cli, Command};
use crate::failure::{Exit, Failure};

/// Runs what was asked for.
///
/// # Errors
/// As [`Failure`].
pub(crate) async fn run(cli: Cli) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    match command {
        Command::Check(args) => check::run(&global, *args).await,
        Command::Discover(args) => discover::run(&global, *args).await,
        Command::ServiceAccount(args) => service_account::run(&global, *args).await,
        Command::SignIn(args) => sign_in::run(&global, args).await,
        Command::Organization(args) => organization::run(&global, args).await,
        Command::User(args) => user::run(&global, args).await,
        Command::Run(args) => run::run(&global, args).await,
        Command::Guide(args) => guide::run(&global, args).await,
        Command::Practice(args) => practice::run(&global, args).await,
        Command::Completions(args) => completions::run(&args),
    }
}
