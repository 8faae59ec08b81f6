//! Channel bindings as the server computes them: `tls-server-end-point` of a certificate (RFC 5929
//! section 4) in the structure whose MD5 stands in NTLM's `MsvAvChannelBindings` (MS-NLMP 3.1.5.1.2,
//! RFC 2744 section 3.11). Decides nothing about what must be bound.

use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use crate::der::{Element, SEQUENCE};
use crate::ntlm::md5;
use crate::windows::Binding;

/// What a client must send that sees this certificate (DER).
pub(crate) fn expected(certificate: &[u8]) -> [u8; 16] {
    let data = [b"tls-server-end-point:", end_point(certificate).as_slice()].concat();
    let length = u32::try_from(data.len()).expect("a hash is short");
    // No addresses: four zero fields, then the length of the application data.
    md5(&[&[0; 16], &length.to_le_bytes(), &data])
}

/// What the client sent, seen from a server that expects this, or that has no channel.
pub(crate) fn judge(sent: Option<&[u8]>, expected: Option<&[u8; 16]>) -> Binding {
    match (sent, expected) {
        (None, _) => Binding::Absent,
        (Some(sent), _) if sent.iter().all(|&byte| byte == 0) => Binding::Zero,
        (Some(sent), Some(expected)) if sent == expected => Binding::Right,
        (Some(_), _) => Binding::Wrong,
    }
}

/// Hash of the certificate, by the hash function of its signature; SHA-256 where that is MD5, SHA-1
/// or not known.
pub(crate) fn end_point(certificate: &[u8]) -> Vec<u8> {
    match signature_hash(certificate) {
        Some(Hash::Sha224) => Sha224::digest(certificate).to_vec(),
        Some(Hash::Sha384) => Sha384::digest(certificate).to_vec(),
        Some(Hash::Sha512) => Sha512::digest(certificate).to_vec(),
        None => Sha256::digest(certificate).to_vec(),
    }
}

/// Hash functions other than SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha224,
    Sha384,
    Sha512,
}

/// `signatureAlgorithm`, the second element of a certificate.
fn signature_hash(certificate: &[u8]) -> Option<Hash> {
    let (outer, _) = Element::read(certificate)?;
    let parts = outer.children()?;
    let algorithm = parts.get(1)?.children()?;
    let oid = algorithm.first()?.content;
    if oid == RSASSA_PSS {
        return pss_hash(algorithm.get(1)?);
    }
    let (family, last) = oid.split_at_checked(oid.len().checked_sub(1)?)?;
    match (family, last) {
        (PKCS_1, [14]) | (ECDSA_SHA2, [1]) => Some(Hash::Sha224),
        (PKCS_1, [12]) | (ECDSA_SHA2, [3]) => Some(Hash::Sha384),
        (PKCS_1, [13]) | (ECDSA_SHA2, [4]) => Some(Hash::Sha512),
        _ => None,
    }
}

/// 1.2.840.113549.1.1
const PKCS_1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
/// 1.2.840.113549.1.1.10
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
/// 1.2.840.10045.4.3
const ECDSA_SHA2: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];
/// 2.16.840.1.101.3.4.2
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];

/// `hashAlgorithm` in `RSASSA-PSS-params` (RFC 4055 section 3.1); SHA-1 where it is left out.
fn pss_hash(parameters: &Element<'_>) -> Option<Hash> {
    let fields = parameters.children()?;
    let hash = fields.iter().find(|field| field.tag == 0xa0)?.child()?;
    if hash.tag != SEQUENCE {
        return None;
    }
    let oid = hash.children()?.first()?.content;
    match oid.strip_prefix(SHA2)? {
        [4] => Some(Hash::Sha224),
        [2] => Some(Hash::Sha384),
        [3] => Some(Hash::Sha512),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{OBJECT_IDENTIFIER, write};

    /// A certificate in outline: what is signed, the algorithm, a signature.
    fn signed_with(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
        let algorithm = write(SEQUENCE, &[&write(OBJECT_IDENTIFIER, &[oid]), parameters]);
        write(
            SEQUENCE,
            &[&write(SEQUENCE, &[]), &algorithm, &write(3, &[&[0, 1, 2]])],
        )
    }

    #[test]
    fn the_hash_is_that_of_the_signature() {
        let rsa = |last: u8| signed_with(&[PKCS_1, &[last]].concat(), &write(5, &[]));
        let ec = |last: u8| signed_with(&[ECDSA_SHA2, &[last]].concat(), &[]);
        let pss = |last: u8| {
            let oid = write(OBJECT_IDENTIFIER, &[SHA2, &[last]]);
            let hash = write(0xa0, &[&write(SEQUENCE, &[&oid])]);
            signed_with(RSASSA_PSS, &write(SEQUENCE, &[&hash]))
        };
        for (certificate, length) in [
            (rsa(4), 32),  // MD5
            (rsa(5), 32),  // SHA-1
            (rsa(11), 32), // SHA-256
            (rsa(12), 48),
            (rsa(13), 64),
            (ec(2), 32),
            (ec(3), 48),
            (ec(4), 64),
            (pss(1), 32),
            (pss(2), 48),
            (pss(3), 64),
            (signed_with(RSASSA_PSS, &write(SEQUENCE, &[])), 32), // SHA-1 by default
            (b"no certificate".to_vec(), 32),
        ] {
            assert_eq!(end_point(&certificate).len(), length, "{certificate:02x?}");
        }
    }

    #[test]
    fn the_structure_is_that_which_others_make() {
        // Computed by pyspnego 0.12: GssChannelBindings(application_data=…).pack(), then MD5.
        let others = 0x1fc8_2f6e_cc48_2774_c47b_c1df_1d18_9868_u128;
        assert_eq!(expected(b"no certificate"), others.to_be_bytes());
    }

    #[test]
    fn zeros_are_neither_absent_nor_right() {
        let right = [9; 16];
        assert_eq!(judge(None, Some(&right)), Binding::Absent);
        assert_eq!(judge(Some(&[0; 16]), Some(&right)), Binding::Zero);
        assert_eq!(judge(Some(&right), Some(&right)), Binding::Right);
        assert_eq!(judge(Some(&[8; 16]), Some(&right)), Binding::Wrong);
        assert_eq!(judge(Some(&right), None), Binding::Wrong);
    }
}
