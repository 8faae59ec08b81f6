//! What is wrong with the arguments, in words of our own. Never repeats what was typed where a
//! password, a token or a proxy is meant, or beside a flag that takes no value: that may be a secret.

use std::error::Error as _;
use std::ffi::OsString;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use contract::{Code, Problem};

use crate::args::Cli;

/// Words that tell what a flag is about. What is given to such a flag is not repeated.
const SENSITIVE: [&str; 6] = ["pass", "pwd", "token", "secret", "proxy", "credential"];
/// Where secrets come from.
const STDIN: &str =
    "Secrets are read from the first line of stdin (--password-stdin), never from an argument.";

/// What clap refused, and what to do.
pub(crate) fn problem(error: &clap::Error, typed: &[OsString]) -> Problem {
    let said = Said {
        error,
        help: help(typed),
    };
    let (message, hint) = match error.kind() {
        ErrorKind::TooManyValues => said.no_value(),
        ErrorKind::InvalidValue => said.value(),
        ErrorKind::ValueValidation => said.refused_value(),
        ErrorKind::UnknownArgument => said.unknown(typed),
        ErrorKind::InvalidSubcommand => said.command(),
        ErrorKind::MissingRequiredArgument => (
            format!("{} is missing.", said.names(ContextKind::InvalidArg)),
            said.help,
        ),
        ErrorKind::ArgumentConflict => said.conflict(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            ("A command is missing.".to_owned(), said.help)
        }
        ErrorKind::InvalidUtf8 => ("An argument is not UTF-8.".to_owned(), said.help),
        _ => ("The arguments do not fit together.".to_owned(), said.help),
    };
    Problem::new(Code::Invalid, message).hint(hint)
}

/// An error of clap's, and where its command is explained.
struct Said<'a> {
    error: &'a clap::Error,
    help: String,
}

/// A message, and a hint.
type Words = (String, String);

impl Said<'_> {
    fn no_value(self) -> Words {
        let flag = self.flag();
        let hint = if is_sensitive(&flag) {
            STDIN.to_owned()
        } else {
            format!("Write {flag} alone.")
        };
        (format!("{flag} takes no value."), hint)
    }

    fn value(self) -> Words {
        let flag = self.flag();
        let known = self.names(ContextKind::ValidValue);
        let hint = if known.is_empty() {
            self.help.clone()
        } else {
            format!("Give one of: {known}.")
        };
        match self.one(ContextKind::InvalidValue) {
            None | Some("") => (format!("{flag} needs a value."), hint),
            Some(value) => (wrong(&flag, value), hint),
        }
    }

    fn refused_value(self) -> Words {
        let flag = self.flag();
        let value = self.one(ContextKind::InvalidValue).unwrap_or_default();
        let hint = match self.error.source() {
            Some(advice) => advice.to_string(),
            None => self.help.clone(),
        };
        (wrong(&flag, value), hint)
    }

    fn unknown(self, typed: &[OsString]) -> Words {
        let word = self.one(ContextKind::InvalidArg).unwrap_or_default();
        if !word.starts_with('-') {
            // `--password-stdin hunter2` reads like a flag with its value.
            let secrets = typed
                .iter()
                .filter_map(|word| word.to_str())
                .any(|word| word.starts_with("--") && is_sensitive(word));
            return if secrets {
                (
                    "There is a word that belongs to no flag.".to_owned(),
                    STDIN.to_owned(),
                )
            } else {
                (
                    format!("{word:?} belongs to no flag."),
                    format!("Put names with blanks into quotes. {}", self.help),
                )
            };
        }
        if is_sensitive(word) {
            let hint = if word.to_lowercase().contains("proxy") {
                "Write --proxy system, --proxy none or --proxy http://proxy.contoso.com:8080; a name before the host, as USER@, where it wants a sign-in."
            } else {
                STDIN
            };
            return (format!("There is no flag {}.", spelled(word)), hint.into());
        }
        let hint = match self.one(ContextKind::SuggestedArg) {
            Some(similar) => format!("Did you mean {similar}? {}", self.help),
            None => self.help.clone(),
        };
        (format!("There is no flag {word}."), hint)
    }

    fn command(self) -> Words {
        let word = self
            .one(ContextKind::InvalidSubcommand)
            .unwrap_or_default()
            .to_owned();
        let hint = match self.names(ContextKind::SuggestedSubcommand) {
            similar if similar.is_empty() => self.help,
            similar => format!("Did you mean {similar}? {}", self.help),
        };
        (format!("There is no command {word:?}."), hint)
    }

    fn conflict(self) -> Words {
        let flag = self.flag();
        let others = self.names(ContextKind::PriorArg);
        let message = if others == flag {
            format!("{flag} is given more than once.")
        } else {
            format!("{flag} cannot be used with {others}.")
        };
        (message, format!("Leave one of them out. {}", self.help))
    }

    /// The flag or argument that is wrong.
    fn flag(&self) -> String {
        match self.names(ContextKind::InvalidArg) {
            name if name.is_empty() => "An argument".to_owned(),
            name => name,
        }
    }

    fn one(&self, kind: ContextKind) -> Option<&str> {
        match self.error.get(kind)? {
            ContextValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// Flags without their placeholders, values as they are; separated by commas.
    fn names(&self, kind: ContextKind) -> String {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => named(text),
            Some(ContextValue::Strings(texts)) => texts
                .iter()
                .map(|text| named(text))
                .collect::<Vec<_>>()
                .join(", "),
            _ => String::new(),
        }
    }
}

