//! A question before something is deleted: on a terminal it is asked, elsewhere `--yes` answers it.

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
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            return Err(Problem::new(
                Code::Invalid,
                format!("{question} Nobody can be asked without a terminal. Nothing was changed."),
            )
            .hint("Add --yes to do it."));
        }
        eprint!("{question} [y/N] ");
        let mut answer = String::new();
        std::io::stderr()
            .flush()
            .and_then(|()| std::io::stdin().read_line(&mut answer))
            .map_err(|error| internal("asking", &error))?;
        let yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
        if !yes {
            eprintln!("Nothing was changed.");
        }
        Ok(yes)
    }
}
