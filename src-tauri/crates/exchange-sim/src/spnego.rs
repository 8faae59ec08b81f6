//! SPNEGO around NTLM (RFC 4178, MS-SPNG): what a client's token holds, and the server's answers.
//! Offers NTLM alone; a Kerberos ticket is passed over, never read.

use crate::der::{ENUMERATED, Element, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, write};

/// 1.3.6.1.5.5.2
const SPNEGO: &[u8] = &[0x2b, 6, 1, 5, 5, 2];
/// 1.3.6.1.4.1.311.2.2.10
const NTLM: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];

const INITIAL: u8 = 0x60;
const TAG_0: u8 = 0xa0;
const TAG_1: u8 = 0xa1;
const TAG_2: u8 = 0xa2;
const TAG_3: u8 = 0xa3;

const COMPLETED: u8 = 0;
const INCOMPLETE: u8 = 1;
const REJECT: u8 = 2;
const REQUEST_MIC: u8 = 3;

/// A client's token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// The first.
    Initial(Proposal),
    /// A later one.
    Later {
        message: Option<Vec<u8>>,
        mic: Option<Vec<u8>>,
    },
}

/// What the first token proposes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Proposal {
    /// The list of mechanisms as it came, which signatures are made of.
    pub(crate) mechanisms: Vec<u8>,
    /// Where NTLM stands in the list, from 0.
    pub(crate) ntlm_at: Option<usize>,
    /// The optimistic message of the first mechanism.
    pub(crate) message: Option<Vec<u8>>,
}

/// Reads a token; nothing when it is none.
pub(crate) fn read(token: &[u8]) -> Option<Token> {
    let (outer, _) = Element::read(token)?;
    match outer.tag {
        INITIAL => {
            let parts = outer.children()?;
            let [oid, choice] = parts.as_slice() else {
                return None;
            };
            if oid.tag != OBJECT_IDENTIFIER || oid.content != SPNEGO || choice.tag != TAG_0 {
                return None;
            }
            initial(choice.child()?).map(Token::Initial)
        }
        TAG_1 => {
            let fields = outer.child()?.children()?;
            Some(Token::Later {
                message: octets(&fields, TAG_2),
                mic: octets(&fields, TAG_3),
            })
        }
        _ => None,
    }
}

fn initial(body: Element<'_>) -> Option<Proposal> {
    let fields = body.children()?;
    let list = fields.iter().find(|field| field.tag == TAG_0)?.child()?;
    let mechanisms = list.children()?;
    Some(Proposal {
        mechanisms: list.whole.to_vec(),
        ntlm_at: mechanisms.iter().position(|oid| oid.content == NTLM),
        message: octets(&fields, TAG_2),
    })
}

fn octets(fields: &[Element<'_>], tag: u8) -> Option<Vec<u8>> {
    let string = fields.iter().find(|field| field.tag == tag)?.child()?;
    (string.tag == OCTET_STRING).then(|| string.content.to_vec())
}

/// "Go on with NTLM", with its message if there is one yet. `signed`: the client must sign the list,
/// because NTLM was not its first choice.
pub(crate) fn go_on(message: Option<&[u8]>, signed: bool) -> Vec<u8> {
    let state = if signed { REQUEST_MIC } else { INCOMPLETE };
    let mechanism = write(TAG_1, &[&write(OBJECT_IDENTIFIER, &[NTLM])]);
    let message = message
        .map(|message| write(TAG_2, &[&write(OCTET_STRING, &[message])]))
        .unwrap_or_default();
    reply(state, &[&mechanism, &message])
}

/// "Done", with the server's signature of the list if the client sent one.
pub(crate) fn done(mic: Option<&[u8]>) -> Vec<u8> {
    let mic = mic
        .map(|mic| write(TAG_3, &[&write(OCTET_STRING, &[mic])]))
        .unwrap_or_default();
    reply(COMPLETED, &[&mic])
}

/// "None of these".
pub(crate) fn reject() -> Vec<u8> {
    reply(REJECT, &[])
}

fn reply(state: u8, fields: &[&[u8]]) -> Vec<u8> {
    let state = write(TAG_0, &[&write(ENUMERATED, &[&[state]])]);
    let fields = fields.concat();
    write(TAG_1, &[&write(SEQUENCE, &[&state, &fields])])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1.2.840.113554.1.2.2
    const KERBEROS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2];

    fn first(mechanisms: &[&[u8]], message: &[u8]) -> Vec<u8> {
        let list: Vec<u8> = mechanisms
            .iter()
            .flat_map(|oid| write(OBJECT_IDENTIFIER, &[oid]))
            .collect();
        let list = write(TAG_0, &[&write(SEQUENCE, &[&list])]);
        let message = write(TAG_2, &[&write(OCTET_STRING, &[message])]);
        let body = write(TAG_0, &[&write(SEQUENCE, &[&list, &message])]);
        write(INITIAL, &[&write(OBJECT_IDENTIFIER, &[SPNEGO]), &body])
    }

    #[test]
    fn a_first_token_names_where_ntlm_stands() {
        let Some(Token::Initial(proposal)) = read(&first(&[KERBEROS, NTLM], b"ticket")) else {
            panic!("it is a first token");
        };
        assert_eq!(proposal.ntlm_at, Some(1));
        assert_eq!(proposal.message.as_deref(), Some(&b"ticket"[..]));
        assert_eq!(proposal.mechanisms[0], SEQUENCE, "the list as it was sent");
        let Some(Token::Initial(proposal)) = read(&first(&[KERBEROS], b"ticket")) else {
            panic!("it is a first token");
        };
        assert_eq!(proposal.ntlm_at, None);
        let whole = first(&[NTLM], b"x");
        assert!((0..whole.len()).all(|end| read(&whole[..end]).is_none()));
    }

    #[test]
    fn answers_have_the_bytes_of_the_specification() {
        // As IIS sends it on success: `oQcwBaADCgEA`.
        assert_eq!(done(None), [0xa1, 7, 0x30, 5, 0xa0, 3, 0x0a, 1, 0]);
        assert_eq!(reject(), [0xa1, 7, 0x30, 5, 0xa0, 3, 0x0a, 1, 2]);
        let challenge = go_on(Some(b"type 2"), false);
        assert_eq!(
            read(&challenge),
            Some(Token::Later {
                message: Some(b"type 2".to_vec()),
                mic: None
            })
        );
        assert_eq!(challenge[8], INCOMPLETE);
        assert_eq!(go_on(None, true)[8], REQUEST_MIC);
        assert_eq!(
            read(&done(Some(b"mic"))),
            Some(Token::Later {
                message: None,
                mic: Some(b"mic".to_vec())
            })
        );
    }
}
