//! The certificate of the simulated server, with the faults it is told to have. Keys live in memory
//! only, and every start makes new ones.

mod authority;

use std::fmt::Write as _;
use std::sync::Arc;

use rcgen::KeyPair;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};

pub(crate) use authority::Authority;
use authority::leaf_params;

/// Which certificate the server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// A private CA signs a sound leaf for `localhost`, `127.0.0.1`, `::1` and
    /// `mail.contoso.test`.
    Ca,
    /// Its own issuer, as Exchange Setup installs it.
    SelfSigned,
    /// Signed by the private CA for another host.
    WrongName,
    /// Signed by the private CA, and expired.
    Expired,
    /// Signed by the private CA, and not valid yet.
    NotYetValid,
    /// Any faults together.
    With(CertificateFaults),
    /// The same with other keys, and with them another hash in the signature.
    Of {
        /// Keys of the certificate and of its CA.
        keys: Keys,
        /// Its faults.
        faults: CertificateFaults,
    },
}

/// Kind of the keys, and the hash that signatures made with them use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keys {
    /// Elliptic curve P-256, SHA-256.
    #[default]
    P256,
    /// Elliptic curve P-384, SHA-384.
    P384,
    /// Elliptic curve P-521, SHA-512.
    P521,
    /// RSA with 2,048 bits, SHA-256.
    RsaSha256,
    /// RSA with 2,048 bits, SHA-384.
    RsaSha384,
    /// RSA with 2,048 bits, SHA-512.
    RsaSha512,
}

impl Keys {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::P256,
        Self::P384,
        Self::P521,
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
    ];
}

/// Faults of a certificate; none set is [`Certificate::Ca`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent faults, any of which may occur together"
)]
pub struct CertificateFaults {
    /// Its own issuer.
    pub self_signed: bool,
    /// Names `mail.fabrikam.com` only.
    pub wrong_name: bool,
    /// Ended 30 days ago.
    pub expired: bool,
    /// Begins in 30 days. Ignored when `expired` is set.
    pub not_yet_valid: bool,
    /// Not a fault of the certificate but of the handshake: the server demands one of the client.
    pub demands_client_certificate: bool,
}

impl Certificate {
    fn faults(self) -> CertificateFaults {
        let none = CertificateFaults::default();
        match self {
            Self::Ca => none,
            Self::SelfSigned => CertificateFaults {
                self_signed: true,
                ..none
            },
            Self::WrongName => CertificateFaults {
                wrong_name: true,
                ..none
            },
            Self::Expired => CertificateFaults {
                expired: true,
                ..none
            },
            Self::NotYetValid => CertificateFaults {
                not_yet_valid: true,
                ..none
            },
            Self::With(faults) | Self::Of { faults, .. } => faults,
        }
    }

    const fn keys(self) -> Keys {
        match self {
            Self::Of { keys, .. } => keys,
            _ => Keys::P256,
        }
    }
}

/// What could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateError {
    #[error("could not create the certificate")]
    Create(#[from] rcgen::Error),
    #[error("could not set up TLS")]
    Tls(#[from] rustls::Error),
    #[error("could not demand client certificates")]
    ClientCertificates(#[from] rustls::server::VerifierBuilderError),
}

/// A certificate in use.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) ca_pem: Option<String>,
    pub(crate) leaf_der: Vec<u8>,
    pub(crate) leaf_sha256: String,
}

/// Makes the keys, the certificate for the loopback host and these names, and the TLS set-up; signed
/// by this CA, or by one of its own.
pub(crate) fn identity(
    certificate: Certificate,
    names: &[String],
    ca: Option<&Authority>,
) -> Result<Identity, CertificateError> {
    let faults = certificate.faults();
    let leaf_key = authority::generate(certificate.keys())?;
    let names: Vec<&str> = if faults.wrong_name {
        vec!["mail.fabrikam.com"]
    } else {
        let loopback = ["localhost", "127.0.0.1", "::1", "mail.contoso.test"];
        loopback
            .into_iter()
            .chain(names.iter().map(String::as_str))
            .collect()
    };
    let params = leaf_params(&names, faults)?;
    if faults.self_signed {
        let leaf = params.self_signed(&leaf_key)?;
        return assemble(&leaf, &leaf_key, None, faults.demands_client_certificate);
    }
    let own = match ca {
        Some(_) => None,
        None => Some(Authority::fresh(certificate.keys())?),
    };
    let ca = ca.or(own.as_ref()).expect("without one it was made");
    let leaf = ca.sign(&params, &leaf_key)?;
    assemble(
        &leaf,
        &leaf_key,
        Some(ca),
        faults.demands_client_certificate,
    )
}

impl Authority {
    /// A sound certificate for this host, and the TLS set-up with it.
    pub(crate) fn identity_for(&self, host: &str) -> Result<Identity, CertificateError> {
        let key = authority::generate(Keys::P256)?;
        let params = leaf_params(&[host], CertificateFaults::default())?;
        assemble(&self.sign(&params, &key)?, &key, Some(self), false)
    }
}

/// The TLS set-up of a server that shows this certificate, and that of the CA behind it.
fn assemble(
    leaf: &rcgen::Certificate,
    key: &KeyPair,
    ca: Option<&Authority>,
    demands_client_certificate: bool,
) -> Result<Identity, CertificateError> {
    let ca = ca.map(Authority::certificate);
    let mut chain: Vec<CertificateDer<'static>> = vec![leaf.der().clone()];
    chain.extend(ca.map(|ca| ca.der().clone()));
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let builder = if demands_client_certificate {
        let mut roots = RootCertStore::empty();
        roots.add(chain.last().expect("the chain has a leaf").clone())?;
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build()?)
    } else {
        builder.with_no_client_auth()
    };
    let mut config = builder.with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let digest = Sha256::digest(leaf.der().as_ref());
    Ok(Identity {
        config: Arc::new(config),
        ca_pem: ca.map(rcgen::Certificate::pem),
        leaf_der: leaf.der().to_vec(),
        leaf_sha256: hex(&digest),
    })
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::end_point;

    #[test]
    fn only_a_self_signed_certificate_has_no_ca() {
        assert!(
            identity(Certificate::SelfSigned, &[], None)
                .unwrap()
                .ca_pem
                .is_none()
        );
        for signed in [
            Certificate::Ca,
            Certificate::WrongName,
            Certificate::Expired,
        ] {
            assert!(
                identity(signed, &[], None).unwrap().ca_pem.is_some(),
                "{signed:?}"
            );
        }
        assert_eq!(
            identity(Certificate::Ca, &[], None)
                .unwrap()
                .leaf_sha256
                .len(),
            64
        );
    }

    #[test]
    fn each_kind_of_keys_signs_with_its_hash() {
        for (keys, length) in Keys::ALL.into_iter().zip([32, 48, 64, 32, 48, 64]) {
            for self_signed in [false, true] {
                let faults = CertificateFaults {
                    self_signed,
                    ..CertificateFaults::default()
                };
                let made = identity(Certificate::Of { keys, faults }, &[], None).unwrap();
                assert_eq!(end_point(&made.leaf_der).len(), length, "{keys:?}");
            }
        }
    }
}
