//! Why a list cannot be read, in one sentence each, with what to do about it.
//!
//! Never about a single row: a row that is no address is a row, not an error.

use std::{fmt, io};

use super::Want;

/// The command that exports a list as it is read best, for the Exchange Management Shell.
pub const EXPORT_COMMAND: &str = "Get-Mailbox -ResultSize Unlimited | Select-Object DisplayName,PrimarySmtpAddress,\
UserPrincipalName,RecipientTypeDetails,ExchangeGuid,@{n='EmailAddresses';e={$_.EmailAddresses -join ';'}} | \
Export-Csv users.csv -NoTypeInformation -Encoding UTF8";

/// The same with the SID, which `Get-User` shows and `Get-Mailbox` does not:
/// <https://learn.microsoft.com/powershell/module/exchange/get-user>.
const EXPORT_SID_COMMAND: &str = "Get-User -ResultSize Unlimited -RecipientTypeDetails UserMailbox,SharedMailbox,\
RoomMailbox,EquipmentMailbox,LinkedMailbox | Select-Object DisplayName,WindowsEmailAddress,UserPrincipalName,Sid,\
RecipientTypeDetails | Export-Csv users.csv -NoTypeInformation -Encoding UTF8";

/// How many column names a message shows, and how much of each.
const COLUMNS_SHOWN: usize = 12;
const COLUMN_CHARS: usize = 40;

/// Why a list cannot be read. `file` is the file name, or `stdin`; lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Nothing but blank lines.
    #[error("{file} is empty")]
    Empty {
        /// The list.
        file: String,
    },
    /// Rows, and not one address among them.
    #[error("{file} contains no e-mail address")]
    NoAddress {
        /// The list.
        file: String,
    },
    /// Several columns without a known name, and no address beneath them.
    #[error(
        "{file}: line {line} is neither a known header nor a row with an address; it reads: {}",
        Names(columns)
    )]
    UnknownHeader {
        /// The list.
        file: String,
        /// Line of the header.
        line: u64,
        /// The columns seen.
        columns: Vec<String>,
    },
    /// The header has no column for what is asked for; a list without header has none but the address.
    #[error("{file}: {} {}", MissingIn(*line, columns), want.missing())]
    NoColumn {
        /// The list.
        file: String,
        /// Line of the header, or of the first row.
        line: u64,
        /// What is asked for.
        want: Want,
        /// The columns seen; none without a header.
        columns: Vec<String>,
    },
    /// A first line of so many cells that it is none of a user list.
    #[error("{file}: line {line} has {columns} columns; this does not look like a user list")]
    TooManyColumns {
        /// The list.
        file: String,
        /// The line.
        line: u64,
        /// How many columns.
        columns: usize,
    },
    /// A record of more than 64 KiB.
    #[error("{file}: line {line} is longer than 64 KiB; this does not look like a user list")]
    LineTooLong {
        /// The list.
        file: String,
        /// Line the record starts on.
        line: u64,
    },
    /// A quote without its other one, which would swallow the rest of the list.
    #[error("{file}: a quotation mark in line {line} is never closed")]
    UnclosedQuote {
        /// The list.
        file: String,
        /// Line of the quote.
        line: u64,
    },
    /// No text at all.
    #[error("{file} {kind}")]
    Binary {
        /// The list.
        file: String,
        /// What it is instead.
        kind: Binary,
    },
    /// The file cannot be read on.
    #[error("{file} cannot be read")]
    Io {
        /// The list.
        file: String,
        /// What the operating system says.
        source: io::Error,
    },
}

/// What a file is that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// Excel, `.xlsx` or `.xls`.
    Workbook,
    /// A compressed archive.
    Archive,
    /// A PDF document.
    Pdf,
    /// Something with NUL characters.
    Other,
}

