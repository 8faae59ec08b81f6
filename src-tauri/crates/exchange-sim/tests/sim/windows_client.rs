//! NTLM as a client of the tests speaks it, written apart from the server: enough of MS-NLMP to log
//! on, and to do it wrongly in each way that a server must notice.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md4::{Digest as _, Md4};
use md5::Md5;

use crate::client::{Client, Reply};

pub(crate) const NEGOTIATE: &[u8] =
    b"NTLMSSP\0\x01\0\0\0\x97\x82\x08\xe2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0a\0\x7c\x4f\0\0\0\x0f";

/// A log-on to be.
#[derive(Clone, Copy)]
pub(crate) struct LogOn<'a> {
    pub(crate) domain: &'a str,
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    /// Value of `MsvAvChannelBindings`.
    pub(crate) binding: Option<[u8; 16]>,
    pub(crate) mic: Mic,
    /// Answers as NTLM version 1 did.
    pub(crate) version_1: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mic {
    None,
    Right,
    Wrong,
}

/// The service account, as it logs on.
pub(crate) const SERVICE: LogOn<'static> = LogOn {
    domain: "CONTOSO",
    user: "svc-ews",
    password: "Practice-Pa55!",
    binding: None,
    mic: Mic::Right,
    version_1: false,
};

/// `NTLM TlRM…` of the first message.
pub(crate) fn negotiate(scheme: &str) -> String {
    value(scheme, NEGOTIATE)
}

pub(crate) fn value(scheme: &str, token: &[u8]) -> String {
    format!("{scheme} {}", STANDARD.encode(token))
}

/// The token behind the scheme in a challenge.
pub(crate) fn token(reply: &Reply, scheme: &str) -> Vec<u8> {
    let header = reply.header("www-authenticate").unwrap_or_default();
    let (named, token) = header.split_once(' ').expect("a scheme and a token");
    assert_eq!(named, scheme, "{reply:?}");
    STANDARD.decode(token).expect("base64")
}

/// All three legs on one connection; the reply to the last.
pub(crate) async fn log_on(
    client: &mut Client,
    scheme: &str,
    who: &LogOn<'_>,
    body: &str,
) -> Reply {
    let challenge = client.post(Some(&negotiate(scheme)), "").await;
    assert_eq!(challenge.status(), 401, "{challenge:?}");
    let message = token(&challenge, scheme);
    let last = authenticate(who, &message);
    client.post(Some(&value(scheme, &last)), body).await
}

/// The last message for this challenge.
pub(crate) fn authenticate(who: &LogOn<'_>, challenge: &[u8]) -> Vec<u8> {
    answer(who, challenge).0
}

/// The last message, and the session key it leads to.
pub(crate) fn answer(who: &LogOn<'_>, challenge: &[u8]) -> (Vec<u8>, [u8; 16]) {
    let hash: [u8; 16] = Md4::digest(utf16(who.password)).into();
    let identity = [utf16(&who.user.to_uppercase()), utf16(who.domain)].concat();
    let key = mac(&hash, &[&identity]);
    let temp = [
        &[1, 1, 0, 0, 0, 0, 0, 0],
        &[0; 8][..],
        &[0xaa; 8],
        &[0; 4],
        &pairs(who, challenge),
        &[0; 4],
    ]
    .concat();
    let proof = mac(&key, &[&challenge[24..32], &temp]);
    let session_key = mac(&key, &[&proof]);
    let response = if who.version_1 {
        vec![7; 24]
    } else {
        [&proof[..], &temp].concat()
    };
    let mut message = compose(who, &response);
    if who.mic != Mic::None {
        let mut code = mac(&session_key, &[NEGOTIATE, challenge, &message]);
        code[0] ^= u8::from(who.mic == Mic::Wrong);
        message[72..88].copy_from_slice(&code);
    }
    (message, session_key)
}

/// A signature of the first message in this direction (`client-to-server`, `server-to-client`).
pub(crate) fn signature(session_key: &[u8; 16], direction: &str, message: &[u8]) -> [u8; 16] {
    let magic = format!("session key to {direction} signing key magic constant\0");
    let key = Md5::digest([session_key, magic.as_bytes()].concat());
    let mut signature = [0; 16];
    signature[0] = 1;
    signature[4..12].copy_from_slice(&mac(&key, &[&[0; 4], message])[..8]);
    signature
}

/// Value of `MsvAvChannelBindings` for a certificate whose hash this is.
pub(crate) fn binding(hash: &[u8]) -> [u8; 16] {
    let data = [b"tls-server-end-point:", hash].concat();
    let length = u32::try_from(data.len()).expect("short").to_le_bytes();
    Md5::digest([&[0; 16], &length[..], &data].concat()).into()
}

/// The server's target info with what the client adds to it.
fn pairs(who: &LogOn<'_>, challenge: &[u8]) -> Vec<u8> {
    let length = usize::from(u16::from_le_bytes([challenge[40], challenge[41]]));
    let offset = usize::from(u16::from_le_bytes([challenge[44], challenge[45]]));
    let mut out = challenge[offset..offset + length].to_vec();
    out.truncate(out.len().saturating_sub(4));
    if who.mic != Mic::None {
        out.extend([6, 0, 4, 0, 2, 0, 0, 0]);
    }
    if let Some(binding) = who.binding {
        out.extend([10, 0, 16, 0]);
        out.extend(binding);
    }
    out.extend([0; 4]);
    out
}

fn compose(who: &LogOn<'_>, response: &[u8]) -> Vec<u8> {
    const HEAD: usize = 88;
    let parts = [
        vec![0; 24],
        response.to_vec(),
        utf16(who.domain),
        utf16(who.user),
        utf16("CLIENT"),
        Vec::new(),
    ];
    let mut head = b"NTLMSSP\0\x03\0\0\0".to_vec();
    let mut offset = HEAD;
    for part in &parts {
        let length = u16::try_from(part.len()).expect("short");
        head.extend(length.to_le_bytes());
        head.extend(length.to_le_bytes());
        head.extend(u32::try_from(offset).expect("short").to_le_bytes());
        offset += part.len();
    }
    // Unicode, NTLM, always sign, extended session security, target info, version, 128 bit; no
    // exchange of keys.
    head.extend(0xa288_8211_u32.to_le_bytes());
    head.extend([10, 0, 0x7c, 0x4f, 0, 0, 0, 15]);
    head.extend([0; 16]);
    head.extend(parts.concat());
    head
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = Hmac::<Md5>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
