//! Reads the texts of the guides: Markdown of a narrow kind, described in `texts/README.md`. It knows
//! no organization and fills nothing in.

use contract::{GuidePage, RemedyPurpose};

/// A guide as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct GuideText {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) badge: Option<Standing>,
    pub(super) sources: Vec<String>,
    pub(super) steps: Vec<StepText>,
}

/// A step as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct StepText {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) badge: Option<Standing>,
    pub(super) page: Option<GuidePage>,
    pub(super) generated: Option<Generated>,
    /// Paragraphs.
    pub(super) why: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) blocks: Vec<BlockText>,
}

/// Commands as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockText {
    pub(super) purpose: RemedyPurpose,
    pub(super) dead: bool,
    /// Only where the organization's group is (`true`) or is not a security group.
    pub(super) security_group: Option<bool>,
    pub(super) shell: Option<String>,
    pub(super) flagged: Option<String>,
    pub(super) commands: String,
}

/// Whose standing today a badge tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    ExchangeServer,
    ExchangeOnline,
    EwsApp,
    Hybrid,
    Retired,
}

/// Rows that the program knows better than a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generated {
    Verdicts,
    States,
    Causes(contract::Blame),
}

/// A text that is not written as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub(super) struct ReadError {
    pub(super) line: usize,
    pub(super) what: String,
}

/// Reads a guide.
///
/// # Errors
/// [`ReadError`] with the line.
pub(super) fn read(text: &str) -> Result<GuideText, ReadError> {
    let mut reader = Reader::default();
    for (at, line) in text.lines().enumerate() {
        reader
            .line(line.trim_end())
            .map_err(|what| ReadError { line: at + 1, what })?;
    }
    let end = text.lines().count();
    let whole = reader.end();
    whole.map_err(|what| ReadError { line: end, what })
}

#[derive(Default)]
struct Reader {
    guide: GuideText,
    step: Option<StepText>,
    /// The block that is open.
    block: Option<BlockText>,
    /// What the last line belongs to, for lines that go on.
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    Between,
    Paragraph,
    Note,
    TableHead,
    Table,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if self.block.is_some() {
            return self.in_block(line);
        }
        if let Some(info) = line.strip_prefix("```") {
            self.block = Some(opened(info)?);
            self.place = Place::Between;
            return Ok(());
        }
        if let Some(title) = line.strip_prefix("## ") {
            return self.new_step(title);
        }
        if let Some(title) = line.strip_prefix("# ") {
            title.trim().clone_into(&mut self.guide.title);
            return Ok(());
        }
        if line.is_empty() {
            self.place = Place::Between;
            return Ok(());
        }
        if self.place == Place::Between
            && let Some((key, value)) = header(line)
        {
            return self.header(key, value);
        }
        self.in_step(line)
    }

    fn in_block(&mut self, line: &str) -> Result<(), String> {
        let Some(block) = self.block.as_mut() else {
            return Ok(());
        };
        if line != "```" {
            if !block.commands.is_empty() {
                block.commands.push('\n');
            }
            block.commands.push_str(line);
            return Ok(());
        }
        if block.commands.trim().is_empty() {
            return Err("a block without a command".to_owned());
        }
        let step = self.step.as_mut().ok_or("a block before the first step")?;
        step.blocks.extend(self.block.take());
        Ok(())
    }

    fn new_step(&mut self, title: &str) -> Result<(), String> {
        let (id, title) = title
            .split_once(": ")
            .ok_or("a step is written `## id: Title`")?;
        self.guide.steps.extend(self.step.take());
        if self.guide.steps.iter().any(|step| step.id == id) {
            return Err(format!("there are two steps called {id}"));
        }
        self.step = Some(StepText {
            id: id.to_owned(),
            title: title.to_owned(),
            ..StepText::default()
        });
        self.place = Place::Between;
        Ok(())
    }

    fn header(&mut self, key: &str, value: &str) -> Result<(), String> {
        match (&mut self.step, key) {
            (None, "Subtitle") => value.clone_into(&mut self.guide.subtitle),
            (None, "Source") => self.guide.sources.push(value.to_owned()),
            (None, "Badge") => self.guide.badge = Some(standing(value)?),
            (Some(step), "Badge") => step.badge = Some(standing(value)?),
            (Some(step), "Page") => step.page = Some(page(value)?),
            (Some(step), "Facts") => step.generated = Some(generated(value)?),
            _ => return Err(format!("{key} doesn't stand here")),
        }
        Ok(())
    }

    fn in_step(&mut self, line: &str) -> Result<(), String> {
        let step = self.step.as_mut().ok_or("text before the first step")?;
        if let Some(note) = line.strip_prefix("- ") {
            step.notes.push(note.to_owned());
            self.place = Place::Note;
        } else if line.starts_with('|') {
            self.place = table(step, line, self.place)?;
        } else if let Some(more) = step.notes.last_mut().filter(|_| self.place == Place::Note) {
            more.push(' ');
            more.push_str(line.trim_start());
        } else if let Some(more) = step
            .why
            .last_mut()
            .filter(|_| self.place == Place::Paragraph)
        {
            more.push(' ');
            more.push_str(line);
        } else {
            step.why.push(line.to_owned());
            self.place = Place::Paragraph;
        }
        Ok(())
    }

    fn end(mut self) -> Result<GuideText, String> {
        if self.block.is_some() {
            return Err("a block is not closed".to_owned());
        }
        self.guide.steps.extend(self.step.take());
        let whole = !self.guide.title.is_empty() && !self.guide.steps.is_empty();
        if whole {
            Ok(self.guide)
        } else {
            Err("a guide has a title and steps".to_owned())
        }
    }
}

