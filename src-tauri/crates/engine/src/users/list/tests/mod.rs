//! Lists as people have them, read from bytes that are built here.

mod any;
mod dialects;
mod errors;
mod rows;
mod several;

use contract::SmtpAddress;

use super::{ListError, ListReader, ListRow, ListShape, Want};

/// How text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoded {
    Utf8,
    Utf8Mark,
    Utf16Le,
    Utf16LeMark,
    Utf16Be,
    Utf16BeMark,
    Windows1252,
}

impl Encoded {
    const ALL: [Self; 7] = [
        Self::Utf8,
        Self::Utf8Mark,
        Self::Utf16Le,
        Self::Utf16LeMark,
        Self::Utf16Be,
        Self::Utf16BeMark,
        Self::Windows1252,
    ];

    fn bytes(self, text: &str) -> Vec<u8> {
        let marked = format!("\u{feff}{text}");
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf8Mark => marked.into_bytes(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16LeMark => marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Utf16BeMark => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Windows1252 => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Utf8 | Self::Utf8Mark => "UTF-8",
            Self::Utf16Le | Self::Utf16LeMark => "UTF-16LE",
            Self::Utf16Be | Self::Utf16BeMark => "UTF-16BE",
            Self::Windows1252 => "windows-1252",
        }
    }
}

fn read_as(bytes: &[u8], want: Want) -> Result<(ListShape, Vec<ListRow>), ListError> {
    let mut reader = ListReader::open(bytes, "users.csv", want)?;
    let rows = reader.by_ref().collect::<Result<_, _>>()?;
    Ok((reader.shape().clone(), rows))
}

fn read(text: &str) -> Vec<ListRow> {
    read_as(text.as_bytes(), Want::Address)
        .expect("a readable list")
        .1
}

fn address(text: &str) -> SmtpAddress {
    SmtpAddress::parse(text).expect("an address")
}

/// The good addresses, in order.
fn good(rows: &[ListRow]) -> Vec<&str> {
    rows.iter()
        .filter_map(|row| Some(row.address.as_ref().ok()?.as_str()))
        .collect()
}
