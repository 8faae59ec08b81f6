//! Text to records of cells (RFC 4180, and what spreadsheets make of it).
//!
//! Written here because a list needs what the `csv` crate does not tell: the line a record
//! starts on (also with CR alone), a quote that is never closed, and a record that never ends.
//! Where both have an answer it is the same, and a test holds that. Never keeps more than one record.

use std::io::Read;

use super::text::{Text, TextError};

/// Longest record, in bytes of UTF-8 without its line end.
pub(super) const LONGEST: usize = 64 * 1024;

/// What parts the cells of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// Nothing: one cell a line.
    Lines,
}

impl Separator {
    /// `comma`, `semicolon`, `tab` or `lines`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::Lines => "lines",
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            // `Text` lets no NUL through, so this one parts nothing.
            Self::Lines => 0,
        }
    }
}

/// The cells of one record, one after the other.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Line it starts on, from 1.
    pub(super) line: u64,
    text: String,
    ends: Vec<usize>,
    bytes: usize,
    written: String,
}

impl Record {
    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell of a column; a record that is too short has blank cells there.
    pub(super) fn cell(&self, column: usize) -> &str {
        let Some(&end) = self.ends.get(column) else {
            return "";
        };
        let start = if column == 0 {
            0
        } else {
            self.ends[column - 1]
        };
        &self.text[start..end]
    }

    /// Every cell.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|column| self.cell(column))
    }

    /// The record as it is written, with its quotes and separators; empty once [`Records::forget_written`].
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    fn clear(&mut self) {
        self.text.clear();
        self.written.clear();
        self.ends.clear();
        self.bytes = 0;
    }

    fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }
}

/// Why there are no more records.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    /// The text ended early.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Over [`LONGEST`]; the line it starts on.
    #[error("line {0} is too long")]
    TooLong(u64),
    /// The quote opened on this line is never closed.
    #[error("a quote in line {0} is never closed")]
    UnclosedQuote(u64),
}

/// Where in a record the next character stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Record,
    Cell,
    Plain,
    Quoted,
    /// After a quote within quotes: the closing one, or the first of two.
    Closed,
}

/// Reads record after record.
pub(super) struct Records<R> {
    text: Text<R>,
    chunk: String,
    at: usize,
    separator: Separator,
    line: u64,
    after_cr: bool,
    quote_line: u64,
    keep_written: bool,
}

impl<R: Read> Records<R> {
    /// Skips what stands before the first record (`#TYPE`, `sep=`) and finds the separator.
    pub(super) fn open(text: Text<R>) -> Result<Self, TextError> {
        let separator = Separator::Lines;
        let mut records = Self {
            text,
            chunk: String::new(),
            at: 0,
            separator,
            line: 1,
            after_cr: false,
            quote_line: 1,
            keep_written: true,
        };
        let named = records.skip_preamble()?;
        records.top_up()?;
        records.separator = named.unwrap_or_else(|| super::dialect::separator(records.rest()));
        Ok(records)
    }

    pub(super) fn separator(&self) -> Separator {
        self.separator
    }

    pub(super) fn text(&self) -> &Text<R> {
        &self.text
    }

    /// Keeps no record as it is written from now on: with a header, cells are all that counts.
    pub(super) fn forget_written(&mut self) {
        self.keep_written = false;
    }

    /// Reads the next record that is not a blank line; `false` at the end.
    pub(super) fn next(&mut self, record: &mut Record) -> Result<bool, RecordError> {
        record.clear();
        let mut place = Place::Record;
        while let Some(byte) = self.peek()? {
            if place == Place::Record && self.skip_line_end(byte) {
                continue;
            }
            if place == Place::Record {
                record.line = self.line;
            }
            place = match place {
                Place::Quoted => self.quoted(byte, record),
                Place::Closed if byte == b'"' => {
                    record.text.push('"');
                    self.step(record);
                    Place::Quoted
                }
                Place::Record | Place::Cell if byte == b'"' => {
                    self.quote_line = self.line;
                    self.step(record);
                    Place::Quoted
                }
                _ if byte == self.separator.byte() => {
                    record.end_cell();
                    self.step(record);
                    Place::Cell
                }
                _ if self.skip_line_end(byte) => {
                    record.end_cell();
                    return Ok(true);
                }
                _ => self.plain(record),
            };
            if record.bytes > LONGEST {
                return Err(RecordError::TooLong(record.line));
            }
        }
        match place {
            Place::Record => Ok(false),
            Place::Quoted => Err(RecordError::UnclosedQuote(self.quote_line)),
            Place::Cell | Place::Plain | Place::Closed => {
                record.end_cell();
                Ok(true)
            }
        }
    }

    fn rest(&self) -> &str {
        &self.chunk[self.at..]
    }

    /// The next byte, read from the source where the chunk is used up.
    fn peek(&mut self) -> Result<Option<u8>, TextError> {
        if self.at == self.chunk.len() {
            self.chunk.clear();
            self.at = 0;
            self.text.fill(&mut self.chunk)?;
        }
        Ok(self.chunk.as_bytes().get(self.at).copied())
    }

    /// Steps over a quote or a separator.
    fn step(&mut self, record: &mut Record) {
        if self.keep_written {
            record
                .written
                .push(char::from(self.chunk.as_bytes()[self.at]));
        }
        self.at += 1;
        self.after_cr = false;
        record.bytes += 1;
    }

    /// Steps over a line end and counts it: CR, LF, or both as one.
    fn skip_line_end(&mut self, byte: u8) -> bool {
        if byte != b'\n' && byte != b'\r' {
            return false;
        }
        self.at += 1;
        self.count_line(byte);
        true
    }

