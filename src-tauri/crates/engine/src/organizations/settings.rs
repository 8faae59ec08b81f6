//! The settings tab of an organization.

use contract::{OrganizationSettings, Problem, SaveOrganizationSettings};
use store::organizations;

use super::known;
use crate::Engine;
use crate::activity::Kind;
use crate::email_configuration::host_of_pattern;

/// Folders a check can open.
const FOLDERS: [&str; 4] = ["inbox", "calendar", "contacts", "tasks"];
/// Most connections at once (panel §8.2).
const MOST_CONNECTIONS: u32 = 27;
/// Longest notes, in characters.
const LONGEST_NOTES: usize = 10_000;

impl Engine {
    /// Saves the settings tab.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] with its field; [`contract::Code::NotFound`].
    pub async fn organization_settings_save(
        &self,
        request: SaveOrganizationSettings,
    ) -> Result<OrganizationSettings, Problem> {
        let settings = checked(request.settings)?;
        let id = request.organization;
        let stage = self.stage();
        let author = stage.author();
        stage
            .write(move |tx| {
                let row = known(tx, id)?;
                let before = organizations::settings(tx, id)?;
                organizations::save_settings(tx, id, &settings, &author.at)?;
                if let Some(changes) = before
                    .map(|before| changes(&before, &settings))
                    .filter(|c| !c.is_empty())
                {
                    author.note(
                        tx,
                        Kind::SettingsChanged,
                        Some((id, &row.name)),
                        changes.join(" "),
                        None,
                    )?;
                }
                Ok(settings)
            })
            .await
    }
}

fn checked(settings: OrganizationSettings) -> Result<OrganizationSettings, Problem> {
    if settings.concurrency > MOST_CONNECTIONS {
        return Err(Problem::invalid(
            "concurrency",
            "Choose 1 to 27 connections, or 0 for automatic.",
        )
        .hint("Automatic starts at 4 and goes up to 10, as Microsoft advises."));
    }
    if !(1..=600).contains(&settings.timeout_seconds) {
        return Err(
            Problem::invalid("timeoutSeconds", "Choose 1 to 600 seconds.")
                .hint("30 seconds are usual."),
        );
    }
    let asked: Vec<String> = settings
        .folders
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect();
    if let Some(unknown) = asked.iter().find(|name| !FOLDERS.contains(&name.as_str())) {
        return Err(Problem::invalid(
            "folders",
            format!("There is no folder called \"{unknown}\" to open."),
        )
        .hint("Choose among inbox, calendar, contacts and tasks."));
    }
    let folders: Vec<String> = FOLDERS
        .iter()
        .filter(|name| asked.iter().any(|asked| asked == *name))
        .map(|&name| name.to_owned())
        .collect();
    if folders.is_empty() {
        return Err(Problem::invalid("folders", "Choose at least one folder.")
            .hint("The Inbox is enough to prove access."));
    }
    let host_pattern = settings.host_pattern.trim().to_owned();
    if !host_pattern.is_empty() && host_of_pattern(&host_pattern, "example.com").is_none() {
        return Err(
            Problem::invalid("hostPattern", "Write a host name, such as mail.{domain}.")
                .hint("{domain} becomes the mail domain; leave out https:// and the path."),
        );
    }
    if settings.notes.chars().count() > LONGEST_NOTES {
        return Err(
            Problem::invalid("notes", "Use at most 10,000 characters.").hint("Shorten the notes.")
        );
    }
    Ok(OrganizationSettings {
        folders,
        host_pattern,
        ..settings
    })
}

fn changes(before: &OrganizationSettings, after: &OrganizationSettings) -> Vec<String> {
    let mut changes = Vec::new();
    let mut note = |what: &str, from: String, to: String| {
        if from != to {
            changes.push(format!("{what}: {from} to {to}."));
        }
    };
    note(
        "Connections",
        before.concurrency.to_string(),
        after.concurrency.to_string(),
    );
    note(
        "Time-out",
        format!("{} s", before.timeout_seconds),
        format!("{} s", after.timeout_seconds),
    );
    note(
        "Folders",
        before.folders.join(", "),
        after.folders.join(", "),
    );
    note(
        "Host pattern",
        quoted(&before.host_pattern),
        quoted(&after.host_pattern),
    );
    if before.notes != after.notes {
        changes.push("Notes changed.".to_owned());
    }
    changes
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use contract::OrganizationSettings;

    use super::checked;

    #[test]
    fn limits_are_kept() {
        let good = OrganizationSettings {
            concurrency: 0,
            timeout_seconds: 30,
            folders: vec!["Tasks".into(), "inbox".into(), "inbox".into()],
            host_pattern: "ews.{domain}".into(),
            notes: String::new(),
        };
        let kept = checked(good.clone()).expect("within the limits");
        assert_eq!(
            kept.folders,
            ["inbox", "tasks"],
            "each once, in a fixed order"
        );
        let field = |change: fn(&mut OrganizationSettings)| {
            let mut settings = good.clone();
            change(&mut settings);
            checked(settings).map_err(|problem| problem.field.unwrap_or_default())
        };
        assert_eq!(field(|s| s.concurrency = 28), Err("concurrency".into()));
        assert_eq!(
            field(|s| s.timeout_seconds = 0),
            Err("timeoutSeconds".into())
        );
        assert_eq!(
            field(|s| s.timeout_seconds = 601),
            Err("timeoutSeconds".into())
        );
        assert_eq!(
            field(|s| s.folders = vec!["drafts".into()]),
            Err("folders".into())
        );
        assert_eq!(field(|s| s.folders.clear()), Err("folders".into()));
        assert_eq!(
            field(|s| s.host_pattern = "mail/{domain}".into()),
            Err("hostPattern".into())
        );
    }
}
