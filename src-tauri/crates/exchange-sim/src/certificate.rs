//! The certificate of the simulated server, with the faults it is told to have. Keys live in memory
//! only, and every start makes new ones.

use std::fmt::Write as _;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};

use crate::calendar::date;

/// Which certificate the server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// A private CA signs a sound leaf for `localhost`, `127.0.0.1` and `::1`.
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
            Self::With(faults) => faults,
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

/// Makes the keys, the certificate and the TLS set-up.
pub(crate) fn identity(certificate: Certificate) -> Result<Identity, CertificateError> {
    let faults = certificate.faults();
    let leaf_key = KeyPair::generate()?;
    let leaf = leaf_params(faults)?;
    let (leaf, ca) = if faults.self_signed {
        (leaf.self_signed(&leaf_key)?, None)
    } else {
        let ca_key = KeyPair::generate()?;
        let ca_params = ca_params()?;
        let ca = ca_params.self_signed(&ca_key)?;
        let issuer = Issuer::from_params(&ca_params, &ca_key);
        (leaf.signed_by(&leaf_key, &issuer)?, Some(ca))
    };
    let mut chain: Vec<CertificateDer<'static>> = vec![leaf.der().clone()];
    chain.extend(ca.iter().map(|ca| ca.der().clone()));
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let builder = if faults.demands_client_certificate {
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
        ca_pem: ca.map(|ca| ca.pem()),
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

fn leaf_params(faults: CertificateFaults) -> Result<CertificateParams, rcgen::Error> {
    let names: &[&str] = if faults.wrong_name {
        &["mail.fabrikam.com"]
    } else {
        &["localhost", "127.0.0.1", "::1"]
    };
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let common_name = names[0].clone();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = !faults.self_signed;
    let (from, to) = if faults.expired {
        (-395, -30)
    } else if faults.not_yet_valid {
        (30, 395)
    } else {
        (-2, 363)
    };
    valid_days(&mut params, from, to);
    Ok(params)
}

fn ca_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Contoso");
    // A name of its own each time: a CA trusted from an earlier start is then an unknown issuer,
    // not one whose signatures are wrong.
    let name = format!(
        "Contoso Practice CA {:.8}",
        uuid::Uuid::new_v4().simple().to_string()
    );
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid_days(&mut params, -400, 3_650);
    Ok(params)
}

/// Sets the validity in days from today.
fn valid_days(params: &mut CertificateParams, from: i64, to: i64) {
    let (year, month, day) = date(from);
    params.not_before = rcgen::date_time_ymd(year, month, day);
    let (year, month, day) = date(to);
    params.not_after = rcgen::date_time_ymd(year, month, day);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_self_signed_certificate_has_no_ca() {
        assert!(identity(Certificate::SelfSigned).unwrap().ca_pem.is_none());
        for signed in [
            Certificate::Ca,
            Certificate::WrongName,
            Certificate::Expired,
        ] {
            assert!(identity(signed).unwrap().ca_pem.is_some(), "{signed:?}");
        }
        assert_eq!(identity(Certificate::Ca).unwrap().leaf_sha256.len(), 64);
    }
}
