//! Running other programs: from the root of the repository, with their output shown.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// Root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the root")
        .to_owned()
}

/// A program, to be run in the root of the repository.
pub(crate) fn program(name: &str) -> Command {
    // `npm` and `npx` are scripts on Windows, which only their full name starts.
    let script = cfg!(windows) && matches!(name, "npm" | "npx");
    let mut command = Command::new(if script {
        format!("{name}.cmd")
    } else {
        name.to_owned()
    });
    command.current_dir(root());
    command
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root());
    command
}

/// Runs it to its end.
///
/// # Errors
/// When it cannot be started, or says that it failed.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    eprintln!("$ {shown}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed ({status})")),
        Err(error) => Err(format!("`{shown}` cannot be started: {error}")),
    }
}

/// Runs it to its end, showing what it prints on stdout, and answers that beside how it ended.
pub(crate) fn run_and_read(command: &mut Command) -> (Outcome, String) {
    let shown = shown(command);
    eprintln!("$ {shown}");
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            return (
                Err(format!("`{shown}` cannot be started: {error}")),
                String::new(),
            );
        }
    };
    let mut text = String::new();
    let output = BufReader::new(child.stdout.take().expect("it is piped"));
    // Tests may print anything; what is no text is shown as it can be.
    for line in output.split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("{}", line.trim_end());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let outcome = match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` failed ({status})")),
        Err(error) => Err(format!("`{shown}` cannot be waited for: {error}")),
    };
    (outcome, text)
}

/// Runs what is to fail, and answers what it said on stderr; `None` when it succeeded.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn failure(command: &mut Command) -> Result<Option<String>, String> {
    let shown = shown(command);
    eprintln!("$ {shown}  # is to fail");
    let output = command
        .output()
        .map_err(|error| format!("`{shown}` cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((!output.status.success()).then_some(said))
}

/// What it prints on stdout, or `None` when it cannot be started or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program of this name is found.
pub(crate) fn exists(name: &str) -> bool {
    let found = |folder: PathBuf| {
        folder.join(name).is_file()
            || (cfg!(windows)
                && ["exe", "cmd"]
                    .iter()
                    .any(|e| folder.join(name).with_extension(e).is_file()))
    };
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(found))
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or(command.get_program());
    let words: Vec<_> = std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_workspace() {
        assert!(root().join("src-tauri").is_dir());
    }

    #[test]
    fn a_failure_names_the_command() {
        let message = run(cargo().arg("no-such-command").stderr(Stdio::null())).unwrap_err();
        assert!(
            message.starts_with("`cargo no-such-command` failed"),
            "{message}"
        );
    }

    #[test]
    fn what_is_shown_can_be_read() {
        let (outcome, text) = run_and_read(cargo().arg("--version"));
        assert!(outcome.is_ok() && text.starts_with("cargo "), "{text}");
        let (outcome, text) = run_and_read(cargo().arg("no-such-command").stderr(Stdio::null()));
        assert!(outcome.is_err() && text.is_empty());
    }

    #[test]
    fn a_failure_that_is_wanted_is_told_from_success() {
        assert_eq!(failure(cargo().arg("--version")), Ok(None));
        let said = failure(cargo().arg("no-such-command")).unwrap().unwrap();
        assert!(said.contains("no-such-command"), "{said}");
    }

    #[test]
    fn a_missing_program_is_told_from_a_failed_one() {
        let message = run(&mut program("no-such-program")).unwrap_err();
        assert!(message.contains("cannot be started"), "{message}");
        assert!(!exists("no-such-program"));
    }
}
