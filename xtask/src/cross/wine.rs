//! The Windows tests of what has no window, under Wine, in a Windows that is made for them and gone
//! with them.
//!
//! Wine is not Windows. `SQLite`, files, sockets, threads and text on stdout are as there, and so is the
//! API of the Credential Manager, on a registry file that nothing guards. What it cannot do: trust a
//! CA besides the platform's (Wine 8 knows no `CERT_CHAIN_ENGINE_CONFIG` of Windows 7 or newer), so
//! that the tests in `tests/`, whose simulator has a CA of its own, stay on Linux; log on with the
//! ticket of a domain; show a console window, which here is always a pipe; guard files by rights.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::process::{output, program, root, run, run_and_read};

use super::toolchain::{WINDOWS, cargo, folder};

/// Whose tests run: all that has no window.
const PACKAGES: &[&str] = &[
    "contract",
    "ews",
    "store",
    "exchange",
    "exchange-sim",
    "oauth",
    "engine",
    "cli",
];

/// Tests that do not run under Wine, and why.
const SKIPPED: &[(&str, &str)] = &[];

/// The test of the real key store; elsewhere it needs a desktop, and so is ignored.
const KEY_STORE: &str = "adapters::platform::tests::a_real_key_store_keeps_and_forgets";

/// Longest that one test program may take, in seconds: Wine may hang where Windows would not.
const PATIENCE: u32 = 600;

/// Runs them all.
///
/// # Errors
/// Names what failed. All of it runs, unless it does not compile.
pub(super) fn test() -> Outcome {
    let wine = Wine::new()?;
    run(tests(&wine).args(["--no-run", "--lib", "--bins", "--tests"]))?;
    let outcomes = [crates(&wine), key_store(&wine), command_line(&wine)];
    let failed: Vec<_> = outcomes.into_iter().filter_map(Result::err).collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("; "))
    }
}

/// A Windows of its own. It ends with its owner, and its files go with it.
struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// Starts it up, which takes it some ten seconds.
    fn new() -> Result<Self, String> {
        let wine = Self {
            prefix: folder().join("wine"),
        };
        // What a run that was cut off has left, with a key store of its own.
        wine.end();
        fs::create_dir_all(&wine.prefix)
            .map_err(|error| format!("{}: {error}", wine.prefix.display()))?;
        run(wine.dress(program("wine").args(["wineboot", "--init"])))?;
        run(program("x86_64-w64-mingw32-gcc")
            .args(["-shared", "-o"])
            .arg(
                wine.prefix
                    .join("drive_c/windows/system32/bcryptprimitives.dll"),
            )
            .args(["xtask/cross/bcryptprimitives.c", "-ladvapi32"]))?;
        Ok(wine)
    }

    /// Lets a command, and what it starts, use this Windows and nothing of the person's.
    fn dress<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if std::env::var_os("CARGO_HOME").is_none()
            && let Some(home) = std::env::home_dir()
        {
            command.env("CARGO_HOME", home.join(".cargo"));
        }
        command
            // Wine links the folders of a profile to those it finds here.
            .env("HOME", &self.prefix)
            .env("WINEPREFIX", &self.prefix)
            .env("WINEARCH", "win64")
            .env("WINEDEBUG", "-all")
            // It would offer to download .NET and a browser, and make menus.
            .env("WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe=")
            .env(
                "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER",
                format!("timeout --kill-after=10 {PATIENCE} wine"),
            )
            .env("INSTA_WORKSPACE_ROOT", root())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
    }

    fn end(&self) {
        if self.prefix.is_dir() {
            // There may be no server any more; then there is nothing to end.
            let _ = output(
                program("wineserver")
                    .arg("-k")
                    .env("WINEPREFIX", &self.prefix),
            );
            let _ = output(
                program("wineserver")
                    .arg("-w")
                    .env("WINEPREFIX", &self.prefix),
            );
            // What stays lies in an ignored folder, and the next run tries again.
            let _ = fs::remove_dir_all(&self.prefix);
        }
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        self.end();
    }
}

/// `cargo test` of the packages.
fn tests(wine: &Wine) -> Command {
    let mut command = cargo("test", WINDOWS);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    wine.dress(&mut command);
    command
}

