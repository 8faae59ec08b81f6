//! Developer commands: `cargo xtask demo | test | cross-check | bench | fuzz | ui | package`.
//!
//! Standard library only, so that the first command on a fresh machine starts in seconds. It
//! installs what is missing where it knows how (Debian, Ubuntu), and says what to install elsewhere.

mod bench;
mod cross;
mod demo;
mod desktop;
mod fuzz;
mod package;
mod process;
mod setup;
mod test;
mod ui;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  demo     builds the app and opens it on a simulated Exchange with 200 mailboxes;
           without a display: runs the check in the terminal
  test     everything that can fail: format, lints, types, Rust, interface, window, interop
             --list          names of the stages
             --only STAGE    this stage (repeatable)
  cross-check
           type-checks everything for Windows and macOS, and runs the Windows tests of
           what has no window under Wine; on Debian
             --only macos|windows|wine
  bench    benchmarks, in release builds; all, or the one that is named
  fuzz     arbitrary bytes for what reads the answers of servers, on Linux; all targets, or
           those that are named, ten minutes each
             --short         a million executions each
  ui       builds the interface into ui/dist
  package  an installer for this system";

/// What went wrong, in words for the person at the terminal.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("--help", &[][..]),
    };
    let outcome = match command {
        "demo" => demo::command(rest),
        "test" => test::command(rest),
        "cross-check" => cross::command(rest),
        "bench" => bench::command(rest),
        "fuzz" => fuzz::command(rest),
        "ui" => ui::command(rest),
        "package" => package::command(rest),
        "--help" | "-h" | "help" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("no command called {other}\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Refuses arguments where a command takes none.
fn no_arguments(rest: &[String]) -> Outcome {
    match rest.first() {
        None => Ok(()),
        Some(argument) => Err(format!("{argument} means nothing here\n\n{USAGE}")),
    }
}
