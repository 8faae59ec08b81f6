//! Whose certificates are trusted: the platform's, extra CAs, or exactly one pinned certificate.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;

/// Trust of one organization. There is no variant that trusts everything.
#[derive(Debug, Clone)]
pub struct Trust {
    pub(crate) provider: Arc<CryptoProvider>,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// The platform's verifier, with these CAs besides. `Err`: the platform offers no roots.
    Chain {
        verifier: Result<Arc<dyn ServerCertVerifier>, String>,
        extra: Arc<Vec<CertificateDer<'static>>>,
    },
    /// SHA-256 of the one certificate.
    Pin {
        sha256: [u8; 32],
        /// Who issued it, where that is known; decides nothing.
        issuer: Option<String>,
    },
}

impl Trust {
    /// The platform's trust store, plus these CA certificates (DER).
    #[must_use]
    pub fn system(extra: Vec<Vec<u8>>) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let extra: Vec<CertificateDer<'static>> =
            extra.into_iter().map(CertificateDer::from).collect();
        let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(
            extra.clone(),
            Arc::clone(&provider),
        );
        let verifier = match verifier {
            Ok(verifier) => Ok(Arc::new(verifier) as Arc<dyn ServerCertVerifier>),
            Err(error) => Err(error.to_string()),
        };
        Self {
            provider,
            kind: Kind::Chain {
                verifier,
                extra: Arc::new(extra),
            },
        }
    }

    /// Exactly the certificate with this SHA-256 (of its DER): chain, name and dates are not asked.
    /// `issuer` is that of the certificate when it was pinned, as [`crate::Certificate::issuer`] spells
    /// it: another certificate is told apart by it.
    #[must_use]
    pub fn pin(sha256: [u8; 32], issuer: Option<String>) -> Self {
        Self {
            provider: Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
            kind: Kind::Pin { sha256, issuer },
        }
    }
}
