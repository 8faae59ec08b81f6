//! Reads the lists of mailboxes that administrators have: CSV in every dialect that Excel and
//! PowerShell write, or plain addresses, one or several a line.
//!
//! Reads as it goes and keeps one row; never holds the list, never talks to a server, and leaves
//! to the caller what depends on more than one row: duplicates, and a list without any address.

mod columns;
mod dialect;
mod entries;
mod error;
mod records;
mod row;
mod system;
#[cfg(test)]
mod tests;
mod text;

use std::{collections::VecDeque, fmt, io::Read};

pub use error::{Binary, EXPORT_COMMAND, ListError};
pub use records::Separator;
pub use row::{BadAddress, BadGuid, ListRow};
pub use system::is_system_mailbox;
pub(crate) use system::{system_beginnings, system_kinds};

use columns::Columns;
use records::{Record, RecordError, Records};
use text::{Text, TextError};

/// What a row must have to be of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// An SMTP address.
    Address,
    /// A user principal name; rows may lack an address.
    Upn,
    /// A security identifier; rows may lack an address.
    Sid,
}

/// How a list is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListShape {
    /// `UTF-8`, `UTF-16LE`, `UTF-16BE` or `windows-1252`; settled when the list is read to its end.
    pub encoding: &'static str,
    /// What parts the cells.
    pub separator: Separator,
    /// The columns that are used, from left to right, as the header spells them; none without a header.
    pub columns: Vec<String>,
    /// Whether there is a header.
    pub header: bool,
}

/// Reads a user list row by row. After an error there are no more rows.
pub struct ListReader<R> {
    records: Records<R>,
    record: Record,
    /// The record is the first row and was not given out yet.
    pending: bool,
    /// Rows of the record that were not given out yet: a line of addresses has several.
    waiting: VecDeque<ListRow>,
    done: bool,
    columns: Columns,
    shape: ListShape,
    file: String,
}

impl<R: Read> ListReader<R> {
    /// Reads the beginning of a list; `name` is the file name for messages, or `stdin`.
    ///
    /// # Errors
    /// [`ListError`] if this is no list, or one without the columns that are wanted.
    pub fn open(source: R, name: &str, want: Want) -> Result<Self, ListError> {
        let file = name.to_owned();
        let text = Text::open(source).map_err(|source| ListError::Io {
            file: file.clone(),
            source,
        })?;
        if let Some(kind) = Binary::of(text.raw()) {
            return Err(ListError::Binary { file, kind });
        }
        let mut records = Records::open(text).map_err(|error| list_error(error.into(), name))?;
        let mut record = Record::default();
        loop {
            if !records
                .next(&mut record)
                .map_err(|error| list_error(error, name))?
            {
                return Err(ListError::Empty { file });
            }
            if record.cells().any(|cell| !cell.trim().is_empty()) {
                break;
            }
        }
        let columns = Columns::of(&record, want, name)?;
        if columns.header {
            records.forget_written();
        }
        let used = if columns.header {
            columns.used()
        } else {
            Vec::new()
        };
        let shape = ListShape {
            encoding: records.text().encoding().name(),
            separator: records.separator(),
            columns: used
                .into_iter()
                .map(|at| row::one_line(record.cell(at)))
                .collect(),
            header: columns.header,
        };
        Ok(Self {
            records,
            record,
            pending: !columns.header,
            waiting: VecDeque::new(),
            done: false,
            columns,
            shape,
            file,
        })
    }

    /// How the list is written.
    #[must_use]
    pub fn shape(&self) -> &ListShape {
        &self.shape
    }

    fn read_row(&mut self) -> Result<Option<ListRow>, RecordError> {
        while self.waiting.is_empty()
            && (std::mem::take(&mut self.pending) || self.records.next(&mut self.record)?)
        {
            self.take_record();
        }
        Ok(self.waiting.pop_front())
    }

    fn take_record(&mut self) {
        let entries = if self.columns.header {
            None
        } else {
            entries::of_record(&self.record)
        };
        match entries {
            Some(entries) => {
                let line = self.record.line;
                let rows = entries.into_iter();
                self.waiting
                    .extend(rows.map(|entry| ListRow::of_entry(line, entry)));
            }
            None => self
                .waiting
                .extend(ListRow::read(&self.columns, &self.record)),
        }
    }
}

impl<R: Read> Iterator for ListReader<R> {
    type Item = Result<ListRow, ListError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let row = self
            .read_row()
            .map_err(|error| list_error(error, &self.file))
            .transpose();
        self.done = !matches!(row, Some(Ok(_)));
        self.shape.encoding = self.records.text().encoding().name();
        row
    }
}

impl<R: Read> std::iter::FusedIterator for ListReader<R> {}

/// Without the row that is being read.
impl<R> fmt::Debug for ListReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListReader")
            .field("file", &self.file)
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

fn list_error(error: RecordError, name: &str) -> ListError {
    let file = name.to_owned();
    match error {
        RecordError::TooLong(line) => ListError::LineTooLong { file, line },
        RecordError::UnclosedQuote(line) => ListError::UnclosedQuote { file, line },
        RecordError::Text(TextError::Io(source)) => ListError::Io { file, source },
        RecordError::Text(TextError::Nul) => ListError::Binary {
            file,
            kind: Binary::Other,
        },
    }
}
