//! What is handed to whoever has to change something: a card for a ticket, and a script.

use contract::{
    Blame, Cause, ClusterRef, CopyText, HandOffCard, Problem, Remedy, RemedyPurpose, RunState,
    Verdict,
};
use store::run_results;

use super::known::{Cluster, Known};
use super::script::{Heading, script};
use super::wording::blame_words;
use crate::Engine;
use crate::problems::of_store;

/// Most mailboxes of a script.
const MOST: usize = 50_000;
/// Rows read at a time.
const PIECE: u64 = 1_000;

impl Engine {
    /// A card for a cause of a run: rows of it, or the one that stopped it.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`] for a run, or a cause it doesn't have.
    pub async fn hand_off_card(&self, request: ClusterRef) -> Result<HandOffCard, Problem> {
        let (known, cluster) = self.cluster(&request).await?;
        Ok(hand_off(request.cause, &known, &cluster))
    }

    /// All commands for a cause of a run as one commented script, over all of its mailboxes, 50,000 at most.
    /// Whatever changes something is commented out.
    ///
    /// # Errors
    /// As [`Engine::hand_off_card`].
    pub async fn cluster_script(&self, request: ClusterRef) -> Result<CopyText, Problem> {
        let (known, cluster) = self.cluster(&request).await?;
        let (number, cause) = (known.run.number(), request.cause);
        let stage = self.stage();
        let mailboxes = stage.db.read(move |tx| {
            let mut found = Vec::new();
            let mut after = -1;
            while found.len() < MOST {
                let piece = run_results::cause_mailboxes(tx, number, cause, after, PIECE)?;
                let Some((last, _)) = piece.last() else { break };
                after = *last;
                found.extend(piece.into_iter().map(|(_, mailbox)| mailbox));
            }
            Ok(found)
        });
        let mailboxes = mailboxes.await.map_err(of_store)?;
        let row = &known.run.row;
        let explanation = known.explanation(cause);
        let heading = Heading {
            cause,
            title: known.title(cause),
            job: known.job(cause),
            run: row.number,
            started_at: &row.started_at,
            ews_url: &row.ews_url,
            account: &row.account,
            explanation: &explanation,
            count: cluster.count,
        };
        let remedy = known.remedy_of_variable(cause, &cluster);
        Ok(CopyText {
            text: script(&heading, &mailboxes, &remedy),
        })
    }

    async fn cluster(&self, request: &ClusterRef) -> Result<(Known, Cluster), Problem> {
        let stage = self.stage();
        let known = Known::load(&stage, &request.run).await?;
        let (number, cause) = (known.run.number(), request.cause);
        let cluster = stage
            .db
            .read(move |tx| Cluster::load(tx, number, cause))
            .await
            .map_err(of_store)?;
        if cluster.count == 0 && known.run.row.cause != Some(cause) {
            return Err(Problem::new(
                contract::Code::NotFound,
                format!("This check has nothing with the cause {cause}."),
            ));
        }
        Ok((known, cluster))
    }
}

pub(super) fn hand_off(cause: Cause, known: &Known, cluster: &Cluster) -> HandOffCard {
    let mut why = vec![known.explanation(cause)];
    why.extend(known.reasons(cause, cluster));
    let mut card = HandOffCard {
        title: known.title(cause).to_owned(),
        blame: cause.blame(),
        what: what(cause, known, cluster),
        why,
        mailboxes: cluster.mailboxes.clone(),
        count: cluster.count,
        remedy: known.remedy(cause, cluster),
        verification: verification(cause, cluster),
        markdown: String::new(),
    };
    card.markdown = markdown(cause, &card, &known.evidence(cause, cluster));
    card
}