/// `--timeout <SECONDS>` as `--timeout`, `<NAME>` as `NAME`.
fn named(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let name = if first.starts_with('-') { first } else { text };
    name.trim_matches(['<', '>', '[', ']', '.']).to_owned()
}

fn wrong(flag: &str, value: &str) -> String {
    if is_sensitive(flag) {
        format!("The value of {flag} cannot be used.")
    } else {
        format!("{value:?} cannot be used for {flag}.")
    }
}

fn is_sensitive(word: &str) -> bool {
    let word = word.to_lowercase();
    SENSITIVE.iter().any(|part| word.contains(part))
}

/// Of a flag about secrets only what is a plain name of one: in `--passwordhunter2` the rest is secret.
fn spelled(word: &str) -> String {
    let start: String = word
        .chars()
        .take_while(|&c| c.is_ascii_alphabetic() || c == '-')
        .collect();
    let plain = [
        "--password-stdin",
        "--token-stdin",
        "--credentials",
        "--password",
        "--proxy",
        "--secret",
        "--token",
        "--pass",
        "--pwd",
    ];
    match plain.iter().find(|name| **name == word) {
        Some(name) => (*name).to_owned(),
        None => match plain.iter().find(|name| start.starts_with(*name)) {
            Some(name) => format!("that begins with {name}"),
            None => "like this".to_owned(),
        },
    }
}

/// Where the command that was typed is explained.
fn help(typed: &[OsString]) -> String {
    let cli = Cli::command();
    let (mut at, mut path) = (&cli, String::from("understudy"));
    for word in typed.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(command) = at.find_subcommand(word) {
            at = command;
            path.extend([" ", word]);
        }
    }
    format!("`{path} --help` shows what there is.")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::CommandFactory as _;

    use super::{Cli, problem};

    /// Message and hint of arguments that are wrong.
    fn said(words: &str) -> String {
        let typed: Vec<OsString> = std::iter::once("understudy")
            .chain(words.split(' '))
            .map(Into::into)
            .collect();
        let error = Cli::command()
            .try_get_matches_from(&typed)
            .expect_err("wrong");
        let problem = problem(&error, &typed);
        format!("{} {}", problem.message, problem.hint.expect("a next step"))
    }

    #[test]
    fn what_may_be_a_secret_is_never_repeated() {
        for words in [
            "check Contoso --password-stdin=hunter2",
            "check Contoso --password-stdin hunter2",
            "check --ews-url x --account y --password-stdin hunter2",
            "check --token-stdin=hunter2",
            "check --token-stdin hunter2 --ews-url x --account y",
            "check --json=hunter2",
            "check -vhunter2",
            "check --password=hunter2",
            "check --password hunter2",
            "check --passwordhunter2",
            "check --password:hunter2",
            "check --Password-Hunter2",
            "check -phunter2",
            "check --proxyhunter2",
            "check --proxy-user=me:hunter2",
            "organization add Contoso --password-stdin=hunter2",
            "organization add Contoso --password-stdin hunter2",
            "run show --json=hunter2",
        ] {
            let said = said(words);
            assert!(!said.to_lowercase().contains("hunter2"), "{words}: {said}");
        }
    }

    #[test]
    fn every_mistake_has_a_next_step() {
        let expected = [
            (
                "check --timeout 0",
                "\"0\" cannot be used for --timeout. Give 1 to 600 seconds.",
            ),
            (
                "check --timeout soon",
                "\"soon\" cannot be used for --timeout. Give 1 to 600 seconds.",
            ),
            (
                "check --concurrency 28",
                "\"28\" cannot be used for --concurrency. Give auto, or 1 to 27.",
            ),
            (
                "check --auth kerberos",
                "\"kerberos\" cannot be used for --auth. Give one of: auto, negotiate, ntlm, basic, bearer.",
            ),
            (
                "check --users",
                "--users needs a value. `understudy check --help` shows what there is.",
            ),
            (
                "check --userz x",
                "There is no flag --userz. Did you mean --users? `understudy check --help` shows what there is.",
            ),
            (
                "organization add",
                "NAME is missing. `understudy organization add --help` shows what there is.",
            ),
            (
                "user remove Contoso",
                "ADDRESSES is missing. `understudy user remove --help` shows what there is.",
            ),
            (
                "chekc",
                "There is no command \"chekc\". Did you mean check? `understudy --help` shows what there is.",
            ),
            (
                "check Contoso --save x",
                "ORGANIZATION cannot be used with --save. Leave one of them out. `understudy check --help` shows what there is.",
            ),
            (
                "check Contoso Fabrikam",
                "\"Fabrikam\" belongs to no flag. Put names with blanks into quotes. `understudy check --help` shows what there is.",
            ),
            (
                "check --timeout 1 --timeout 2",
                "--timeout is given more than once. Leave one of them out. `understudy check --help` shows what there is.",
            ),
        ];
        for (words, expected) in expected {
            assert_eq!(said(words), expected, "{words}");
        }
    }
}
