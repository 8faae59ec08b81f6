//! Why a handshake failed before any certificate was judged, and what an engineer would do about it.
//! Reads errors and first bytes; decides nothing about trust.

use std::io::ErrorKind;

use rustls::{AlertDescription as Alert, Error, PeerIncompatible, PeerMisbehaved};

use crate::TlsReason;

/// What is known of a handshake that failed.
pub(super) struct Evidence<'a> {
    /// What the TLS layer or the connection said.
    pub(super) error: &'a std::io::Error,
    /// The first bytes the other side sent.
    pub(super) heard: &'a [u8],
    /// It asked for a client certificate.
    pub(super) certificate_asked: bool,
}

/// The TLS layer's own error inside of an I/O error.
fn of_tls(error: &std::io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

impl Evidence<'_> {
    pub(super) fn reason(&self) -> TlsReason {
        if self.heard.first().is_some_and(|first| !is_record(*first)) {
            return TlsReason::NotTls;
        }
        match of_tls(self.error) {
            Some(Error::AlertReceived(alert)) if self.certificate_asked => match alert {
                Alert::InternalError | Alert::DecodeError | Alert::DecryptError => TlsReason::Other,
                _ => TlsReason::ClientCertificate,
            },
            Some(error) => of_error(error, self.heard),
            None if is_cut(self.error.kind()) && self.certificate_asked => {
                TlsReason::ClientCertificate
            }
            None if is_cut(self.error.kind()) => TlsReason::HungUp,
            None => TlsReason::Other,
        }
    }

    /// What was found, in words that only this reason has.
    pub(super) fn words(&self) -> String {
        words(self.reason(), &self.error.to_string(), self.heard)
    }
}

/// The reason in an error of the TLS layer. `heard` are the first bytes of the other side.
pub(super) fn of_error(error: &Error, heard: &[u8]) -> TlsReason {
    match error {
        Error::AlertReceived(Alert::ProtocolVersion)
        | Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => TlsReason::NoCommonVersion,
        Error::AlertReceived(Alert::CertificateRequired) => TlsReason::ClientCertificate,
        // A server that agreed to TLS 1.0 or 1.1 and then found no cipher suite in common says so in
        // records of that version.
        Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity) => {
            match heard {
                [21, 3, 0..=2, ..] => TlsReason::NoCommonVersion,
                _ => TlsReason::NoCommonCipher,
            }
        }
        Error::PeerIncompatible(
            PeerIncompatible::NoCipherSuitesInCommon | PeerIncompatible::NoKxGroupsInCommon,
        )
        | Error::PeerMisbehaved(PeerMisbehaved::SelectedUnofferedCipherSuite) => {
            TlsReason::NoCommonCipher
        }
        _ => TlsReason::Other,
    }
}

/// A reason in words. `said` is the TLS layer's own text.
pub(super) fn words(reason: TlsReason, said: &str, heard: &[u8]) -> String {
    match reason {
        TlsReason::NoCommonCipher => format!(
            "no cipher suite in common. Most likely the server takes RSA key exchange or CBC alone, as Windows \
             Server 2012 R2 does with an RSA certificate, and lacks ECDHE with AES-GCM: an ECDSA certificate, a \
             newer Windows or a front end that speaks it helps ({said})"
        ),
        TlsReason::NoCommonVersion => format!(
            "no version of TLS in common. The server speaks TLS 1.0 or 1.1 alone, and TLS 1.2 is the least that is \
             accepted: enable it in Windows (SCHANNEL) or on the load balancer ({said})"
        ),
        TlsReason::ClientCertificate => "the server demands a client certificate, and there is none to show: in IIS \
             set client certificates to Ignore for the EWS directory, or look at the gateway in front of it"
            .to_owned(),
        TlsReason::NotTls => format!(
            "what answers on this port is not TLS but {}: the EWS URL needs the port of https, usually 443",
            speaker(heard)
        ),
        TlsReason::HungUp => format!(
            "the server hung up in the middle of the handshake, twice: a firewall, a load balancer without a server \
             behind it, or Windows with SCHANNEL settings that have nothing in common with this program ({said})"
        ),
        TlsReason::Other => said.to_owned(),
    }
}