fn what(cause: Cause, known: &Known, cluster: &Cluster) -> String {
    let row = &known.run.row;
    let total = row.summary.total;
    let touched = match cluster.count {
        0 => format!("{}.", known.title(cause)),
        count => format!("{}: {count} of {total} mailboxes.", known.title(cause)),
    };
    let stopped = match &row.message {
        Some(message) if row.state == RunState::Stopped && row.cause == Some(cause) => {
            format!(" The check was stopped: {message}")
        }
        _ => String::new(),
    };
    let build = row
        .server_version
        .as_deref()
        .map(|build| format!(" (build {build})"))
        .unwrap_or_default();
    format!(
        "{touched}{stopped} Seen by Understudy, check {} of {}, as {} on {}{build}.",
        row.number,
        when(&row.started_at),
        row.account,
        row.ews_url
    )
}

/// `22 Nov 2026, 13:05 UTC`: a card is read elsewhere, in another zone.
fn when(started_at: &str) -> String {
    started_at.parse::<jiff::Timestamp>().map_or_else(
        |_| started_at.to_owned(),
        |at| at.strftime("%-d %b %Y, %H:%M UTC").to_string(),
    )
}

/// How it will be seen that it is done.
fn verification(cause: Cause, cluster: &Cluster) -> String {
    let these = match cluster.count {
        0 | 1 => "the mailbox".to_owned(),
        count => format!("the {count} mailboxes"),
    };
    if cause == Cause::ImpersonationExposed {
        return format!(
            "The Verify command must not name the account any more; then these are checked again in Understudy, and {these} must be refused."
        );
    }
    if cause.verdict() == Verdict::NotChecked {
        return "The Verify commands, where there are any, show the new state; then the check is started again in Understudy, and must get past the step that it was stopped at.".to_owned();
    }
    match cause.blame() {
        Blame::List => format!(
            "The list is mended or the mailboxes are taken off it; then these are checked again in Understudy, and {these} that stayed must open."
        ),
        _ => format!(
            "The Verify commands, where there are any, show the new state; then these are checked again in Understudy, and {these} must open."
        ),
    }
}

fn markdown(cause: Cause, card: &HandOffCard, evidence: &[String]) -> String {
    let mut text = format!(
        "# {}\n\nWhose job: **{}**. Cause: `{cause}`.\n\n## What was seen\n\n{}\n",
        card.title,
        blame_words(card.blame),
        plain(&card.what)
    );
    list(
        &mut text,
        evidence.iter().map(|line| format!("- {}", plain(line))),
    );
    if !card.mailboxes.is_empty() {
        let shown = card.mailboxes.len() as u64;
        let which = if shown < card.count {
            format!("the first {shown} of {}", card.count)
        } else {
            card.count.to_string()
        };
        text.extend([format!("\nMailboxes ({which}):\n")]);
        list(
            &mut text,
            card.mailboxes.iter().map(|m| format!("- {}", code(m))),
        );
    }
    text.push_str("\n## Why\n");
    let (meaning, reasons) = card
        .why
        .split_first()
        .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    text.extend(["\n", &plain(meaning), "\n"]);
    list(
        &mut text,
        reasons
            .iter()
            .enumerate()
            .map(|(at, reason)| format!("{}. {}", at + 1, plain(reason))),
    );
    if !card.remedy.is_empty() {
        text.push_str("\n## Commands\n");
    }
    for step in &card.remedy {
        text.push_str(&command(step));
    }
    text.extend([
        "\n## How it will be verified\n\n",
        &plain(&card.verification),
        "\n",
    ]);
    text
}

fn command(step: &Remedy) -> String {
    let purpose = match step.purpose {
        RemedyPurpose::Look => "Look (changes nothing)",
        RemedyPurpose::Change => "Change",
        RemedyPurpose::Undo => "Undo",
        RemedyPurpose::Verify => "Verify (changes nothing)",
    };
    let note = step
        .note
        .as_ref()
        .map(|note| format!(" {}", plain(note)))
        .unwrap_or_default();
    format!(
        "\n**{purpose}**{note}\n\n```powershell\n{}\n```\n",
        step.powershell
    )
}

fn list(text: &mut String, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        text.push('\n');
    }
    for line in lines {
        text.extend([line.as_str(), "\n"]);
    }
}

/// A sentence in Markdown: what a server or a list says is no markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '|'
        ) {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

/// A name in Markdown.
fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !c.is_control() && *c != '`')
        .collect();
    format!("`{text}`")
}
