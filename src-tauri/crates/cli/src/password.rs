//! Where passwords come from: standard input (the service account's first, then the proxy's), else the
//! key store, else a prompt on a terminal. Never an argument, never the environment.

use std::io::{BufRead, IsTerminal as _};

use contract::{Code, Problem, Secret};

use crate::failure::internal;

/// Longest secret, in bytes: access tokens have a few thousand.
const LONGEST: u64 = 16_384;

/// The password's flags.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct PasswordArgs {
    /// Read the password from the first line of stdin, a proxy's from the second [default: the key
    /// store, else a prompt]
    #[arg(long, help_heading = "Server and account")]
    pub(crate) password_stdin: bool,
}

impl PasswordArgs {
    /// The password from standard input, where that was asked for.
    ///
    /// # Errors
    /// [`Code::PasswordNeeded`] when nothing is there, [`Code::Invalid`] when it is no text.
    pub(crate) fn read(self) -> Result<Option<Secret>, Problem> {
        if self.password_stdin {
            first_line(std::io::stdin().lock()).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The password of a proxy's user: the line of standard input after the service account's, else
    /// typed on a terminal.
    ///
    /// # Errors
    /// [`Code::PasswordNeeded`] when nothing is there and nobody can be asked.
    pub(crate) fn read_for_proxy(self, user: &str, stdin_is_list: bool) -> Result<Secret, Problem> {
        let read = if self.password_stdin {
            first_line(std::io::stdin().lock())
        } else {
            ask(&format!("{user} at the proxy"), stdin_is_list)
        };
        read.map_err(|problem| match problem.code {
            Code::PasswordNeeded => no_proxy_password(user),
            _ => problem,
        })
    }
}

fn no_proxy_password(user: &str) -> Problem {
    let message = format!("The password of {user} for the proxy is needed.");
    Problem::new(Code::PasswordNeeded, message).hint(
        "With --password-stdin it is the second line of standard input; on a terminal it is asked for.",
    )
}

/// The first line of standard input that was not read yet, for a secret that is no password.
///
/// # Errors
/// [`Code::PasswordNeeded`] when nothing is there, [`Code::Invalid`] when it is no text.
pub(crate) fn first_line_of_stdin(what: &str) -> Result<Secret, Problem> {
    first_line(std::io::stdin().lock()).map_err(|problem| match problem.code {
        Code::PasswordNeeded => Problem::new(
            Code::PasswordNeeded,
            format!("Standard input does not hold {what}."),
        )
        .hint("Write it as the first line of stdin."),
        _ => problem,
    })
}

/// Asks on a terminal.
///
/// # Errors
/// [`Code::PasswordNeeded`] where there is no terminal, or nothing was typed.
pub(crate) fn ask(whose: &str, stdin_is_list: bool) -> Result<Secret, Problem> {
    let stdin = std::io::stdin().is_terminal();
    let stderr = std::io::stderr().is_terminal();
    if !(stderr && (stdin || stdin_is_list)) {
        return Err(needed(whose));
    }
    let prompt = format!("Password for {}: ", crate::style::one_line(whose));
    let typed = rpassword::prompt_password(prompt)
        .map_err(|error| internal("asking for the password", &error))?;
    if typed.is_empty() {
        Err(needed(whose))
    } else {
        Ok(Secret::new(typed))
    }
}

/// There is no password, and nobody to ask.
pub(crate) fn needed(whose: &str) -> Problem {
    Problem::new(
        Code::PasswordNeeded,
        format!("The password for {whose} is needed."),
    )
    .hint("Pass it on standard input with --password-stdin, or run this on a terminal and type it.")
}

/// The first line, without its end. Nothing after it is used.
fn first_line(source: impl BufRead) -> Result<Secret, Problem> {
    // Room for all of it from the start: a buffer that grows leaves copies behind.
    let room = usize::try_from(LONGEST).expect("16 KiB fit");
    let mut line = Vec::with_capacity(room);
    source
        .take(LONGEST)
        .read_until(b'\n', &mut line)
        .map_err(|error| internal("reading the password from stdin", &error))?;
    let whole = line.len() < room;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    if !whole {
        line.fill(0);
        return Err(Problem::new(
            Code::Invalid,
            "The first line of stdin is too long for a password.",
        )
        .hint("Write the password alone, as the first line."));
    }
    // PowerShell may put a mark of its encoding in front.
    if line.starts_with(b"\xEF\xBB\xBF") {
        line.drain(..3);
    }
    if line.is_empty() {
        return Err(
            Problem::new(Code::PasswordNeeded, "Standard input holds no password.")
                .hint("Write the password as the first line of stdin."),
        );
    }
    match String::from_utf8(line) {
        Ok(text) => Ok(Secret::new(text)),
        Err(error) => {
            let mut bytes = error.into_bytes();
            bytes.fill(0);
            Err(
                Problem::new(Code::Invalid, "The password on stdin is not UTF-8.").hint(
                    "Write it in UTF-8; in PowerShell: $OutputEncoding = [Text.Encoding]::UTF8.",
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::Code;

    use super::first_line;

    fn read(bytes: &[u8]) -> Result<String, Code> {
        first_line(bytes)
            .map(|secret| secret.expose().to_owned())
            .map_err(|problem| problem.code)
    }

    #[test]
    fn the_first_line_counts_without_its_end() {
        assert_eq!(read(b"pa ss \nrest"), Ok("pa ss ".into()));
        assert_eq!(read(b"pass\r\nrest"), Ok("pass".into()));
        assert_eq!(read("p\u{e4}ss".as_bytes()), Ok("p\u{e4}ss".into()));
        assert_eq!(read(b"\xEF\xBB\xBFpass\r\n"), Ok("pass".into()));
        assert_eq!(read(b""), Err(Code::PasswordNeeded));
        assert_eq!(read(b"\r\npass"), Err(Code::PasswordNeeded));
        assert_eq!(read(b"p\xE4ss\n"), Err(Code::Invalid));
        assert_eq!(read(&vec![b'x'; 100_000]), Err(Code::Invalid));
    }
}
