//! The channel binding of a TLS connection: what Extended Protection checks, so that a log-on cannot
//! be passed on to another server.
//!
//! `tls-server-end-point` (RFC 5929 §4.1) is a hash of the certificate the server showed on *this*
//! connection. A wrong one is refused even where none would be tolerated; so there is one way to
//! make it, and where that way is not known there is none.

use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::signature_algorithm::RsaSsaPssParams;

/// Which hash a binding is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingHash {
    /// Also for certificates signed with MD5 or SHA-1 (RFC 5929 §4.1).
    Sha256,
    /// For certificates signed with SHA-384.
    Sha384,
    /// For certificates signed with SHA-512.
    Sha512,
}

impl BindingHash {
    /// `SHA-256`, `SHA-384`, `SHA-512`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// The hash that belongs to a certificate (DER): that of its own signature algorithm. `None` where
    /// RFC 5929 leaves it open (Ed25519, damaged certificates): then no binding is sent.
    #[must_use]
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
        let algorithm = &parsed.signature_algorithm;
        match algorithm.algorithm.to_id_string().as_str() {
            // md5, sha1, sha256 WithRSAEncryption; ecdsa-with-SHA1, SHA256; dsa-with-sha1, sha256
            "1.2.840.113549.1.1.4"
            | "1.2.840.113549.1.1.5"
            | "1.2.840.113549.1.1.11"
            | "1.3.14.3.2.29"
            | "1.2.840.10045.4.1"
            | "1.2.840.10045.4.3.2"
            | "1.2.840.10040.4.3"
            | "2.16.840.1.101.3.4.3.2" => Some(Self::Sha256),
            "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Some(Self::Sha384),
            "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Some(Self::Sha512),
            // RSASSA-PSS names its hash in a parameter; left out, it is SHA-1 (RFC 4055 §3.1).
            "1.2.840.113549.1.1.10" => {
                let parameters = algorithm.parameters.as_ref()?;
                let pss = RsaSsaPssParams::try_from(parameters).ok()?;
                match pss.hash_algorithm_oid().to_id_string().as_str() {
                    "1.3.14.3.2.26" | "2.16.840.1.101.3.4.2.1" => Some(Self::Sha256),
                    "2.16.840.1.101.3.4.2.2" => Some(Self::Sha384),
                    "2.16.840.1.101.3.4.2.3" => Some(Self::Sha512),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// A channel binding and the hash it was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelBinding {
    /// Application data of the channel bindings (RFC 5929 §4, RFC 2744 §3.11): the prefix
    /// `tls-server-end-point:` and the hash.
    pub application_data: Vec<u8>,
    /// Which hash.
    pub hash: BindingHash,
}

impl ChannelBinding {
    /// The binding of a connection on which the server showed this certificate (DER).
    #[must_use]
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let hash = BindingHash::of(certificate)?;
        let mut application_data = b"tls-server-end-point:".to_vec();
        match hash {
            BindingHash::Sha256 => application_data.extend(Sha256::digest(certificate)),
            BindingHash::Sha384 => application_data.extend(Sha384::digest(certificate)),
            BindingHash::Sha512 => application_data.extend(Sha512::digest(certificate)),
        }
        Some(Self {
            application_data,
            hash,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BindingHash, ChannelBinding};

    fn signed_with(algorithm: &'static rcgen::SignatureAlgorithm) -> Vec<u8> {
        let key = rcgen::KeyPair::generate_for(algorithm).expect("a key");
        let parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]);
        let certificate = parameters.expect("a name").self_signed(&key);
        certificate.expect("a certificate").der().to_vec()
    }

    #[test]
    fn the_hash_is_that_of_the_signature() {
        for (algorithm, hash, length) in [
            (
                &rcgen::PKCS_ECDSA_P256_SHA256,
                Some(BindingHash::Sha256),
                32,
            ),
            (
                &rcgen::PKCS_ECDSA_P384_SHA384,
                Some(BindingHash::Sha384),
                48,
            ),
            (&rcgen::PKCS_RSA_SHA512, Some(BindingHash::Sha512), 64),
            (&rcgen::PKCS_ED25519, None, 0),
        ] {
            let der = signed_with(algorithm);
            assert_eq!(BindingHash::of(&der), hash);
            let binding = ChannelBinding::of(&der);
            assert_eq!(
                binding.map_or(0, |binding| binding.application_data.len() - 21),
                length
            );
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_binding() {
        assert_eq!(ChannelBinding::of(b"0"), None);
    }
}
