//! A record of a list as a row: what address, who, what kind of mailbox.
//!
//! Repairs no address: what is none stays a row that says why.

use contract::{AddressError, SmtpAddress};
use ews::MailboxGuid;

use super::{
    columns::Columns, dialect::is_type_line, entries::Entry, is_system_mailbox, records::Record,
};

/// Longest text of a bad address that is shown, in characters.
const SHOWN: usize = 254;

/// One row of a user list. Texts are trimmed and hold no control characters; blank cells are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Line of the file it starts on, from 1.
    pub line: u64,
    /// The address, or why there is none.
    pub address: Result<SmtpAddress, BadAddress>,
    /// `DisplayName`, else `Name`, else what stands before `<…>` in the address cell.
    pub display_name: Option<String>,
    /// `UserPrincipalName`.
    pub upn: Option<String>,
    /// `SID` or `ObjectSid`.
    pub sid: Option<String>,
    /// `ExchangeGuid` or `MailboxGuid`, or a text there that is no GUID.
    pub exchange_guid: Option<Result<MailboxGuid, BadGuid>>,
    /// `RecipientTypeDetails`.
    pub recipient_type: Option<String>,
    /// The SMTP addresses of `EmailAddresses`, the primary ones (`SMTP:`) first.
    pub proxy_addresses: Vec<SmtpAddress>,
    /// `Tags`, as one text.
    pub tags: Option<String>,
    /// One of Exchange's own mailboxes, see [`is_system_mailbox`].
    pub is_system: bool,
}

/// A cell that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text} is not an e-mail address")]
pub struct BadAddress {
    /// What to show: the cell on one line and at most 254 characters, else the display name, else `line N`.
    pub text: String,
    /// What is wrong with it.
    #[source]
    pub reason: AddressError,
}

/// A text that is no GUID. The row is as good without: it is only not tied to its address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("ExchangeGuid is not a GUID and was ignored: {text}")]
pub struct BadGuid {
    /// The cell on one line and at most 254 characters.
    pub text: String,
}

impl ListRow {
    /// Reads a record; `None` if every cell is blank.
    pub(super) fn read(columns: &Columns, record: &Record) -> Option<Self> {
        let first = record.cells().find(|cell| !trim(cell).is_empty())?;
        if is_type_line(trim(first)) {
            return None;
        }
        let cell = |column: Option<usize>| column.and_then(|at| filled(record.cell(at)));
        let (primary, proxy_addresses) = columns
            .proxy_addresses
            .map_or((None, Vec::new()), |at| proxies(record.cell(at)));
        let (text, address) = address(columns, record);
        let display_name =
            display_name(columns, record).or_else(|| address.is_ok().then(|| name_before(text))?);
        let recipient_type = cell(columns.recipient_type);
        let address = match (address, primary) {
            (Err(AddressError::Empty), Some(primary)) => Ok(primary),
            (address, _) => address,
        };
        let address = address.map_err(|reason| BadAddress {
            text: shown(text)
                .or_else(|| display_name.clone())
                .unwrap_or_else(|| format!("line {}", record.line)),
            reason,
        });
        let named = address
            .as_ref()
            .map_or_else(|bad| bad.text.as_str(), SmtpAddress::as_str);
        let is_system = is_system(recipient_type.as_deref(), named, display_name.as_deref());
        Some(Self {
            line: record.line,
            address,
            display_name,
            upn: cell(columns.upn),
            sid: cell(columns.sid),
            exchange_guid: exchange_guid(columns, record),
            recipient_type,
            proxy_addresses,
            tags: cell(columns.tags),
            is_system,
        })
    }

    /// One address of a line that holds nothing else.
    pub(super) fn of_entry(line: u64, entry: Entry<'_>) -> Self {
        let display_name = name_before(entry.text);
        Self {
            line,
            is_system: is_system(None, entry.address.as_str(), display_name.as_deref()),
            address: Ok(entry.address),
            display_name,
            upn: None,
            sid: None,
            exchange_guid: None,
            recipient_type: None,
            proxy_addresses: Vec::new(),
            tags: None,
        }
    }
}

fn is_system(recipient_type: Option<&str>, address: &str, display_name: Option<&str>) -> bool {
    is_system_mailbox(recipient_type, address)
        || display_name.is_some_and(|name| is_system_mailbox(None, name))
}

