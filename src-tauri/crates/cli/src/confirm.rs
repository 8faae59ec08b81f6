//! A question before something that may do harm: on a terminal it is asked, elsewhere a flag answers it.

use std::io::{IsTerminal as _, Write as _};

use contract::{Code, Problem};

use crate::failure::internal;
use crate::style::one_line;

/// The flag that answers the question.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Yes {
    /// Do it without asking; needed where there is no terminal
    #[arg(long, short)]
    yes: bool,
}

impl Yes {
    /// Whether it is to be done. A refusal is said on stderr.
    ///
    /// # Errors
    /// [`Code::Invalid`] where nobody can be asked.
    pub(crate) fn or_ask(self, question: &str) -> Result<bool, Problem> {
        if self.yes {
            return Ok(true);
        }
        let question = one_line(question);
        if !can_ask() {
            return Err(Problem::new(
                Code::Invalid,
                format!("{question} Nobody can be asked without a terminal. Nothing was changed."),
            )
            .hint("Add --yes to do it."));
        }
        let yes = ask(&question)?;
        if !yes {
            eprintln!("Nothing was changed.");
        }
        Ok(yes)
    }
}

/// Whether a person is there to answer.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks on the terminal; anything but `y` and `yes` is no.
///
/// # Errors
/// Our own fault: the terminal is gone.
pub(crate) fn ask(question: &str) -> Result<bool, Problem> {
    eprint!("{} [y/N] ", one_line(question));
    let mut answer = String::new();
    std::io::stderr()
        .flush()
        .and_then(|()| std::io::stdin().read_line(&mut answer))
        .map_err(|error| internal("asking", &error))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
