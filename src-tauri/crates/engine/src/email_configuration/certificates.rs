//! CA files: read before they are trusted, so that an expired one is not trusted in vain.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{CertificateInfo, Code, Problem, ReadCertificate};
use exchange::{Certificate, CertificateError, read_certificates};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::access_types::show_date;
use crate::Engine;

/// Largest file, in bytes: a bundle of some hundred certificates.
const LARGEST: usize = 1024 * 1024;
/// Characters of a line of PEM (RFC 7468 §2).
const PEM_LINE: usize = 64;

impl Engine {
    /// Reads a CA file before it is trusted.
    ///
    /// # Errors
    /// [`Code::BadCertificate`]: none in it, a damaged one, a private key, nothing but expired ones.
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn certificate_read(
        &self,
        request: ReadCertificate,
    ) -> Result<Vec<CertificateInfo>, Problem> {
        let bytes = STANDARD.decode(request.base64.trim()).map_err(|_| {
            Problem::invalid("base64", "The file did not arrive whole.").hint("Choose it again.")
        })?;
        if bytes.len() > LARGEST {
            return Err(bad("This file is too large for a certificate."));
        }
        let found = read_usable(&bytes, self.stage().clock.now()).map_err(|text| {
            bad(text).hint(format!(
                "Export the CA certificate again; {} is not usable.",
                request.name
            ))
        })?;
        found.iter().map(info).collect()
    }
}

/// Certificates of a file, at least one of them still valid; else the sentence of the panel.
pub(super) fn read_usable(bytes: &[u8], now: Timestamp) -> Result<Vec<Certificate>, String> {
    let found = read_certificates(bytes).map_err(|error| match error {
        CertificateError::None => "No certificate found in this file.".to_owned(),
        CertificateError::Damaged { number } => {
            format!("Certificate {number} in this file is damaged.")
        }
        CertificateError::PrivateKey => {
            "This file contains a private key. Give the certificate alone.".to_owned()
        }
    })?;
    let last = found
        .iter()
        .map(|certificate| certificate.not_after)
        .max()
        .unwrap_or(i64::MIN);
    if last < now.as_second() {
        return Err(format!("This CA expired on {}.", day(last)));
    }
    Ok(found)
}

fn day(seconds: i64) -> String {
    match Timestamp::from_second(seconds) {
        Ok(time) => show_date(time.to_zoned(TimeZone::UTC).date()),
        Err(_) => "an unknown day".to_owned(),
    }
}

fn info(certificate: &Certificate) -> Result<CertificateInfo, Problem> {
    let time = |seconds| {
        Timestamp::from_second(seconds)
            .map(|time| time.to_string())
            .map_err(|_| bad("A date in this certificate is out of range."))
    };
    Ok(CertificateInfo {
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        names: certificate.names.clone(),
        not_before: time(certificate.not_before)?,
        not_after: time(certificate.not_after)?,
        sha256: certificate.sha256.clone(),
        is_ca: certificate.is_ca,
        pem: Some(pem(&certificate.der)),
    })
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(PEM_LINE) {
        pem.extend(line.iter().map(|&byte| char::from(byte)));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

fn bad(message: impl Into<String>) -> Problem {
    Problem::new(Code::BadCertificate, message)
        .field("tlsTrust")
        .hint("Export the CA certificate again, as PEM or DER, without its private key.")
}
