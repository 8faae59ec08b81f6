//! All the commands for a cause as one script. Pasting it changes nothing: whatever changes something stands
//! behind a `#`, which the administrator takes away.

use contract::{Cause, Remedy, RemedyPurpose};

use super::powershell::{comment, quoted};

/// What a script says at its top.
pub(super) struct Heading<'a> {
    pub(super) cause: Cause,
    pub(super) title: &'a str,
    /// Whose job it is.
    pub(super) job: &'a str,
    pub(super) run: i64,
    pub(super) started_at: &'a str,
    pub(super) ews_url: &'a str,
    pub(super) account: &'a str,
    pub(super) explanation: &'a str,
    /// Mailboxes that carry the cause; more than are listed where the script was cut.
    pub(super) count: u64,
}

/// The script.
pub(super) fn script(heading: &Heading<'_>, mailboxes: &[String], remedy: &[Remedy]) -> String {
    let mut lines = top(heading);
    if remedy.is_empty() {
        lines.push("# Nothing is to be typed here.".to_owned());
    }
    if remedy
        .iter()
        .any(|step| step.powershell.contains("$mailboxes"))
    {
        lines.push(String::new());
        lines.push("$mailboxes = @(".to_owned());
        lines.extend(
            mailboxes
                .iter()
                .map(|mailbox| format!("  {}", quoted(mailbox))),
        );
        lines.push(")".to_owned());
        if (mailboxes.len() as u64) < heading.count {
            lines.push(format!(
                "# The first {} of {}: export the others as CSV.",
                mailboxes.len(),
                heading.count
            ));
        }
    }
    for (purpose, title) in [
        (RemedyPurpose::Look, "Look: changes nothing."),
        (
            RemedyPurpose::Change,
            "Change: take the # away in front of the commands you want.",
        ),
        (
            RemedyPurpose::Undo,
            "Undo: takes the change back; take the # away only for that.",
        ),
        (RemedyPurpose::Verify, "Verify: changes nothing."),
    ] {
        section(purpose, title, remedy, &mut lines);
    }
    lines.push(String::new());
    lines.join("\n")
}

fn top(heading: &Heading<'_>) -> Vec<String> {
    let mailboxes = match heading.count {
        1 => "1 mailbox".to_owned(),
        count => format!("{count} mailboxes"),
    };
    vec![
        format!("# {} ({}): {mailboxes}", heading.title, heading.cause),
        format!(
            "# Understudy, check {} of {}, {} as {}",
            heading.run,
            comment(heading.started_at),
            comment(heading.ews_url),
            comment(heading.account)
        ),
        format!("# {}", comment(heading.explanation)),
        format!("# Whose job: {}.", heading.job),
        "# As it is, this script changes nothing. In the Exchange Management Shell, where nothing else is said."
            .to_owned(),
    ]
}

fn section(purpose: RemedyPurpose, title: &str, remedy: &[Remedy], lines: &mut Vec<String>) {
    let mut steps = remedy
        .iter()
        .filter(|step| step.purpose == purpose)
        .peekable();
    if steps.peek().is_none() {
        return;
    }
    lines.push(String::new());
    lines.push(format!("# {title}"));
    let off = match purpose {
        RemedyPurpose::Change | RemedyPurpose::Undo => "# ",
        RemedyPurpose::Look | RemedyPurpose::Verify => "",
    };
    for step in steps {
        if let Some(note) = &step.note {
            lines.push(format!("# ({})", comment(note)));
        }
        lines.push(format!("{off}{}", comment(&step.powershell)));
    }
}

#[cfg(test)]
mod tests {
    use contract::{Cause, Remedy, RemedyPurpose};

    use super::{Heading, script};

    const HEADING: Heading<'_> = Heading {
        cause: Cause::ImpersonationOutOfScope,
        title: "Outside the management scope",
        job: "the account and its rights",
        run: 7,
        started_at: "2026-11-22T20:45:44Z",
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx",
        account: "CONTOSO\\svc\r\nRemove-Mailbox x",
        explanation: "Why.",
        count: 3,
    };

    fn step(purpose: RemedyPurpose, powershell: &str) -> Remedy {
        Remedy {
            purpose,
            powershell: powershell.to_owned(),
            note: None,
        }
    }

    #[test]
    fn nothing_that_changes_runs_as_it_is() {
        let remedy = [
            step(RemedyPurpose::Look, "Get-This"),
            step(
                RemedyPurpose::Change,
                "$mailboxes | ForEach-Object { Add-This $_ }",
            ),
            step(RemedyPurpose::Undo, "Remove-This"),
            step(RemedyPurpose::Verify, "Test-This"),
        ];
        let text = script(
            &HEADING,
            &["o'brien@contoso.com".to_owned(), "b".to_owned()],
            &remedy,
        );
        let live: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .collect();
        assert_eq!(
            live,
            [
                "$mailboxes = @(",
                "  'o''brien@contoso.com'",
                "  'b'",
                ")",
                "Get-This",
                "Test-This"
            ]
        );
        assert!(text.contains("# The first 2 of 3"), "{text}");
    }
}
