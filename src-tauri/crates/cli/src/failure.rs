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

/// Says a problem, and answers exit code 2. What stdout cannot take is said on stderr.
pub(crate) fn tell(problem: &Problem, json: bool) -> ExitCode {
    if !json || tell_json(problem).is_err() {
        // Where nobody listens, the exit code still tells.
        let _ = tell_people(problem);
    }
    Exit::Incomplete.code()
}

/// Says a problem on stderr, beside a report that is there all the same.
pub(crate) fn tell_beside(problem: &Problem) {
    // Where nobody listens, the exit code still tells.
    let _ = tell_people(problem);
}

/// Our own fault.
pub(crate) fn internal(doing: &str, error: &dyn std::error::Error) -> Problem {
    Problem::new(
        Code::Internal,
        format!("Something went wrong while {doing}: {error}."),
    )
    .hint("Try again; if it happens again, report it.")
}

/// The next step, where whoever found the problem names none.
fn next_step(code: Code) -> &'static str {
    match code {
        Code::NotFound => "List what there is: understudy organization list, understudy run list.",
        Code::Taken => "Choose another name.",
        Code::PasswordNeeded => "Pass the password on standard input with --password-stdin.",
        Code::BadList => "Give one address a line, or a CSV file with a column PrimarySmtpAddress.",
        Code::BadCertificate => "Give the certificate of the CA, as PEM or DER.",
        Code::DataFolder => "Choose another folder: --data-dir DIR or UNDERSTUDY_DATA_DIR.",
        Code::AlreadyRunning => "Wait until the other run has ended, or cancel it.",
        _ => "`--help` shows what there is.",
    }
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
    hint: &'a str,
}

fn hint(problem: &Problem) -> &str {
    let own = problem.hint.as_deref().filter(|hint| !hint.is_empty());
    own.unwrap_or_else(|| next_step(problem.code))
}

fn tell_json(problem: &Problem) -> std::io::Result<()> {
    let inner = Inner {
        code: problem.code.as_str(),
        message: &problem.message,
        hint: hint(problem),
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
    writeln!(stderr, "hint: {}", crate::style::harmless(hint(problem)))
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
