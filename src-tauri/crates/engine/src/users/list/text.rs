//! Bytes to text, chunk by chunk: UTF-8, UTF-16 and Windows-1252.
//!
//! Never holds more than one chunk of the source, never replaces what it can read another way,
//! and lets no NUL through: text has none, and what has one is no list.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much of the source is read at once, in bytes.
const CHUNK: usize = 64 * 1024;
/// How much of the source decides about its encoding, in bytes.
const SNIFF: usize = 4 * 1024;

/// A source decoded to text.
pub(super) struct Text<R> {
    source: R,
    /// What was read and not decoded yet: `raw[..filled]`.
    raw: Vec<u8>,
    filled: usize,
    coding: Coding,
    /// The bytes that were read to decide about the encoding are still to be decoded.
    sniffed: bool,
    ended: bool,
}

/// Why there is no more text.
#[derive(Debug, thiserror::Error)]
pub(super) enum TextError {
    /// Reading failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A NUL character.
    #[error("a NUL character in the text")]
    Nul,
}

enum Coding {
    /// UTF-8; `sure` once a byte order mark or a character of several bytes was seen.
    Utf8 {
        sure: bool,
    },
    Windows1252,
    Utf16(Decoder),
}

impl<R: Read> Text<R> {
    /// Reads the first bytes and decides about the encoding.
    pub(super) fn open(source: R) -> io::Result<Self> {
        let coding = Coding::Utf8 { sure: false };
        let raw = vec![0; CHUNK];
        let mut text = Self {
            source,
            raw,
            filled: 0,
            coding,
            sniffed: true,
            ended: false,
        };
        while text.filled < SNIFF && text.read_more()? > 0 {}
        let (coding, mark) = sniff(text.raw());
        text.coding = coding;
        text.consume(mark);
        Ok(text)
    }

    /// The bytes that were read and not decoded: after `open`, the beginning of the source.
    pub(super) fn raw(&self) -> &[u8] {
        &self.raw[..self.filled]
    }

