//! A guide as text to read and commands to copy, and as JSON.

use contract::{Guide, GuideBlock, GuideStep, GuideSummary, RemedyPurpose};
use serde::Serialize;

use crate::style::{Pen, harmless, one_line, width, wrap};

/// `understudy.guides/1`.
#[derive(Serialize)]
pub(crate) struct Shelf<'a> {
    schema: &'static str,
    organization: Option<&'a str>,
    guides: Vec<Summary<'a>>,
}

/// `understudy.guide/1`.
#[derive(Serialize)]
pub(crate) struct Page<'a> {
    schema: &'static str,
    organization: Option<&'a str>,
    guide: Summary<'a>,
    names: Names<'a>,
    calendar: &'a str,
    steps: Vec<Step<'a>>,
    sources: &'a [String],
}

#[derive(Serialize)]
struct Summary<'a> {
    id: &'a str,
    title: &'a str,
    subtitle: &'a str,
    badge: Option<&'a str>,
    done: u32,
    steps: u32,
}

#[derive(Serialize)]
struct Names<'a> {
    group: &'a str,
    security_group: bool,
    scope: &'a str,
    assignment: &'a str,
    server: &'a str,
    room_list: &'a str,
}

#[derive(Serialize)]
struct Step<'a> {
    id: &'a str,
    title: &'a str,
    why: &'a str,
    badge: Option<&'a str>,
    done: bool,
    notes: &'a [String],
    facts: Vec<Fact<'a>>,
    commands: Vec<Command<'a>>,
}

#[derive(Serialize)]
struct Fact<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct Command<'a> {
    purpose: RemedyPurpose,
    powershell: &'a str,
    missing: &'a [String],
    copyable: bool,
    flagged: Option<&'a str>,
    shell: Option<&'a str>,
}

impl<'a> Shelf<'a> {
    pub(crate) fn of(organization: Option<&'a str>, guides: &'a [GuideSummary]) -> Self {
        Self {
            schema: "understudy.guides/1",
            organization,
            guides: guides.iter().map(Summary::of).collect(),
        }
    }

    pub(crate) fn text(&self) -> String {
        let widest = self.guides.iter().map(|guide| guide.id.len()).max();
        let widest = widest.unwrap_or_default();
        let line = |guide: &Summary<'_>| {
            let badge = guide
                .badge
                .map_or_else(String::new, |badge| format!(" ({badge})"));
            format!("{:widest$}  {}{badge}\n", guide.id, guide.subtitle)
        };
        self.guides.iter().map(line).collect()
    }
}

impl<'a> Summary<'a> {
    fn of(summary: &'a GuideSummary) -> Self {
        Self {
            id: &summary.id,
            title: &summary.title,
            subtitle: &summary.subtitle,
            badge: summary.badge.as_ref().map(|badge| badge.text.as_str()),
            done: summary.done,
            steps: summary.steps,
        }
    }
}

impl<'a> Page<'a> {
    pub(crate) fn of(organization: Option<&'a str>, guide: &'a Guide) -> Self {
        let names = &guide.names;
        Self {
            schema: "understudy.guide/1",
            organization,
            guide: Summary::of(&guide.summary),
            names: Names {
                group: &names.group,
                security_group: names.security_group,
                scope: &names.scope,
                assignment: &names.assignment,
                server: &names.server,
                room_list: &names.room_list,
            },
            calendar: &guide.calendar,
            steps: guide.steps.iter().map(Step::of).collect(),
            sources: &guide.sources,
        }
    }

    pub(crate) fn text(&self, pen: Pen) -> String {
        let width = width();
        let mut text = format!(
            "{}\n",
            pen.strong(&titled(self.guide.title, self.guide.badge))
        );
        text.extend([wrap(self.guide.subtitle, width, ""), "\n".to_owned()]);
        if let Some(name) = self.organization {
            text.extend([format!("For {}.\n", one_line(name))]);
        }
        for (at, step) in self.steps.iter().enumerate() {
            text.extend([step.text(at + 1, width, pen)]);
        }
        text.extend([format!("\nDates as of {}. Sources:\n", self.calendar)]);
        text.extend(self.sources.iter().map(|source| format!("  {source}\n")));
        text
    }
}

impl<'a> Step<'a> {
    fn of(step: &'a GuideStep) -> Self {
        Self {
            id: &step.id,
            title: &step.title,
            why: &step.why,
            badge: step.badge.as_ref().map(|badge| badge.text.as_str()),
            done: step.done,
            notes: &step.notes,
            facts: step
                .facts
                .iter()
                .map(|fact| Fact {
                    name: &fact.name,
                    value: &fact.value,
                })
                .collect(),
            commands: step.blocks.iter().map(Command::of).collect(),
        }
    }

    fn text(&self, number: usize, width: usize, pen: Pen) -> String {
        let done = if self.done { " [done]" } else { "" };
        let title = format!("{number}. {}{done}", titled(self.title, self.badge));
        let mut text = format!("\n{}\n", pen.strong(&title));
        let paragraphs = self.why.split("\n\n");
        text.extend(paragraphs.map(|why| format!("{}\n", wrap(&harmless(why), width, "   "))));
        for note in self.notes {
            let wrapped = wrap(&harmless(note), width, "     ");
            text.extend([format!("   - {}\n", wrapped.trim_start())]);
        }
        for fact in &self.facts {
            let line = format!("{}: {}", one_line(fact.name), one_line(fact.value));
            let wrapped = wrap(&line, width, "       ");
            text.extend([format!("     {}\n", wrapped.trim_start())]);
        }
        for command in &self.commands {
            text.extend([command.text(width, pen)]);
        }
        text
    }
}

impl<'a> Command<'a> {
    fn of(block: &'a GuideBlock) -> Self {
        Self {
            purpose: block.purpose,
            powershell: &block.powershell,
            missing: &block.missing,
            copyable: block.copyable,
            flagged: block.flagged.as_deref(),
            shell: block.shell.as_deref(),
        }
    }

    /// Commands of a dead route stand as comments: pasted, they do nothing.
    fn text(&self, width: usize, pen: Pen) -> String {
        let purpose = match self.purpose {
            RemedyPurpose::Look => "Look",
            RemedyPurpose::Change => "Change",
            RemedyPurpose::Undo => "Undo",
            RemedyPurpose::Verify => "Verify",
        };
        let shell = self
            .shell
            .map_or_else(String::new, |shell| format!(" ({shell})"));
        let mut text = format!("\n   {}\n", pen.strong(&format!("{purpose}{shell}")));
        if let Some(flagged) = self.flagged {
            let warning = wrap(&format!("Careful: {flagged}"), width, "   ");
            text.extend([pen.bad(&warning), "\n".to_owned()]);
        }
        if !self.copyable {
            text.push_str("   For reading only: this works no more.\n");
        }
        let mark = if self.copyable { "" } else { "# " };
        let lines = self.powershell.lines();
        text.extend(lines.map(|line| format!("     {mark}{}\n", harmless(line))));
        text
    }
}

fn titled(title: &str, badge: Option<&str>) -> String {
    badge.map_or_else(|| title.to_owned(), |badge| format!("{title} ({badge})"))
}
