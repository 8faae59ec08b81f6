//! Certificates, for showing and for trusting. Parsing only; trust is decided in `trust`.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Certificate {
    /// Subject.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// DNS names and addresses it is for.
    pub names: Vec<String>,
    /// Seconds since 1970-01-01 UTC.
    pub not_before: i64,
    /// Seconds since 1970-01-01 UTC.
    pub not_after: i64,
    /// SHA-256 of the DER, upper-case hexadecimal.
    pub sha256: String,
    /// Whether it may issue others.
    pub is_ca: bool,
    /// The certificate itself.
    pub der: Vec<u8>,
}

/// Why a file cannot be used as certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// There is none in it.
    #[error("no certificate found in this file")]
    None,
    /// One of them is damaged.
    #[error("certificate {number} in this file is damaged")]
    Damaged {
        /// Counted from 1.
        number: usize,
    },
    /// It holds a private key, which must not travel.
    #[error("this file contains a private key; give the certificate alone")]
    PrivateKey,
}

/// Reads PEM (RFC 7468; one or more) or a single DER certificate.
///
/// # Errors
/// [`CertificateError`].
pub fn read_certificates(bytes: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    if bytes.windows(11).any(|w| w == b"PRIVATE KEY") {
        return Err(CertificateError::PrivateKey);
    }
    let ders: Vec<Vec<u8>> = if bytes.windows(10).any(|w| w == b"-----BEGIN") {
        let mut found = Vec::new();
        for (at, item) in CertificateDer::pem_slice_iter(bytes).enumerate() {
            found.push(
                item.map_err(|_| CertificateError::Damaged { number: at + 1 })?
                    .to_vec(),
            );
        }
        found
    } else if bytes.first() == Some(&0x30) {
        vec![bytes.to_vec()]
    } else {
        Vec::new()
    };
    if ders.is_empty() {
        return Err(CertificateError::None);
    }
    ders.into_iter()
        .enumerate()
        .map(|(at, der)| {
            Certificate::parse(&der).ok_or(CertificateError::Damaged { number: at + 1 })
        })
        .collect()
}

impl Certificate {
    /// Reads a DER certificate (RFC 5280); `None` if it is damaged.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        let names = parsed
            .subject_alternative_name()
            .ok()
            .flatten()
            .map(|extension| {
                extension
                    .value
                    .general_names
                    .iter()
                    .filter_map(name_text)
                    .collect()
            });
        Some(Self {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            names: names.unwrap_or_default(),
            not_before: parsed.validity().not_before.timestamp(),
            not_after: parsed.validity().not_after.timestamp(),
            sha256: hex(&Sha256::digest(der)),
            is_ca: parsed.is_ca(),
            der: der.to_vec(),
        })
    }

    /// As PEM (RFC 7468), in lines of 64 characters.
    #[must_use]
    pub fn pem(&self) -> String {
        let text = BASE64_STANDARD.encode(&self.der);
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for (at, letter) in text.chars().enumerate() {
            if at > 0 && at % 64 == 0 {
                pem.push('\n');
            }
            pem.push(letter);
        }
        pem + "\n-----END CERTIFICATE-----\n"
    }

    /// For showing even what cannot be parsed.
    pub(crate) fn describe(der: &[u8]) -> Self {
        Self::parse(der).unwrap_or_else(|| Self {
            subject: "(damaged certificate)".to_owned(),
            sha256: hex(&Sha256::digest(der)),
            der: der.to_vec(),
            ..Self::default()
        })
    }
}

fn name_text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(dns) => Some((*dns).to_owned()),
        GeneralName::IPAddress([a, b, c, d]) => Some(format!("{a}.{b}.{c}.{d}")),
        GeneralName::IPAddress(bytes) => <[u8; 16]>::try_from(*bytes)
            .ok()
            .map(|ip| std::net::Ipv6Addr::from(ip).to_string()),
        _ => None,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02X}");
            text
        })
}
