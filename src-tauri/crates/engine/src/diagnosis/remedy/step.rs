//! One command and where it is typed.

use contract::{Alternative, Remedy, RemedyPurpose};

use crate::diagnosis::names::SERVER;

/// Where a command is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shell {
    /// The Exchange Management Shell: the usual one, which is not mentioned.
    Exchange,
    /// Active Directory's module.
    Directory,
    /// The console of the Exchange server.
    Server,
    /// This computer.
    Here,
    /// Exchange Online.
    Online,
    /// Microsoft Graph.
    Graph,
}

impl Shell {
    const fn words(self) -> Option<&'static str> {
        match self {
            Self::Exchange => None,
            Self::Directory => Some(
                "In Windows PowerShell with the ActiveDirectory module (every domain controller has it).",
            ),
            Self::Server => Some("In Windows PowerShell as administrator, on the Exchange server."),
            Self::Here => Some("In Windows PowerShell, on this computer."),
            Self::Online => Some("In Exchange Online PowerShell (Connect-ExchangeOnline)."),
            Self::Graph => Some("In Microsoft Graph PowerShell (Connect-MgGraph)."),
        }
    }
}

/// One command.
#[derive(Debug, Clone)]
pub(super) struct Step {
    purpose: RemedyPurpose,
    powershell: String,
    shell: Shell,
    note: Option<String>,
}

impl Step {
    fn new(purpose: RemedyPurpose, powershell: impl Into<String>) -> Self {
        Self {
            purpose,
            powershell: powershell.into(),
            shell: Shell::Exchange,
            note: None,
        }
    }

    /// The same elsewhere than in the Exchange Management Shell.
    pub(super) fn at(mut self, shell: Shell) -> Self {
        self.shell = shell;
        self
    }

    /// The same with what must be known before it is typed.
    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

pub(super) fn look(powershell: impl Into<String>) -> Step {
    Step::new(RemedyPurpose::Look, powershell)
}

pub(super) fn change(powershell: impl Into<String>) -> Step {
    Step::new(RemedyPurpose::Change, powershell)
}

pub(super) fn undo(powershell: impl Into<String>) -> Step {
    Step::new(RemedyPurpose::Undo, powershell)
}

pub(super) fn verify(powershell: impl Into<String>) -> Step {
    Step::new(RemedyPurpose::Verify, powershell)
}

/// Commands as they are handed out.
pub(super) fn finished(steps: Vec<Step>) -> Vec<Remedy> {
    steps.into_iter().map(finish).collect()
}

/// One other way.
pub(super) fn alternative(title: &str, warning: &str, steps: Vec<Step>) -> Alternative {
    Alternative {
        title: title.to_owned(),
        warning: warning.to_owned(),
        remedy: finished(steps),
    }
}

fn finish(step: Step) -> Remedy {
    let missing = step
        .powershell
        .contains(SERVER)
        .then(|| format!("Put the name of an Exchange server in for {SERVER}."));
    let parts = [step.shell.words().map(str::to_owned), step.note, missing];
    let note: Vec<String> = parts.into_iter().flatten().collect();
    Remedy {
        purpose: step.purpose,
        powershell: step.powershell,
        note: (!note.is_empty()).then(|| note.join(" ")),
    }
}
