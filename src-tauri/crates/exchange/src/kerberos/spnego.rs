//! The shell in which a Kerberos token goes under `Negotiate` (RFC 4178 §4.2.1, RFC 4559). Offers Kerberos
//! and nothing else, so that no server can talk it down to NTLM.

use super::der::element;

/// `1.2.840.113554.1.2.2`, Kerberos (RFC 1964).
const KERBEROS: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02,
];
/// `1.3.6.1.5.5.2`, SPNEGO.
const SPNEGO: &[u8] = &[0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];

/// A GSS-API token of Kerberos around an AP-REQ (RFC 4121 §4.1).
pub(crate) fn initial_token(ap_req: &[u8]) -> Vec<u8> {
    element(0x60, &[KERBEROS, &[0x01, 0x00], ap_req])
}

/// `NegTokenInit` with that token as its guess, which any server takes that speaks Kerberos.
pub(crate) fn negotiation(token: &[u8]) -> Vec<u8> {
    let mechanisms = element(0xa0, &[&element(0x30, &[KERBEROS])]);
    let guess = element(0xa2, &[&element(0x04, &[token])]);
    let init = element(0xa0, &[&element(0x30, &[&mechanisms, &guess])]);
    element(0x60, &[SPNEGO, &init])
}

#[cfg(test)]
mod tests {
    use super::negotiation;

    #[test]
    fn the_shell_is_that_of_the_standard() {
        // RFC 4178 §4.2: InitialContextToken { SPNEGO, NegTokenInit { mechTypes, mechToken } }.
        let expected = [
            0x60, 0x21, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02, 0xa0, 0x17, 0x30, 0x15,
            0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02,
            0x02, 0xa2, 0x04, 0x04, 0x02, 0xab, 0xcd,
        ];
        assert_eq!(negotiation(&[0xab, 0xcd]), expected);
    }
}
