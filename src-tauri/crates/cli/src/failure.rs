//! How a command ends when it cannot do what it was asked: one problem, on stderr for people, on
//! stdout as JSON for programs. Never says a secret, because no problem holds one.

use std::io::Write as _;
use std::process::ExitCode;

use contract::{Code, Problem, RunState, Summary};
use serde::Serialize;

/// Name of the JSON shape.
const SCHEMA: &str = "understudy.problem/1";

/// The exit codes of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0.
    Fine,
    /// 1: something breaks what is expected.
    Finding,
    /// 2: it could not all be found out.
    Incomplete,
}

impl Exit {
    /// The code of a run: findings first, then whether it is complete.
    pub(crate) fn of_run(summary: &Summary, state: RunState) -> Self {
        match (summary.findings, state) {
            (1.., _) => Self::Finding,
            (0, RunState::Complete) => Self::Fine,
            (0, _) => Self::Incomplete,
        }
    }

    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Fine => 0,
            Self::Finding => 1,
            Self::Incomplete => 2,
        })
    }
}

/// Why a command gave up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Bad input, or something that is in the way.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Whoever read the output is gone (`| head`).
    #[error("nobody reads the output any more")]
    NobodyReads,
    /// Ctrl-C for the second time.
    #[error("killed")]
    Killed,
}

/// Says a problem, and answers exit code 2.
pub(crate) fn tell(problem: &Problem, json: bool) -> ExitCode {
    // Where nobody listens, the exit code still tells.
    let _ = if json {
        tell_json(problem)
    } else {
        tell_people(problem)
    };
    Exit::Incomplete.code()
}

/// Says what clap found wrong with the arguments, or shows the help that was asked for.
pub(crate) fn of_arguments(error: &clap::Error, json: bool) -> ExitCode {
    if !error.use_stderr() {
        // Help and version were asked for.
        let _ = error.print();
        return Exit::Fine.code();
    }
    if !json {
        let _ = error.print();
        return Exit::Incomplete.code();
    }
    tell(&problem_of(error), json)
}

/// Our own fault.
pub(crate) fn internal(doing: &str, error: &dyn std::error::Error) -> Problem {
    Problem::new(
        Code::Internal,
        format!("Something went wrong while {doing}: {error}."),
    )
    .hint("Try again; if it happens again, report it.")
}

/// Clap's words without its colors: the first paragraph is the message, its tip the hint.
fn problem_of(error: &clap::Error) -> Problem {
    let text = error.render().to_string();
    let mut paragraphs = text
        .split("\n\n")
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let first = paragraphs.next().unwrap_or_default();
    let message = first.trim_start_matches("error:").trim().to_owned();
    let hint = paragraphs
        .find_map(|part| part.strip_prefix("tip: ").map(str::to_owned))
        .unwrap_or_else(|| "`--help` shows what there is.".to_owned());
    Problem::new(Code::Invalid, message).hint(hint)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    problem: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    code: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
}

fn tell_json(problem: &Problem) -> std::io::Result<()> {
    let inner = Inner {
        code: problem.code.as_str(),
        message: &problem.message,
        hint: problem.hint.as_deref(),
    };
    let document = Document {
        schema: SCHEMA,
        problem: inner,
    };
    let mut stdout = std::io::stdout().lock();
    serde_json::to_writer(&mut stdout, &document)?;
    stdout.write_all(b"\n")
}

fn tell_people(problem: &Problem) -> std::io::Result<()> {
    let mut stderr = std::io::stderr().lock();
    writeln!(
        stderr,
        "error: {}",
        crate::style::harmless(&problem.message)
    )?;
    match &problem.hint {
        Some(hint) => writeln!(stderr, "hint: {}", crate::style::harmless(hint)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use contract::{RunState, Summary};

    use super::Exit;

    #[test]
    fn findings_come_before_completeness() {
        let with = |findings| Summary {
            findings,
            ..Summary::default()
        };
        assert_eq!(Exit::of_run(&with(1), RunState::Stopped), Exit::Finding);
        assert_eq!(Exit::of_run(&with(0), RunState::Stopped), Exit::Incomplete);
        assert_eq!(Exit::of_run(&with(0), RunState::Complete), Exit::Fine);
    }
}