/// The first two lines of a table are its head.
fn table(step: &mut StepText, line: &str, place: Place) -> Result<Place, String> {
    match place {
        Place::TableHead if line.starts_with("|---") => Ok(Place::Table),
        Place::Table => {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [name, value] = cells.as_slice() else {
                return Err("a row has two cells".to_owned());
            };
            step.facts.push(((*name).to_owned(), (*value).to_owned()));
            Ok(Place::Table)
        }
        _ => Ok(Place::TableHead),
    }
}

/// `Badge: exchange_server`: one of the known keys, so that prose may hold colons.
fn header(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(": ")?;
    ["Subtitle", "Source", "Badge", "Page", "Facts"]
        .contains(&key)
        .then(|| (key, value.trim()))
}

/// `powershell change dead shell="…" flagged="…"`.
fn opened(info: &str) -> Result<BlockText, String> {
    let mut words = info.splitn(3, ' ');
    if words.next() != Some("powershell") {
        return Err("a block holds powershell".to_owned());
    }
    let purpose = match words.next() {
        Some("look") => RemedyPurpose::Look,
        Some("change") => RemedyPurpose::Change,
        Some("undo") => RemedyPurpose::Undo,
        Some("verify") => RemedyPurpose::Verify,
        _ => return Err("a block is for look, change, undo or verify".to_owned()),
    };
    let mut block = BlockText {
        purpose,
        dead: false,
        security_group: None,
        shell: None,
        flagged: None,
        commands: String::new(),
    };
    let mut rest = words.next().unwrap_or_default().trim();
    while !rest.is_empty() {
        if let Some(more) = rest.strip_prefix("dead") {
            block.dead = true;
            rest = more.trim_start();
            continue;
        }
        let (key, more) = rest
            .split_once("=\"")
            .ok_or_else(|| format!("{rest:?} is no attribute"))?;
        let (value, more) = more.split_once('"').ok_or("a quote is not closed")?;
        match (key, value) {
            ("when", "security") => block.security_group = Some(true),
            ("when", "distribution") => block.security_group = Some(false),
            ("shell", _) => block.shell = Some(value.to_owned()),
            ("flagged", _) => block.flagged = Some(value.to_owned()),
            _ => return Err(format!("{key}={value:?} is no attribute")),
        }
        rest = more.trim_start();
    }
    Ok(block)
}