    /// The encoding as far as it is known: what looked like UTF-8 turns out to be Windows-1252
    /// with the first byte that UTF-8 does not allow.
    pub(super) fn encoding(&self) -> &'static Encoding {
        match &self.coding {
            Coding::Utf8 { .. } => UTF_8,
            Coding::Windows1252 => WINDOWS_1252,
            Coding::Utf16(decoder) => decoder.encoding(),
        }
    }

    /// Appends the next text to `out`; `false` at the end of the source.
    pub(super) fn fill(&mut self, out: &mut String) -> Result<bool, TextError> {
        let before = out.len();
        while !self.ended && out.len() == before {
            if self.sniffed {
                self.sniffed = false;
            } else {
                self.ended = self.read_more()? == 0;
            }
            self.decode(out);
        }
        if out.as_bytes()[before..].contains(&0) {
            return Err(TextError::Nul);
        }
        Ok(out.len() > before)
    }

    fn read_more(&mut self) -> io::Result<usize> {
        loop {
            match self.source.read(&mut self.raw[self.filled..]) {
                Ok(count) => {
                    self.filled += count;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Decodes what was read; the first bytes of a character that is not complete stay.
    fn decode(&mut self, out: &mut String) {
        let bytes = &self.raw[..self.filled];
        let used = match &mut self.coding {
            Coding::Windows1252 => push_windows_1252(bytes, out),
            Coding::Utf16(decoder) => {
                let room = decoder.max_utf8_buffer_length(bytes.len());
                out.reserve(room.expect("the length of a chunk does not overflow"));
                let (_, used, _) = decoder.decode_to_string(bytes, out, self.ended);
                used
            }
            Coding::Utf8 { sure } => match push_utf8(bytes, self.ended, sure, out) {
                Utf8::Used(used) => used,
                Utf8::NotUtf8(used) => {
                    self.coding = Coding::Windows1252;
                    used + push_windows_1252(&bytes[used..], out)
                }
            },
        };
        self.consume(used);
    }

    fn consume(&mut self, used: usize) {
        self.raw.copy_within(used..self.filled, 0);
        self.filled -= used;
    }
}

enum Utf8 {
    /// So many bytes were decoded; the rest is the beginning of a character.
    Used(usize),
    /// So many bytes were decoded, all ASCII; the next one is not UTF-8.
    NotUtf8(usize),
}

/// Decodes UTF-8. A stray byte in what is surely UTF-8 is read as Windows-1252, alone.
fn push_utf8(bytes: &[u8], last: bool, sure: &mut bool, out: &mut String) -> Utf8 {
    let mut used = 0;
    for part in bytes.utf8_chunks() {
        out.push_str(part.valid());
        used += part.valid().len();
        *sure |= !part.valid().is_ascii();
        let stray = part.invalid();
        let at_the_end = used + stray.len() == bytes.len();
        if stray.is_empty() || (at_the_end && !last && is_begun(stray)) {
            break;
        }
        if !*sure {
            return Utf8::NotUtf8(used);
        }
        used += push_windows_1252(stray, out);
    }
    Utf8::Used(used)
}

/// Whether more bytes could complete these to a character.
fn is_begun(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

fn push_windows_1252(bytes: &[u8], out: &mut String) -> usize {
    out.push_str(&WINDOWS_1252.decode_without_bom_handling(bytes).0);
    bytes.len()
}

/// The encoding that the first bytes show, and how long its byte order mark is.
fn sniff(head: &[u8]) -> (Coding, usize) {
    let utf16 =
        |encoding: &'static Encoding| Coding::Utf16(encoding.new_decoder_without_bom_handling());
    match Encoding::for_bom(head) {
        Some((encoding, mark)) if encoding == UTF_8 => (Coding::Utf8 { sure: true }, mark),
        Some((encoding, mark)) => (utf16(encoding), mark),
        None => (
            plain_utf16(head).map_or(Coding::Utf8 { sure: false }, utf16),
            0,
        ),
    }
}

/// UTF-16 without a mark: every third character at least is ASCII, so every other byte is zero.
fn plain_utf16(head: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = head.as_chunks::<2>();
    let little = pairs
        .iter()
        .filter(|[low, high]| *low != 0 && *high == 0)
        .count();
    let big = pairs
        .iter()
        .filter(|[high, low]| *low != 0 && *high == 0)
        .count();
    let plain = |most: usize, other: usize| most * 3 >= pairs.len() && most > other * 10;
    match (little, big) {
        _ if pairs.is_empty() => None,
        (little, big) if plain(little, big) => Some(UTF_16LE),
        (little, big) if plain(big, little) => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, TextError};

    /// Hands out its bytes a few at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl std::io::Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(bytes: &[u8], step: usize) -> Result<(String, &'static str), TextError> {
        let mut text = Text::open(Trickle(bytes, step))?;
        let mut out = String::new();
        while text.fill(&mut out)? {}
        Ok((out, text.encoding().name()))
    }

    #[test]
    fn the_bytes_say_their_encoding() {
        for (bytes, expected, encoding) in [
            (&b"anna"[..], "anna", "UTF-8"),
            (b"", "", "UTF-8"),
            (b"\xEF\xBB\xBFM\xC3\xBCller", "Müller", "UTF-8"),
            (b"M\xFCller, J\xFCrgen", "Müller, Jürgen", "windows-1252"),
            (
                b"M\xC3\xBCller, J\xFCrgen, \xE2\x82\xAC",
                "Müller, Jürgen, €",
                "UTF-8",
            ),
            (b"\xEF\xBB\xBFM\xFCller", "Müller", "UTF-8"),
            (b"Muller \x80", "Muller €", "windows-1252"),
            (b"Mu\xC3", "MuÃ", "windows-1252"),
            (b"\xFF\xFEa\0\xFC\0", "aü", "UTF-16LE"),
            (b"\xFE\xFF\0a\0\xFC", "aü", "UTF-16BE"),
            (b"\xFF\xFEa\0b", "a\u{fffd}", "UTF-16LE"),
            (b"a\0@\0b\0", "a@b", "UTF-16LE"),
            (b"\0a\0@\0b", "a@b", "UTF-16BE"),
        ] {
            for step in [1, 2, 3, 1000] {
                let read = read(bytes, step).expect("readable");
                assert_eq!(
                    read,
                    (expected.to_owned(), encoding),
                    "{bytes:?} in steps of {step}"
                );
            }
        }
    }

    #[test]
    fn a_nul_is_no_text() {
        for bytes in [
            &b"anna\0\0\0\x01\x02"[..],
            b"\xFF\xFEa\0\0\0",
            b"plain text, and then \0",
        ] {
            assert!(matches!(read(bytes, 7), Err(TextError::Nul)), "{bytes:?}");
        }
    }

    #[test]
    fn a_character_across_two_chunks_is_whole() {
        let long = format!("{}€ü", "a".repeat(super::CHUNK - 1));
        for step in [1000, usize::MAX] {
            assert_eq!(read(long.as_bytes(), step).expect("readable").0, long);
        }
    }
}
