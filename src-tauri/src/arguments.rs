//! What the app was started with. A start from an icon has no arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use contract::{Code, Problem};

const USAGE: &str = "\
Usage: understudy-desktop [--data-dir DIR] [--practice SCENARIO]

  --data-dir DIR       keep everything in DIR (default: the platform's folder, or UNDERSTUDY_DATA_DIR)
  --practice SCENARIO  open in practice mode, on a simulated Exchange: demo, healthy, …
  --help, --version";

/// What is asked of this start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Open the window.
    Run(Arguments),
    /// Print this and end.
    Print(String),
}

/// How to open the window.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// Left out: the platform's folder.
    pub(crate) data_dir: Option<PathBuf>,
    /// The scenario to practise.
    pub(crate) practice: Option<String>,
}

/// Reads the arguments, the name of the program left out.
///
/// # Errors
/// [`Code::Invalid`] for an argument that means nothing here.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Wish, Problem> {
    let mut wish = Arguments::default();
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        match argument.to_str() {
            Some("--data-dir") => {
                wish.data_dir = Some(PathBuf::from(value(&mut rest, "--data-dir")?));
            }
            Some("--practice") => {
                let scenario = value(&mut rest, "--practice")?;
                wish.practice = Some(scenario.into_string().map_err(|other| unknown(&other))?);
            }
            Some("--help" | "-h") => return Ok(Wish::Print(USAGE.into())),
            Some("--version" | "-V") => {
                return Ok(Wish::Print(format!(
                    "understudy-desktop {}",
                    env!("CARGO_PKG_VERSION")
                )));
            }
            // macOS names the process on the first start of a downloaded app.
            Some(psn) if psn.starts_with("-psn_") => {}
            _ => return Err(unknown(&argument)),
        }
    }
    Ok(Wish::Run(wish))
}

fn value(rest: &mut impl Iterator<Item = OsString>, flag: &str) -> Result<OsString, Problem> {
    rest.next()
        .ok_or_else(|| bad(format!("{flag} needs a value.")))
}

fn unknown(argument: &OsString) -> Problem {
    bad(format!("{} means nothing here.", argument.display()))
}

fn bad(message: String) -> Problem {
    Problem::new(Code::Invalid, message).hint("understudy-desktop --help lists what can be said.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Wish, Problem> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn a_start_from_an_icon_just_runs() {
        assert_eq!(read(&[]).unwrap(), Wish::Run(Arguments::default()));
        assert_eq!(
            read(&["-psn_0_12345"]).unwrap(),
            Wish::Run(Arguments::default())
        );
    }

    #[test]
    fn folder_and_scenario_are_taken() {
        let wish = read(&["--practice", "demo", "--data-dir", "x y"]).unwrap();
        let expected = Arguments {
            data_dir: Some("x y".into()),
            practice: Some("demo".into()),
        };
        assert_eq!(wish, Wish::Run(expected));
    }

    #[test]
    fn a_slip_is_named() {
        assert!(
            read(&["--practise"])
                .unwrap_err()
                .message
                .contains("--practise")
        );
        assert!(
            read(&["--practice"])
                .unwrap_err()
                .message
                .contains("needs a value")
        );
    }
}
