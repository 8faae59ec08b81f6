//! DNS messages: one question read, one answer written (RFC 1035 section 4). No compression.

use std::net::IpAddr;

use super::Record;

/// Type of an alias.
pub(super) const CNAME: u16 = 5;
const A: u16 = 1;
const AAAA: u16 = 28;
const SRV: u16 = 33;
/// The class of the Internet.
const INTERNET: u16 = 1;
/// Seconds that a record may be kept: long enough for one look-up.
const TIME_TO_LIVE: u32 = 1;

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    id: [u8; 2],
    /// The question as it stands in the message, to be said again.
    raw: Vec<u8>,
    /// In lower case, without the dot at the end.
    pub(super) name: String,
    /// Type of record.
    pub(super) kind: u16,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    Fine = 0,
    ServerFailure = 2,
    NameError = 3,
    Refused = 5,
}

impl Record {
    /// Type of record.
    pub(super) const fn kind(&self) -> u16 {
        match self {
            Self::Address(IpAddr::V4(_)) => A,
            Self::Address(IpAddr::V6(_)) => AAAA,
            Self::Alias(_) => CNAME,
            Self::Service { .. } => SRV,
        }
    }

    fn data(&self) -> Vec<u8> {
        match self {
            Self::Address(IpAddr::V4(address)) => address.octets().to_vec(),
            Self::Address(IpAddr::V6(address)) => address.octets().to_vec(),
            Self::Alias(target) => labels(target),
            Self::Service {
                priority,
                weight,
                port,
                target,
            } => [
                &priority.to_be_bytes()[..],
                &weight.to_be_bytes(),
                &port.to_be_bytes(),
                &labels(target),
            ]
            .concat(),
        }
    }
}

/// Reads a query with one question; nothing for anything else.
pub(super) fn read(message: &[u8]) -> Option<Question> {
    const HEADER: usize = 12;
    let header = message.get(..HEADER)?;
    let is_query = header[2] & 0xf8 == 0 && header[4..6] == [0, 1];
    let mut rest = message.get(HEADER..).filter(|_| is_query)?;
    let mut parts = Vec::new();
    loop {
        let (&length, after) = rest.split_first()?;
        if length == 0 {
            rest = after;
            break;
        }
        let (label, after) = after
            .split_at_checked(usize::from(length))
            .filter(|_| length < 64)?;
        parts.push(String::from_utf8_lossy(label).to_lowercase());
        rest = after;
    }
    let (tail, after) = rest.split_at_checked(4)?;
    let raw = message[HEADER..message.len() - after.len()].to_vec();
    Some(Question {
        id: [header[0], header[1]],
        raw,
        name: parts.join("."),
        kind: u16::from_be_bytes([tail[0], tail[1]]),
    })
}

/// Writes the answer to a question.
pub(super) fn answer(question: &Question, code: Code, records: &[(String, Record)]) -> Vec<u8> {
    /// An answer of a server that has the last word and recurses.
    const FLAGS: [u8; 2] = [0x85, 0x80];
    let count = u16::try_from(records.len()).unwrap_or(u16::MAX);
    let mut out = question.id.to_vec();
    out.extend([FLAGS[0], FLAGS[1] | code as u8]);
    for number in [1, count, 0, 0] {
        out.extend(number.to_be_bytes());
    }
    out.extend(&question.raw);
    for (name, record) in records {
        let data = record.data();
        let length = u16::try_from(data.len()).expect("a record holds one name at most");
        out.extend(labels(name));
        out.extend(record.kind().to_be_bytes());
        out.extend(INTERNET.to_be_bytes());
        out.extend(TIME_TO_LIVE.to_be_bytes());
        out.extend(length.to_be_bytes());
        out.extend(data);
    }
    out
}

/// A name as labels; what is too long for one is cut.
fn labels(name: &str) -> Vec<u8> {
    const LONGEST: usize = 63;
    let mut out = Vec::with_capacity(name.len() + 2);
    for label in name.split('.').filter(|label| !label.is_empty()) {
        let label = &label.as_bytes()[..label.len().min(LONGEST)];
        out.push(u8::try_from(label.len()).expect("no longer than 63"));
        out.extend(label);
    }
    out.push(0);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_question_is_read_and_said_again() {
        let mut query = vec![7, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
        query.extend(labels("Mail.Contoso.com"));
        query.extend([0, 1, 0, 1]);
        query.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        let question = read(&query).unwrap();
        assert_eq!(
            (question.name.as_str(), question.kind),
            ("mail.contoso.com", 1)
        );
        let reply = answer(&question, Code::NameError, &[]);
        assert_eq!(reply[..4], [7, 9, 0x85, 0x83]);
        assert_eq!(reply[12..], query[12..12 + 22]);
    }

    #[test]
    fn an_answer_is_no_question() {
        let answered = [7, 9, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1];
        assert_eq!(read(&answered), None);
        assert_eq!(read(&answered[..5]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(message in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Some(question) = read(&message) {
                answer(&question, Code::Fine, &[]);
            }
        }
    }
}
