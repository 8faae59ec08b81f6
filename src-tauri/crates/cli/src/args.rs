//! The arguments of the program: what every command takes, and the commands. Flags are a public
//! contract: added, never renamed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use engine::Options;

use crate::commands::{
    check, completions, discover, guide, organization, practice, run, service_account, sign_in,
    user,
};
use crate::style::Color;

/// Proves, mailbox by mailbox, that a service account can open them through Exchange impersonation.
#[derive(Debug, Parser)]
#[command(name = "understudy", version = engine::VERSION, propagate_version = true)]
#[command(after_help = START)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const START: &str = "\
Start here:
  understudy practice --check      a whole check without a server
  understudy check --help          what a check of your server needs

Exit codes: 1 if there is any finding; else 2 if the run is not complete or the input was bad; else 0.";

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Data folder
    #[arg(
        help = "Data folder [default: UNDERSTUDY_DATA_DIR, else the platform's application data folder]"
    )]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Global options"
    )]
    pub(crate) data_dir: Option<PathBuf>,
    /// Say more on stderr (-vv: every detail)
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub(crate) verbose: u8,
    /// Color stdout
    #[arg(
        help = "Color stdout: auto (on a terminal, unless NO_COLOR is set), always or never",
        hide_possible_values = true
    )]
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    pub(crate) color: Color,
}

impl Global {
    /// How the engine is opened: beside a window, if there is one.
    pub(crate) fn options(&self) -> Options {
        Options {
            data_dir: self.data_dir.clone(),
            sparing: true,
            ..Options::default()
        }
    }
}

/// One file each.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check mailboxes: of a stored organization, or of a list
    Check(Box<check::Args>),
    /// Find the EWS URL of an address, each step shown
    Discover(Box<discover::Args>),
    /// Test the service account against one mailbox, step by step
    ServiceAccount(Box<service_account::Args>),
    /// Sign in with Microsoft OAuth, in the system's browser
    SignIn(sign_in::Args),
    /// Keep organizations
    Organization(organization::Args),
    /// Keep the users of an organization
    User(user::Args),
    /// Look at earlier runs
    Run(run::Args),
    /// Print a set-up guide with its PowerShell
    Guide(guide::Args),
    /// Start a simulated Exchange on this machine to practice on
    Practice(practice::Args),
    /// Write a completion script for a shell
    Completions(completions::Args),
}

/// What has to be known before the arguments are: how to say that they are wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hints {
    /// Problems go to stdout as JSON.
    pub(crate) json: bool,
    /// Colors of the help.
    pub(crate) color: Color,
}

impl Hints {
    /// Looks through the arguments as they were typed.
    pub(crate) fn of(arguments: &[OsString]) -> Self {
        let words: Vec<&str> = arguments
            .iter()
            .skip(1)
            .map(|word| word.to_str().unwrap_or_default())
            .take_while(|word| *word != "--")
            .collect();
        let value = |flag: &str| {
            words
                .iter()
                .enumerate()
                .find_map(|(at, word)| match word.strip_prefix(flag)? {
                    "" => words.get(at + 1).copied(),
                    rest => rest.strip_prefix('='),
                })
        };
        let json = words.contains(&"--json") || matches!(value("--format"), Some("json" | "jsonl"));
        let color = match value("--color") {
            Some("always") => Color::Always,
            Some("never") => Color::Never,
            _ => Color::Auto,
        };
        Self { json, color }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::{Cli, Color, Hints};

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn json_is_seen_before_the_arguments_are_understood() {
        let hints = |words: &[&str]| {
            let words: Vec<_> = std::iter::once("understudy")
                .chain(words.iter().copied())
                .map(Into::into)
                .collect();
            Hints::of(&words)
        };
        assert!(hints(&["check", "--nonsense", "--json"]).json);
        assert!(hints(&["check", "--format", "json"]).json);
        assert!(hints(&["check", "--format=jsonl"]).json);
        assert!(!hints(&["check", "--format", "csv"]).json);
        assert!(
            !hints(&["check", "--", "--json"]).json,
            "that is an argument"
        );
        assert_eq!(hints(&["--color", "never"]).color, Color::Never);
    }
}