impl Binary {
    /// Recognizes the first bytes of a file.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let contains = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
        match head {
            // OOXML is a ZIP archive that names its parts.
            [b'P', b'K', 3, 4, ..] if contains(b"[Content_Types].xml") || contains(b"xl/") => {
                Some(Self::Workbook)
            }
            [b'P', b'K', 3, 4, ..] | [0x1F, 0x8B, 8, ..] => Some(Self::Archive),
            // [MS-CFB] §2.2: the container of `.xls`.
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Some(Self::Workbook),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            _ => None,
        }
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Workbook => "is an Excel workbook; save it as CSV",
            Self::Archive => "is a compressed archive, not a user list",
            Self::Pdf => "is a PDF document, not a user list",
            Self::Other => "is not a text file",
        })
    }
}

impl ListError {
    /// For a list that was read to its end without a single address.
    #[must_use]
    pub fn no_address(file: &str) -> Self {
        Self::NoAddress {
            file: file.to_owned(),
        }
    }

    /// What to do about it, in a sentence or two.
    #[must_use]
    pub fn hint(&self) -> String {
        let export = || format!("In the Exchange Management Shell: {EXPORT_COMMAND}");
        match self {
            Self::Empty { .. } | Self::NoAddress { .. } => {
                format!("Put one address on each line. {}", export())
            }
            Self::UnknownHeader { .. }
            | Self::NoColumn {
                want: Want::Address,
                ..
            } => {
                format!(
                    "Name the column with the addresses {}. {}",
                    Want::Address.columns(),
                    export()
                )
            }
            Self::NoColumn {
                want: Want::Upn, ..
            } => {
                format!(
                    "Add a column UserPrincipalName, or identify by another form. {}",
                    export()
                )
            }
            Self::NoColumn {
                want: Want::Sid, ..
            } => format!(
                "Add a column SID, or identify by another form. In the Exchange Management Shell: {EXPORT_SID_COMMAND}"
            ),
            Self::TooManyColumns { .. } => {
                format!("Export only the columns that are needed. {}", export())
            }
            Self::LineTooLong { .. } => {
                "Look at that line: a line break or a closing quotation mark may be missing."
                    .to_owned()
            }
            Self::UnclosedQuote { .. } => {
                "Close the quotation mark, or remove it; within quotes it is written twice."
                    .to_owned()
            }
            Self::Binary {
                kind: Binary::Workbook,
                ..
            } => "In Excel: File, Save As, file type CSV UTF-8 (comma delimited).".to_owned(),
            Self::Binary { .. } => format!(
                "Pass a CSV file, or text with one address a line. {}",
                export()
            ),
            Self::Io { source, .. } => format!("The system says: {source}."),
        }
    }
}

impl Want {
    /// The columns that would do.
    fn columns(self) -> &'static str {
        match self {
            Self::Address => {
                "PrimarySmtpAddress, WindowsEmailAddress, EmailAddress, Email, Mail, UserPrincipalName or EmailAddresses"
            }
            Self::Upn => "UserPrincipalName",
            Self::Sid => "SID or ObjectSid",
        }
    }

    fn missing(self) -> String {
        match self {
            Self::Address => "but no column with addresses".to_owned(),
            Self::Upn | Self::Sid => format!("but no column {}", self.columns()),
        }
    }
}

/// What the list has instead of the column.
struct MissingIn<'a>(u64, &'a [String]);

impl fmt::Display for MissingIn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            [] => f.write_str("the list has addresses without a header,"),
            columns => write!(f, "the header in line {} names {},", self.0, Names(columns)),
        }
    }
}

/// Column names, cut to what one reads.
struct Names<'a>(&'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.0.iter().take(COLUMNS_SHOWN).enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let cut = if name.chars().nth(COLUMN_CHARS).is_some() {
                "…"
            } else {
                ""
            };
            write!(
                f,
                "{comma}{}{cut}",
                name.chars().take(COLUMN_CHARS).collect::<String>()
            )?;
        }
        match self.0.len().checked_sub(COLUMNS_SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, " and {more} more"),
        }
    }
}