/// Content types of TLS records (RFC 8446 §5.1, RFC 6520).
fn is_record(first: u8) -> bool {
    (20..=24).contains(&first)
}

/// A greeting by its first bytes (RFC 9112 §4, RFC 4253 §4.2, RFC 5321 §4.2).
fn speaker(heard: &[u8]) -> &'static str {
    match heard {
        [b'H', b'T', b'T', b'P', b'/', ..] | [b'<', ..] => "plain HTTP",
        [b'S', b'S', b'H', b'-', ..] => "SSH",
        [b'2', b'2', b'0', ..] => "a mail server (SMTP)",
        [b'*', b' ', ..] => "a mail server (IMAP)",
        [b'+', b'O', b'K', ..] => "a mail server (POP3)",
        _ => "something else",
    }
}

fn is_cut(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io;

    use rustls::{AlertDescription as Alert, Error, InvalidMessage, PeerIncompatible};

    use super::{Evidence, TlsReason as R};

    fn seen(error: &io::Error, heard: &[u8], certificate_asked: bool) -> (R, String) {
        let evidence = Evidence {
            error,
            heard,
            certificate_asked,
        };
        (evidence.reason(), evidence.words())
    }

    fn tls(error: Error) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }

    #[test]
    fn each_reason_is_known_by_its_evidence() {
        let alert = |alert| tls(Error::AlertReceived(alert));
        let not_tls = || tls(Error::InvalidMessage(InvalidMessage::InvalidContentType));
        let cut = || io::Error::from(io::ErrorKind::ConnectionReset);
        let (tls12, tls10) = (
            b"\x15\x03\x03\x00\x02\x02\x28",
            b"\x15\x03\x01\x00\x02\x02\x28",
        );
        let old = Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13);
        for (error, heard, asked, reason) in [
            (
                alert(Alert::HandshakeFailure),
                &tls12[..],
                false,
                R::NoCommonCipher,
            ),
            (
                alert(Alert::HandshakeFailure),
                tls10,
                false,
                R::NoCommonVersion,
            ),
            (
                alert(Alert::HandshakeFailure),
                tls12,
                true,
                R::ClientCertificate,
            ),
            (
                alert(Alert::CertificateRequired),
                b"\x16",
                false,
                R::ClientCertificate,
            ),
            (
                alert(Alert::ProtocolVersion),
                tls12,
                false,
                R::NoCommonVersion,
            ),
            (tls(old), b"\x16\x03\x01", false, R::NoCommonVersion),
            (alert(Alert::InternalError), tls12, false, R::Other),
            (not_tls(), b"HTTP/1.1 400 Bad", false, R::NotTls),
            (cut(), b"220 mail.contoso", false, R::NotTls),
            (cut(), b"", false, R::HungUp),
            (cut(), b"\x16\x03\x03", true, R::ClientCertificate),
            (io::Error::other("x"), b"", false, R::Other),
        ] {
            let found = seen(&error, heard, asked).0;
            assert_eq!(found, reason, "{error:?} after {heard:?}, {asked}");
        }
    }

    #[test]
    fn each_reason_has_words_of_its_own() {
        let error = io::Error::other("said");
        let all = [
            R::NoCommonCipher,
            R::NoCommonVersion,
            R::ClientCertificate,
            R::NotTls,
            R::HungUp,
            R::Other,
        ];
        let texts: BTreeSet<String> = all
            .iter()
            .map(|reason| super::words(*reason, &error.to_string(), b""))
            .collect();
        assert_eq!(texts.len(), all.len());
        let not_tls = |heard: &[u8]| super::words(R::NotTls, "", heard);
        assert!(not_tls(b"HTTP/1.1 400").contains("not TLS but plain HTTP"));
        assert!(not_tls(b"220 mail").contains("SMTP"));
    }
}