    fn count_line(&mut self, byte: u8) {
        if byte == b'\r' || (byte == b'\n' && !self.after_cr) {
            self.line += 1;
        }
        self.after_cr = byte == b'\r';
    }

    fn plain(&mut self, record: &mut Record) -> Place {
        let separator = self.separator.byte();
        self.take(record, |byte| {
            byte == separator || byte == b'\n' || byte == b'\r'
        });
        self.after_cr = false;
        Place::Plain
    }

    fn quoted(&mut self, byte: u8, record: &mut Record) -> Place {
        if byte == b'"' {
            self.step(record);
            return Place::Closed;
        }
        let from = self.at;
        self.take(record, |byte| byte == b'"');
        for at in from..self.at {
            self.count_line(self.chunk.as_bytes()[at]);
        }
        Place::Quoted
    }

    /// Moves what is left of the chunk into the record, up to an ASCII byte that ends it.
    fn take(&mut self, record: &mut Record, ends: impl Fn(u8) -> bool) {
        let rest = self.rest();
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        record.text.push_str(&rest[..length]);
        if self.keep_written {
            record.written.push_str(&rest[..length]);
        }
        record.bytes += length;
        self.at += length;
    }

    /// Skips blank lines, `#TYPE …` and `sep=…`; the separator that the latter names.
    fn skip_preamble(&mut self) -> Result<Option<Separator>, TextError> {
        let mut named = None;
        loop {
            if !self.rest().contains(['\n', '\r']) {
                self.top_up()?;
            }
            let line = self.rest().split(['\n', '\r']).next().unwrap_or_default();
            let length = line.len();
            let known = super::dialect::preamble(line);
            named = known.named().or(named);
            if self.rest().is_empty() || !known.is_skipped() || length > LONGEST {
                return Ok(named);
            }
            self.at += length;
            self.after_cr &= length == 0;
            if let Some(end) = self.peek()? {
                self.skip_line_end(end);
            }
        }
    }

    /// Reads on until the chunk holds the longest record, or all there is.
    fn top_up(&mut self) -> Result<(), TextError> {
        self.chunk.drain(..self.at);
        self.at = 0;
        while self.chunk.len() <= LONGEST && self.text.fill(&mut self.chunk)? {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Record, RecordError, Records};
    use crate::users::list::text::Text;

    fn read(text: &str) -> Result<Vec<(u64, Vec<String>)>, RecordError> {
        let mut records = Records::open(Text::open(text.as_bytes()).expect("in memory"))?;
        let mut record = Record::default();
        let mut all = Vec::new();
        while records.next(&mut record)? {
            all.push((record.line, record.cells().map(str::to_owned).collect()));
        }
        Ok(all)
    }

    #[test]
    fn records_know_the_line_they_start_on() {
        for end in ["\n", "\r", "\r\n"] {
            let text = ["", "a,b", "", "", "\"c", "", "d\",e", "f,\"g\"\"h\"", ""].join(end);
            let read = read(&text).expect("well formed");
            let lines: Vec<_> = read.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [2, 5, 8], "{end:?}");
            assert_eq!(read[1].1, [format!("c{end}{end}d"), "e".to_owned()]);
            assert_eq!(read[2].1, ["f", "g\"h"]);
        }
    }

    #[test]
    fn records_are_kept_as_written_until_they_are_not() {
        let text = "\"a\"\"b\";\"c\nd\";é\r\n\r\n\"e\"@x;\n\"f\"\n";
        let text = Text::open(text.as_bytes()).expect("in memory");
        let mut records = Records::open(text).expect("in memory");
        let mut record = Record::default();
        for expected in ["\"a\"\"b\";\"c\nd\";é", "\"e\"@x;"] {
            assert!(records.next(&mut record).expect("well formed"));
            assert_eq!(record.written(), expected);
        }
        records.forget_written();
        assert!(records.next(&mut record).expect("well formed"));
        assert_eq!((record.written(), record.cell(0)), ("", "f"));
    }

    #[test]
    fn line_ends_may_be_mixed() {
        let read = read("\r#TYPE x\n\r\na\rb\n\rc\r\nd").expect("well formed");
        let lines: Vec<_> = read.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [4, 5, 7, 8]);
    }

    #[test]
    fn a_quote_that_stays_open_names_its_line() {
        let open = read("a,b\nc,d\ne,\"f\ng,h\ni,j\n");
        assert!(
            matches!(open, Err(RecordError::UnclosedQuote(3))),
            "{open:?}"
        );
    }

    #[test]
    fn the_longest_record_is_read_and_a_longer_one_is_not() {
        let longest = "a".repeat(super::LONGEST);
        assert_eq!(
            read(&format!("b\n{longest}\nc\n"))
                .expect("just fits")
                .len(),
            3
        );
        let long = read(&format!("b\n{longest}a\nc\n"));
        assert!(
            matches!(long, Err(RecordError::TooLong(2))),
            "one byte too many"
        );
        let blank = "\n".repeat(3 * super::LONGEST);
        assert_eq!(
            read(&format!("a{blank}b\n"))
                .expect("blank lines are no record")
                .len(),
            2
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cells_are_those_of_the_csv_crate(text in "(a@b,)?[ab,\"\n\rü]{0,60}") {
            // A first line that names the separator for both.
            let mut text = format!("x,y\n{text}");
            let mut ours = read(&text);
            if matches!(ours, Err(RecordError::UnclosedQuote(_))) {
                text.push('"');
                ours = read(&text);
            }
            let theirs: Vec<Vec<String>> = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes())
                .records()
                .map(|record| record.expect("UTF-8").iter().map(str::to_owned).collect())
                .collect();
            let ours: Vec<_> = ours.expect("in memory").into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(ours, theirs);
        }
    }
}