/// The tests of the crates, but for those that are skipped.
fn crates(wine: &Wine) -> Outcome {
    let mut command = tests(wine);
    command.args([
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
        "--",
        "--exact",
    ]);
    for (name, why) in SKIPPED {
        eprintln!("xtask: not under Wine: {name} ({why})");
        command.args(["--skip", name]);
    }
    let (outcome, text) = run_and_read(&mut command);
    let count = Count::of(&text);
    eprintln!(
        "xtask: Windows tests of the crates: {} passed, {} failed, {} ignored, {} skipped",
        count.passed, count.failed, count.ignored, count.filtered
    );
    outcome?;
    if count.filtered != SKIPPED.len() {
        return Err(format!(
            "{} tests are to be skipped, {} of them are there",
            SKIPPED.len(),
            count.filtered
        ));
    }
    Ok(())
}

/// Stores, reads and deletes an entry of the Credential Manager.
fn key_store(wine: &Wine) -> Outcome {
    let only = ["--lib", "--", "--ignored", "--exact", KEY_STORE];
    let (outcome, text) = run_and_read(tests(wine).arg("--quiet").args(only));
    outcome?;
    match Count::of(&text).passed {
        1 => Ok(()),
        count => Err(format!("{count} tests are called {KEY_STORE}")),
    }
}

/// The command line itself: a check of the simulated Exchange, then what it keeps where.
fn command_line(wine: &Wine) -> Outcome {
    let mut build = cargo("build", WINDOWS);
    for package in PACKAGES {
        build.args(["--package", package]);
    }
    run(wine.dress(build.arg("--bins")))?;
    let words = "practice --check --http --scenario healthy --users 20";
    says(wine, words, "20 granted")?;
    says(wine, "organization list", "Default Organization")?;
    let users = wine.prefix.join("drive_c/users");
    match find(&users, "understudy.db").as_slice() {
        [path] if path.components().any(|part| part.as_os_str() == "AppData") => Ok(()),
        paths => Err(format!(
            "the database is to lie in AppData of the one profile, and lies in {paths:?}"
        )),
    }
}

/// Runs the command line with these words, which must succeed and print this.
fn says(wine: &Wine, words: &str, expected: &str) -> Outcome {
    let mut command = program("timeout");
    command
        .args(["--kill-after=10", "120", "wine"])
        .arg(folder().join(WINDOWS).join("debug/understudy.exe"))
        .args(words.split(' '))
        .env_remove("UNDERSTUDY_DATA_DIR");
    let (outcome, text) = run_and_read(wine.dress(&mut command));
    outcome?;
    if text.contains(expected) {
        Ok(())
    } else {
        Err(format!("understudy.exe {words} does not say {expected:?}"))
    }
}

/// Files of this name, in a folder and those below it. Links are not followed.
fn find(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(find(&entry.path(), name));
        } else if entry.file_name() == name {
            found.push(entry.path());
        }
    }
    found
}

/// How many tests of several programs came out how.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    failed: usize,
    ignored: usize,
    filtered: usize,
}

impl Count {
    /// Adds up what the test programs say at their ends.
    fn of(text: &str) -> Self {
        let mut count = Self::default();
        // A line may begin with what a test has printed.
        let results = text
            .lines()
            .filter_map(|line| line.split_once("test result: "));
        for (_, result) in results {
            for part in result.split(['.', ';']) {
                let mut words = part.split_whitespace();
                let (Some(number), Some(what)) = (words.next(), words.next()) else {
                    continue;
                };
                let Ok(number) = number.parse::<usize>() else {
                    continue;
                };
                match what {
                    "passed" => count.passed += number,
                    "failed" => count.failed += number,
                    "ignored" => count.ignored += number,
                    "filtered" => count.filtered += number,
                    _ => {}
                }
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let text = "test a ... ok\n\
            test result: ok. 119 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.49s\n\
            test result: FAILED. 3 passed; 4 failed; 0 ignored; 0 measured; 1 filtered out; finished in 10.02s\n";
        let expected = Count {
            passed: 122,
            failed: 4,
            ignored: 1,
            filtered: 3,
        };
        assert_eq!(Count::of(text), expected);
        assert_eq!(Count::of("nothing ran"), Count::default());
    }

    #[test]
    fn what_is_skipped_says_why() {
        for (name, why) in SKIPPED {
            assert!(name.contains("::") && !why.is_empty(), "{name}");
        }
    }

    #[test]
    fn files_are_found_below() {
        let source = root().join("xtask/src");
        let found = find(&source, "wine.rs");
        assert_eq!(found, [source.join("cross/wine.rs")]);
        assert!(find(&source, "no such file").is_empty());
    }
}
