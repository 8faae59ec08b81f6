//! The certificate with which an application proves itself: read from PEM or PFX, its key never leaves.
//!
//! Only RSA, because the assertion is PS256. It trusts nobody: whether the certificate counts is decided
//! by the authority where it was registered.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_SHA256};
use jiff::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use zeroize::Zeroizing;

/// Most bytes of a file: a PFX with its chain has about six kilobytes.
const MAX_FILE: usize = 1024 * 1024;

/// A certificate and its RSA key.
#[derive(Clone)]
pub struct Certificate {
    subject: String,
    sha1: Vec<u8>,
    sha256: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
    /// Wiped by aws-lc when the last one is dropped.
    key: Arc<KeyPair>,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({})", self.thumbprint())
    }
}

/// Why a certificate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// There is no certificate in it.
    #[error("this file holds no certificate")]
    NoCertificate,
    /// Only the public half: a `.cer`, or a PFX that was exported without its key.
    #[error("this certificate has no private key")]
    NoPrivateKey,
    /// The key belongs to another certificate.
    #[error("the private key does not belong to this certificate")]
    OtherKey,
    /// A PEM key with a password.
    #[error("the private key is encrypted: export it as PFX, or without a password")]
    EncryptedPem,
    /// The password of the PFX.
    #[error("the password of the file is wrong")]
    WrongPassword,
    /// Elliptic curve, or an RSA key that is too short.
    #[error("the key is not RSA with 2048 bits or more")]
    NotRsa,
    /// Its time is over.
    #[error("it expired on {}", .0.strftime("%Y-%m-%d"))]
    Expired(Timestamp),
    /// Its time has not come.
    #[error("it is not valid before {}", .0.strftime("%Y-%m-%d"))]
    NotYet(Timestamp),
    /// The file is broken, or of another kind.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// The key would not sign.
    #[error("the key cannot sign")]
    CannotSign,
}

impl Certificate {
    /// Reads PEM: a certificate and its key (PKCS#8 or PKCS#1), in any order, chain and comments allowed.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        limited(pem)?;
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| CertificateError::Unreadable(error.to_string()))?;
        if certificates.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        let text = String::from_utf8_lossy(pem);
        if text.contains("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(CertificateError::EncryptedPem);
        }
        let keys = PrivateKeyDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| CertificateError::Unreadable(error.to_string()))?;
        let keys = keys.iter().map(|key| match key {
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()).ok(),
            _ => None,
        });
        Self::matching(certificates.iter().map(AsRef::as_ref), keys)
    }

    /// Reads PFX (PKCS#12), the file Windows exports.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_pfx(pfx: &[u8], password: &str) -> Result<Self, CertificateError> {
        limited(pfx)?;
        let archive =
            p12_keystore::Pkcs12Archive::from_pkcs12(pfx, password).map_err(unreadable)?;
        let keys: Vec<Zeroizing<Vec<u8>>> = archive
            .keys
            .iter()
            .map(|key| Zeroizing::new(key.key.as_der().to_vec()))
            .collect();
        let certificates = archive.certs.iter().map(|entry| entry.cert.as_der());
        let keys = keys.iter().map(|key| KeyPair::from_pkcs8(key).ok());
        Self::matching(certificates, keys)
    }

    /// The certificate among these whose key is among those.
    fn matching<'a>(
        certificates: impl Iterator<Item = &'a [u8]>,
        keys: impl Iterator<Item = Option<KeyPair>>,
    ) -> Result<Self, CertificateError> {
        let certificates: Vec<&[u8]> = certificates.collect();
        if certificates.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        let mut why = CertificateError::NoPrivateKey;
        for key in keys {
            let Some(key) = key else {
                why = CertificateError::NotRsa;
                continue;
            };
            let public = key.public_key().as_ref().to_vec();
            let key = Arc::new(key);
            for der in &certificates {
                let (_, read) = X509Certificate::from_der(der)
                    .map_err(|error| CertificateError::Unreadable(error.to_string()))?;
                if read.public_key().subject_public_key.data.as_ref() == public {
                    return Self::of(der, &read, key);
                }
            }
            why = CertificateError::OtherKey;
        }
        Err(why)
    }

    fn of(
        der: &[u8],
        read: &X509Certificate<'_>,
        key: Arc<KeyPair>,
    ) -> Result<Self, CertificateError> {
        let time = |seconds| {
            Timestamp::from_second(seconds)
                .map_err(|error| CertificateError::Unreadable(error.to_string()))
        };
        Ok(Self {
            subject: read.subject().to_string(),
            sha1: digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref().to_vec(),
            sha256: digest(&SHA256, der).as_ref().to_vec(),
            not_before: time(read.validity().not_before.timestamp())?,
            not_after: time(read.validity().not_after.timestamp())?,
            key,
        })
    }

    /// Whose it is: `CN=Understudy`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// SHA-1 in upper-case hex: what Windows and Entra show. It names a certificate and protects nothing.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        use std::fmt::Write as _;
        self.sha1.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02X}").expect("a string takes everything");
            hex
        })
    }

    /// Its last moment.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whether it is good now.
    ///
    /// # Errors
    /// [`CertificateError::Expired`], [`CertificateError::NotYet`].
    pub fn check(&self, now: Timestamp) -> Result<(), CertificateError> {
        if now > self.not_after {
            Err(CertificateError::Expired(self.not_after))
        } else if now < self.not_before {
            Err(CertificateError::NotYet(self.not_before))
        } else {
            Ok(())
        }
    }

    /// SHA-256 of the DER, for `x5t#S256`.
    pub(crate) fn sha256(&self) -> &[u8] {
        &self.sha256
    }

    /// RSASSA-PSS with SHA-256, as PS256 wants it.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CertificateError> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PSS_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| CertificateError::CannotSign)?;
        Ok(signature)
    }
}

fn limited(file: &[u8]) -> Result<(), CertificateError> {
    if file.len() > MAX_FILE {
        return Err(CertificateError::Unreadable("it is too large".to_owned()));
    }
    Ok(())
}

fn unreadable(error: p12_keystore::error::Error) -> CertificateError {
    match error {
        p12_keystore::error::Error::MacError(_) => CertificateError::WrongPassword,
        other => CertificateError::Unreadable(other.to_string()),
    }
}