fn standing(value: &str) -> Result<Standing, String> {
    Ok(match value {
        "exchange_server" => Standing::ExchangeServer,
        "exchange_online" => Standing::ExchangeOnline,
        "ews_app" => Standing::EwsApp,
        "hybrid" => Standing::Hybrid,
        "retired" => Standing::Retired,
        _ => return Err(format!("{value:?} is no badge")),
    })
}

fn page(value: &str) -> Result<GuidePage, String> {
    Ok(match value {
        "admin_center" => GuidePage::AdminCenter,
        "microsoft_test" => GuidePage::MicrosoftTest,
        "entra_admin_center" => GuidePage::EntraAdminCenter,
        _ => return Err(format!("{value:?} is no page that may be opened")),
    })
}

fn generated(value: &str) -> Result<Generated, String> {
    use contract::Blame;
    Ok(match value {
        "verdicts" => Generated::Verdicts,
        "states" => Generated::States,
        "causes network" => Generated::Causes(Blame::Network),
        "causes certificate" => Generated::Causes(Blame::Certificate),
        "causes identity" => Generated::Causes(Blame::Identity),
        "causes exchange" => Generated::Causes(Blame::Exchange),
        "causes list" => Generated::Causes(Blame::List),
        "causes us" => Generated::Causes(Blame::Us),
        _ => return Err(format!("{value:?} is nothing the program can list")),
    })
}

#[cfg(test)]
mod tests {
    use contract::{GuidePage, RemedyPurpose};

    use super::{ReadError, Standing, read};

    const SAMPLE: &str = "\
# Rooms
Subtitle: Room lists.
Badge: exchange_server
Source: https://learn.microsoft.com/x

## list: Make a list
Page: admin_center

Why it is
needed: plainly.

- A trap,
  told.

| Field | Value |
|---|---|
| a | b: c |

```powershell change shell=\"AD\" flagged=\"All of them.\" when=\"security\"
First
Second
```

```powershell undo dead
Third
```
";

    #[test]
    fn a_guide_is_read_as_it_is_written() {
        let guide = read(SAMPLE).expect("well written");
        assert_eq!(
            (guide.title.as_str(), guide.subtitle.as_str()),
            ("Rooms", "Room lists.")
        );
        assert_eq!(guide.badge, Some(Standing::ExchangeServer));
        assert_eq!(guide.sources, ["https://learn.microsoft.com/x"]);
        let step = &guide.steps[0];
        assert_eq!(
            (step.id.as_str(), step.title.as_str(), step.page),
            ("list", "Make a list", Some(GuidePage::AdminCenter))
        );
        assert_eq!(step.why, ["Why it is needed: plainly."]);
        assert_eq!(step.notes, ["A trap, told."]);
        assert_eq!(step.facts, [("a".to_owned(), "b: c".to_owned())]);
        let [change, undo] = step.blocks.as_slice() else {
            panic!("two blocks: {:?}", step.blocks);
        };
        assert_eq!(
            (change.purpose, change.commands.as_str(), change.dead),
            (RemedyPurpose::Change, "First\nSecond", false)
        );
        assert_eq!(
            (
                change.shell.as_deref(),
                change.flagged.as_deref(),
                change.security_group
            ),
            (Some("AD"), Some("All of them."), Some(true))
        );
        assert!(undo.dead && undo.security_group.is_none());
    }

    #[test]
    fn what_is_badly_written_is_refused_with_its_line() {
        for (from, to, line) in [
            ("powershell change", "powershell repair", 19),
            ("when=\"security\"", "when=\"monday\"", 19),
            ("Page: admin_center", "Page: anywhere", 7),
            ("Badge: exchange_server", "Badge: fine", 3),
            ("## list: Make", "## Make", 6),
            ("| a | b: c |", "| a | b | c |", 17),
        ] {
            let refused = read(&SAMPLE.replace(from, to));
            assert!(
                matches!(&refused, Err(ReadError { line: at, .. }) if *at == line),
                "{to}: {refused:?}"
            );
        }
        assert!(
            read(SAMPLE.trim_end().trim_end_matches('`')).is_err(),
            "an open block"
        );
    }
}