/// On one line: trimmed, every run of control characters a blank.
pub(super) fn one_line(text: &str) -> String {
    let text = trim(text);
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let parts: Vec<&str> = text
        .split(char::is_control)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}

/// The first address cell that is not blank, and the address in it.
fn address<'a>(
    columns: &Columns,
    record: &'a Record,
) -> (&'a str, Result<SmtpAddress, AddressError>) {
    let mut cells = columns.address.iter().map(|at| record.cell(*at));
    let cell = cells
        .find(|cell| !trim(cell).is_empty())
        .unwrap_or_default();
    if !columns.header && !cell.contains('@') {
        // Rows of a list without header may be shifted: `Berg, Anna <anna@contoso.com>`.
        let other = record
            .cells()
            .find_map(|cell| Some((cell, parse(cell).ok()?)));
        if let Some((cell, address)) = other {
            return (cell, Ok(address));
        }
    }
    (cell, parse(cell))
}

/// Stricter than [`SmtpAddress::parse`]: a line break anywhere in the cell may hide a second address.
fn parse(cell: &str) -> Result<SmtpAddress, AddressError> {
    if trim(cell).is_empty() {
        return Err(AddressError::Empty);
    }
    if cell.contains(['\n', '\r']) {
        return Err(AddressError::Control);
    }
    SmtpAddress::parse(trim(cell))
}

fn display_name(columns: &Columns, record: &Record) -> Option<String> {
    let mut names = columns.name.iter().map(|at| record.cell(*at));
    let name = names.find(|cell| !trim(cell).is_empty())?;
    // Without a header a shifted row may have its address here.
    (columns.header || !name.contains('@')).then(|| filled(name))?
}

/// A blank cell has none, and neither has one of zeros only: the mailbox is not made yet.
fn exchange_guid(columns: &Columns, record: &Record) -> Option<Result<MailboxGuid, BadGuid>> {
    let cell = trim(record.cell(columns.exchange_guid?));
    let nothing = |c: char| matches!(c, '0' | '-' | '{' | '}');
    if cell.chars().all(nothing) {
        return None;
    }
    Some(MailboxGuid::parse(cell).ok_or_else(|| BadGuid {
        text: shown(cell).unwrap_or_default(),
    }))
}

/// `Anna Berg` of `Anna Berg <anna@contoso.com>`.
fn name_before(cell: &str) -> Option<String> {
    let (name, _) = cell.rsplit_once('<')?;
    let name = trim(name);
    let bare = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(name);
    filled(bare)
}

/// The primary address, and all SMTP addresses, of an `EmailAddresses` cell: `SMTP:` marks the
/// primary one, `smtp:` the others (`proxyAddresses`:
/// <https://learn.microsoft.com/windows/win32/adschema/a-proxyaddresses>). A single one is the primary.
fn proxies(cell: &str) -> (Option<SmtpAddress>, Vec<SmtpAddress>) {
    let cell = trim(cell);
    let cell = cell
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(cell);
    let (mut primaries, mut others) = (Vec::new(), Vec::new());
    for entry in cell.split(|c: char| matches!(c, ';' | ',') || c.is_whitespace()) {
        let (list, text) = match entry.split_once(':') {
            None => (&mut others, entry),
            Some(("SMTP", text)) => (&mut primaries, text),
            Some((prefix, text)) if prefix.eq_ignore_ascii_case("smtp") => (&mut others, text),
            Some(_) => continue,
        };
        list.extend(SmtpAddress::parse(text));
    }
    let single = others.first().filter(|_| others.len() == 1);
    let primary = primaries.first().or(single).cloned();
    primaries.append(&mut others);
    (primary, primaries)
}

fn filled(cell: &str) -> Option<String> {
    Some(one_line(cell)).filter(|text| !text.is_empty())
}

fn shown(cell: &str) -> Option<String> {
    // Where it is broken is seen, and no text turns its direction around.
    let text = filled(&cell.replace(SmtpAddress::is_invisible, " "))?;
    Some(match text.char_indices().nth(SHOWN) {
        Some((end, _)) => text[..end].trim_end().to_owned(),
        None => text,
    })
}

/// Without what shows nothing at both ends.
pub(super) fn trim(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || SmtpAddress::is_invisible(c))
}
