//! Which column of a list is what: by its header, or by the first row of a list without one.
//!
//! Never looks further than the first record.

use contract::SmtpAddress;

use super::{ListError, Want, entries, records::Record, row::trim};

/// Most columns of a list; a full `Get-Mailbox` export has about 250.
const MOST_COLUMNS: usize = 1000;

/// Address columns in the order they are tried (`E-Mail` reads as `Email`).
const ADDRESS: [&str; 5] = [
    "primarysmtpaddress",
    "windowsemailaddress",
    "emailaddress",
    "email",
    "mail",
];
const UPN: &str = "userprincipalname";
const SIDS: [&str; 2] = ["sid", "objectsid"];
const NAMES: [&str; 2] = ["displayname", "name"];
/// Of `Get-Mailbox`, and what other tools call it.
const GUIDS: [&str; 2] = ["exchangeguid", "mailboxguid"];
const RECIPIENT_TYPE: &str = "recipienttypedetails";
const PROXY_ADDRESSES: &str = "emailaddresses";
const TAGS: &str = "tags";
/// Known, so that it marks a header, and not used.
const IGNORED: &str = "alias";

/// The columns of a list, by position.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// Tried one after the other until a cell is not blank.
    pub(super) address: Vec<usize>,
    /// As for the address.
    pub(super) name: Vec<usize>,
    pub(super) upn: Option<usize>,
    pub(super) sid: Option<usize>,
    pub(super) exchange_guid: Option<usize>,
    pub(super) recipient_type: Option<usize>,
    pub(super) proxy_addresses: Option<usize>,
    pub(super) tags: Option<usize>,
    /// The first record is a header.
    pub(super) header: bool,
}

impl Columns {
    /// Reads the first record.
    pub(super) fn of(first: &Record, want: Want, file: &str) -> Result<Self, ListError> {
        let file = file.to_owned();
        if first.len() > MOST_COLUMNS && entries::of_record(first).is_none() {
            return Err(ListError::TooManyColumns {
                file,
                line: first.line,
                columns: first.len(),
            });
        }
        let columns = if is_header(first) {
            Self::of_header(first)
        } else {
            Self::of_row(first)
        };
        let seen = || {
            first
                .cells()
                .map(super::row::one_line)
                .filter(|cell| !cell.is_empty())
                .collect()
        };
        if !columns.header && first.len() > 1 && !first.cells().any(|cell| cell.contains('@')) {
            return Err(ListError::UnknownHeader {
                file,
                line: first.line,
                columns: seen(),
            });
        }
        if columns.satisfy(want) {
            return Ok(columns);
        }
        let columns = if columns.header { seen() } else { Vec::new() };
        Err(ListError::NoColumn {
            file,
            line: first.line,
            want,
            columns,
        })
    }

    /// Positions that are used, from left to right.
    pub(super) fn used(&self) -> Vec<usize> {
        let single = [
            self.upn,
            self.sid,
            self.exchange_guid,
            self.recipient_type,
            self.proxy_addresses,
            self.tags,
        ];
        let mut used: Vec<usize> = self
            .address
            .iter()
            .chain(&self.name)
            .copied()
            .chain(single.into_iter().flatten())
            .collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    fn satisfy(&self, want: Want) -> bool {
        match want {
            Want::Address => !self.address.is_empty() || self.proxy_addresses.is_some(),
            Want::Upn => self.upn.is_some(),
            Want::Sid => self.sid.is_some(),
        }
    }

    fn of_header(header: &Record) -> Self {
        let keys: Vec<String> = header.cells().map(key).collect();
        let find = |name: &str| keys.iter().position(|key| key == name);
        let upn = find(UPN);
        Self {
            address: ADDRESS.into_iter().filter_map(find).chain(upn).collect(),
            name: NAMES.into_iter().filter_map(find).collect(),
            upn,
            sid: SIDS.into_iter().find_map(find),
            exchange_guid: GUIDS.into_iter().find_map(find),
            recipient_type: find(RECIPIENT_TYPE),
            proxy_addresses: find(PROXY_ADDRESSES),
            tags: find(TAGS),
            header: true,
        }
    }

    /// The first cell that is an address, or looks most like one; the first other one is the name.
    fn of_row(row: &Record) -> Self {
        let address = row
            .cells()
            .position(|cell| SmtpAddress::parse(trim(cell)).is_ok())
            .or_else(|| row.cells().position(|cell| cell.contains('@')))
            .unwrap_or(0);
        let name = row
            .cells()
            .enumerate()
            .position(|(at, cell)| at != address && !cell.contains('@'));
        Self {
            address: vec![address],
            name: name.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A cell with a known name makes a header, unless an address stands beside it: somebody may be
/// called Mail, and a row taken for a header would be a mailbox that nobody checks.
fn is_header(first: &Record) -> bool {
    first.cells().any(|cell| is_known(&key(cell)))
        && !first
            .cells()
            .any(|cell| SmtpAddress::parse(trim(cell)).is_ok())
}

fn is_known(key: &str) -> bool {
    [UPN, RECIPIENT_TYPE, PROXY_ADDRESSES, TAGS, IGNORED].contains(&key)
        || ADDRESS.contains(&key)
        || SIDS.contains(&key)
        || GUIDS.contains(&key)
        || NAMES.contains(&key)
}

/// What two spellings of a header share: case, blanks, `-`, `_` and what shows nothing do not count.
fn key(header: &str) -> String {
    let skipped =
        |c: char| c.is_whitespace() || matches!(c, '-' | '_') || SmtpAddress::is_invisible(c);
    header
        .chars()
        .filter(|c| !skipped(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn spellings_of_a_header_are_one() {
        for spelling in [
            "PrimarySmtpAddress",
            "primary smtp address",
            "PRIMARY_SMTP-Address",
            "\u{feff}PrimarySmtpAddress ",
            "\u{200b}Primary\u{ad}SmtpAddress\u{200e}",
        ] {
            assert_eq!(key(spelling), "primarysmtpaddress");
        }
        assert_ne!(
            key("EmailAddress"),
            key("EmailAddresses"),
            "one address is not all of them"
        );
    }
}
