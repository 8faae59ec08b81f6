//! `cargo xtask cross-check`: what Windows and macOS say, checked on Debian.
//!
//! The whole workspace is type-checked for both, its tests too, and the Windows tests of what has
//! no window run under Wine: a real `SQLite`, the real API of the Credential Manager, the folders of
//! a Windows profile, the console. It never links for macOS, opens no window, and leaves nothing but
//! what lies in `target/cross`.

mod toolchain;
mod types;
mod wine;

use std::time::Instant;

use crate::setup::{self, For};
use crate::{Outcome, USAGE};

/// A part that can be run on its own. It fails when any of it does.
struct Part {
    name: &'static str,
    run: fn() -> Outcome,
}

/// The cheapest first.
const PARTS: &[Part] = &[
    Part {
        name: "macos",
        run: || types::check(toolchain::MACOS),
    },
    Part {
        name: "windows",
        run: || types::check(toolchain::WINDOWS),
    },
    Part {
        name: "wine",
        run: wine::test,
    },
];

/// The command.
///
/// # Errors
/// Names the parts that failed, what is missing, or the option that means nothing.
pub(crate) fn command(rest: &[String]) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err("the cross check runs on Debian, whose packages hold all it takes".into());
    }
    check(&chosen(rest)?)
}

/// All of it, as a stage of the tests.
///
/// # Errors
/// Names the parts that failed, or what is missing.
pub(crate) fn everything() -> Outcome {
    if !cfg!(target_os = "linux") {
        eprintln!("xtask: other systems are checked for on Debian only");
        return Ok(());
    }
    check(&PARTS.iter().collect::<Vec<_>>())
}

fn check(parts: &[&Part]) -> Outcome {
    setup::ensure(For::CrossChecking)?;
    toolchain::prepare()?;
    let mut failed = Vec::new();
    for part in parts {
        let start = Instant::now();
        let outcome = (part.run)();
        let said = outcome.as_ref().err().map_or("passed", String::as_str);
        eprintln!(
            "xtask: cross-check {}: {said} ({} s)",
            part.name,
            start.elapsed().as_secs()
        );
        if let Err(message) = outcome {
            failed.push(format!("{}: {message}", part.name));
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("; "))
    }
}

fn chosen(rest: &[String]) -> Result<Vec<&'static Part>, String> {
    let mut only = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if word != "--only" {
            return Err(format!("{word} means nothing here\n\n{USAGE}"));
        }
        let name = words.next().ok_or("--only needs macos, windows or wine")?;
        let part = PARTS.iter().find(|part| part.name == name);
        only.push(part.ok_or_else(|| format!("no part called {name}\n\n{USAGE}"))?);
    }
    Ok(if only.is_empty() {
        PARTS.iter().collect()
    } else {
        only
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Result<Vec<&'static str>, String> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Ok(chosen(&words)?.iter().map(|part| part.name).collect())
    }

    #[test]
    fn every_part_runs_unless_parts_are_named() {
        assert_eq!(names(&[]).unwrap(), ["macos", "windows", "wine"]);
        assert_eq!(names(&["--only", "wine"]).unwrap(), ["wine"]);
    }

    #[test]
    fn a_slip_is_named() {
        assert!(names(&["--only", "beos"]).unwrap_err().contains("beos"));
        assert!(names(&["--only"]).is_err());
        assert!(names(&["wine"]).unwrap_err().contains("wine"));
    }
}
