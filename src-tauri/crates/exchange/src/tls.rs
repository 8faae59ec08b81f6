//! The TLS handshake: verifies by [`Trust`], keeps the chain for showing, names the fault.

mod heard;
mod reason;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::reason::Evidence;
use crate::trust::{Kind, Trust};
use crate::{Certificate, Fault, TlsFault, TlsFaultKind, TlsReason};

pub(crate) use self::heard::Heard;

/// A connection that is encrypted now.
pub(crate) struct Shaken {
    pub(crate) stream: TlsStream<Heard>,
    /// With TLS 1.3 a server that insists on a client certificate hangs up after the handshake.
    pub(crate) certificate_asked: bool,
}

/// The server hung up on a client without a certificate.
pub(crate) fn certificate_demanded() -> Fault {
    no_handshake(TlsReason::ClientCertificate, "")
}

/// Shakes hands as a client of `host`.
///
/// # Errors
/// [`Fault::Tls`] with the chain as far as it was shown.
pub(crate) async fn handshake(
    stream: TcpStream,
    host: &str,
    trust: &Trust,
) -> Result<Shaken, Fault> {
    let recorder = Arc::new(Recorder {
        trust: trust.clone(),
        seen: Mutex::new(Seen::default()),
        asked: AtomicBool::new(false),
        tells: false,
    });
    let config =
        config(&recorder).map_err(|error| no_handshake(TlsReason::Other, &error.to_string()))?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Fault::NameNotFound {
        detail: "this is no host name".to_owned(),
    })?;
    let connector = TlsConnector::from(Arc::new(config));
    match connector
        .connect(name, Heard::new(stream))
        .into_fallible()
        .await
    {
        Ok(stream) => Ok(Shaken {
            stream,
            certificate_asked: recorder.asked.load(Relaxed),
        }),
        Err((error, stream)) => Err(recorder.fault(&error, stream.first())),
    }
}

impl Trust {
    /// This trust for another client of `rustls`: authorization servers, Microsoft Graph. What its verifier
    /// refuses is named by [`TlsFault::of`].
    ///
    /// # Errors
    /// [`Error`] when the provider lacks a protocol version.
    pub fn client_config(&self) -> Result<rustls::ClientConfig, Error> {
        config(&Arc::new(Recorder {
            trust: self.clone(),
            seen: Mutex::new(Seen::default()),
            asked: AtomicBool::new(false),
            tells: true,
        }))
    }
}

impl TlsFault {
    /// What an error of a client with [`Trust::client_config`] is.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        if let Error::InvalidCertificate(CertificateError::Other(other)) = error
            && let Some(fault) = other.0.downcast_ref::<Self>()
        {
            return fault.clone();
        }
        let reason = reason::of_error(error, &[]);
        let kind = match error {
            Error::InvalidCertificate(_) => simple_kind(error),
            _ => TlsFaultKind::Protocol,
        };
        Self {
            kind,
            reason,
            detail: reason::words(reason, &error.to_string(), &[]),
            chain: Vec::new(),
        }
    }
}

/// Whether an I/O error carries an alert or another refusal of the TLS layer: with TLS 1.3 a server
/// that demands a client certificate says so only after the handshake (RFC 8446 §4.4.2.4).
pub(crate) fn late_refusal(error: &(dyn std::error::Error + 'static)) -> Option<Fault> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<Error>() {
            let reason = reason::of_error(tls, &[]);
            return Some(no_handshake(reason, &tls.to_string()));
        }
        if let Some(inner) = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
        {
            next = Some(inner);
            continue;
        }
        next = error.source();
    }
    None
}

/// A fault of the protocol itself. `said` is what the TLS layer said.
fn no_handshake(reason: TlsReason, said: &str) -> Fault {
    Fault::Tls(Box::new(TlsFault {
        kind: TlsFaultKind::Protocol,
        reason,
        detail: reason::words(reason, said, &[]),
        chain: Vec::new(),
    }))
}

/// A configuration of its own for each connection: no resumed session skips the verifier.
fn config(recorder: &Arc<Recorder>) -> Result<rustls::ClientConfig, Error> {
    let mut config =
        rustls::ClientConfig::builder_with_provider(Arc::clone(&recorder.trust.provider))
            .with_safe_default_protocol_versions()?
            .dangerous() // rustls' name for the door to custom verifiers; this one only narrows or names
            .with_custom_certificate_verifier(Arc::clone(recorder) as Arc<dyn ServerCertVerifier>)
            .with_client_cert_resolver(Arc::clone(recorder) as Arc<dyn ResolvesClientCert>);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

#[derive(Debug, Default)]
struct Seen {
    chain: Vec<Certificate>,
    fault: Option<(TlsFaultKind, Error)>,
}

#[derive(Debug)]
struct Recorder {
    trust: Trust,
    seen: Mutex<Seen>,
    /// The server asked for a client certificate.
    asked: AtomicBool,
    /// Whoever asks sees the error alone: it holds the whole fault.
    tells: bool,
}

/// There is none to show; that it was asked for is worth knowing.
impl ResolvesClientCert for Recorder {
    fn resolve(
        &self,
        _issuers: &[&[u8]],
        _schemes: &[SignatureScheme],
    ) -> Option<Arc<rustls::sign::CertifiedKey>> {
        self.asked.store(true, Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

impl Recorder {
    /// What a failed handshake is called: by the certificate if one was judged, else by what came.
    fn fault(&self, error: &std::io::Error, heard: &[u8]) -> Fault {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        let evidence = Evidence {
            error,
            heard,
            certificate_asked: self.asked.load(Relaxed),
        };
        let (kind, reason, detail) = match seen.fault {
            Some((kind, error)) => {
                let detail = self.words(kind, &error, seen.chain.first());
                (kind, TlsReason::Other, detail)
            }
            None => (TlsFaultKind::Protocol, evidence.reason(), evidence.words()),
        };
        Fault::Tls(Box::new(TlsFault {
            kind,
            reason,
            detail,
            chain: seen.chain,
        }))
    }

    /// The fault inside of an error, for [`TlsFault::of`].
    fn told(&self, kind: TlsFaultKind, error: &Error, chain: Vec<Certificate>) -> Error {
        let fault = TlsFault {
            kind,
            reason: TlsReason::Other,
            detail: self.words(kind, error, chain.first()),
            chain,
        };
        Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(fault))))
    }

    /// What is wrong with a certificate. Where its issuer is the point, the issuer stands first: a
    /// TLS-inspecting proxy is known by it.
    fn words(&self, kind: TlsFaultKind, error: &Error, leaf: Option<&Certificate>) -> String {
        let Some(leaf) = leaf else {
            return error.to_string();
        };
        let issuer = if leaf.issuer == leaf.subject {
            format!("it signs itself as {}", leaf.subject)
        } else {
            format!("it was issued by {}", leaf.issuer)
        };
        match (kind, &self.trust.kind) {
            (
                TlsFaultKind::PinMismatch,
                Kind::Pin {
                    issuer: Some(pinned),
                    ..
                },
            ) if *pinned != leaf.issuer => {
                format!(
                    "{issuer}, the pinned one by {pinned}: renewed with another issuer, or a TLS-inspecting proxy \
                     or load balancer in the middle shows its own"
                )
            }
            (
                TlsFaultKind::PinMismatch,
                Kind::Pin {
                    issuer: Some(_), ..
                },
            ) => {
                format!("{issuer}, as the pinned one was: most likely it was renewed")
            }
            (TlsFaultKind::PinMismatch, _)
            | (
                TlsFaultKind::Untrusted,
                Kind::Chain {
                    verifier: Ok(_), ..
                },
            ) if is_issuer(error) => issuer,
            (TlsFaultKind::Untrusted, _) => match besides(error) {
                Some(words) => format!("{issuer}; {words}"),
                None => issuer,
            },
            (TlsFaultKind::Expired, _) => dates(error),
            _ => error.to_string(),
        }
    }

    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), (TlsFaultKind, Error)> {
        match &self.trust.kind {
            Kind::Pin { sha256, .. } if Sha256::digest(leaf).as_slice() == sha256 => Ok(()),
            Kind::Pin { .. } => Err((
                TlsFaultKind::PinMismatch,
                Error::General("the certificate is not the pinned one".to_owned()),
            )),
            // A self-signed certificate that the person trusts by name of its file: it is its own anchor.
            Kind::Chain { extra, .. } if extra.iter().any(|ca| ca.as_ref() == leaf.as_ref()) => {
                judge_anchor(leaf, name, now)
            }
            Kind::Chain {
                verifier: Err(reason),
                ..
            } => Err((
                TlsFaultKind::Untrusted,
                Error::General(format!("no trust store: {reason}")),
            )),
            Kind::Chain {
                verifier: Ok(verifier),
                ..
            } => {
                let verify = |at| {
                    verifier
                        .verify_server_cert(leaf, rest, name, &[], at)
                        .map(|_| ())
                };
                verify(now).map_err(|error| (kind_of(leaf, now, &error, verify), error))
            }
        }
    }
}

/// `expired 30 days ago`, `begins to be valid in 3 days`.
fn dates(error: &Error) -> String {
    use CertificateError as C;
    let span = |seconds: u64| match seconds / 3_600 {
        hours @ ..48 => format!("{} h", hours.max(1)),
        hours => format!("{} days", hours / 24),
    };
    match error {
        Error::InvalidCertificate(C::ExpiredContext { time, not_after }) => {
            let since = time.as_secs().saturating_sub(not_after.as_secs());
            format!("expired {} ago", span(since))
        }
        Error::InvalidCertificate(C::NotValidYetContext { time, not_before }) => {
            let until = not_before.as_secs().saturating_sub(time.as_secs());
            format!("begins to be valid in {}", span(until))
        }
        Error::InvalidCertificate(C::NotValidYet) => "isn't valid yet".to_owned(),
        _ => "has expired".to_owned(),
    }
}

/// What an unknown issuer is not the whole story of, in plain words.
fn besides(error: &Error) -> Option<String> {
    use CertificateError as C;
    let Error::InvalidCertificate(certificate) = error else {
        return Some(error.to_string());
    };
    let words = match certificate {
        // The library's own words for a certificate that signs itself.
        C::UnknownIssuer | C::Other(_) => return None,
        C::Expired | C::ExpiredContext { .. } => "it has expired besides",
        C::NotValidYet | C::NotValidYetContext { .. } => "it isn't valid yet besides",
        C::NotValidForName | C::NotValidForNameContext { .. } => "it is for another name besides",
        C::Revoked => "it is revoked",
        C::BadSignature => "its signature is wrong",
        C::BadEncoding => "it is damaged",
        C::UnsupportedSignatureAlgorithmContext { .. }
        | C::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "it is signed in a way that is no longer taken, such as SHA-1"
        }
        C::InvalidPurpose | C::InvalidPurposeContext { .. } => "it isn't made for a server",
        other => return Some(other.to_string()),
    };
    Some(words.to_owned())
}

/// Nothing is to be said beside who issued it.
fn is_issuer(error: &Error) -> bool {
    matches!(
        error,
        Error::General(_) | Error::InvalidCertificate(CertificateError::UnknownIssuer)
    )
}

/// Pin, then issuer, then name, then dates: asks the verifier again at a time at which the leaf is
/// valid, so that an expired certificate of an unknown issuer counts as untrusted.
fn kind_of(
    leaf: &CertificateDer<'_>,
    now: UnixTime,
    error: &Error,
    verify: impl Fn(UnixTime) -> Result<(), Error>,
) -> TlsFaultKind {
    let Some(parsed) = Certificate::parse(leaf) else {
        return TlsFaultKind::Untrusted;
    };
    // Certificates may begin before 1970.
    let (from, to) = (
        parsed.not_before.max(0).cast_unsigned(),
        parsed.not_after.max(0).cast_unsigned(),
    );
    if (from..=to).contains(&now.as_secs()) {
        return simple_kind(error);
    }
    let valid = UnixTime::since_unix_epoch(Duration::from_secs(from + to.saturating_sub(from) / 2));
    match verify(valid) {
        Ok(()) => TlsFaultKind::Expired,
        Err(error) => simple_kind(&error),
    }
}

fn simple_kind(error: &Error) -> TlsFaultKind {
    use CertificateError as C;
    match error {
        Error::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
            TlsFaultKind::NameMismatch
        }
        Error::InvalidCertificate(
            C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. },
        ) => TlsFaultKind::Expired,
        _ => TlsFaultKind::Untrusted,
    }
}

fn judge_anchor(
    leaf: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<(), (TlsFaultKind, Error)> {
    let parsed = ParsedCertificate::try_from(leaf).map_err(|e| (TlsFaultKind::Untrusted, e))?;
    rustls::client::verify_server_name(&parsed, name)
        .map_err(|e| (TlsFaultKind::NameMismatch, e))?;
    let dates = Certificate::parse(leaf).ok_or((
        TlsFaultKind::Untrusted,
        Error::InvalidCertificate(CertificateError::BadEncoding),
    ))?;
    let at = now;
    // Certificates may begin before 1970.
    let unix = |seconds: i64| {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds.max(0).cast_unsigned()))
    };
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now < dates.not_before {
        return Err((
            TlsFaultKind::Expired,
            Error::InvalidCertificate(CertificateError::NotValidYetContext {
                time: at,
                not_before: unix(dates.not_before),
            }),
        ));
    }
    if now > dates.not_after {
        return Err((
            TlsFaultKind::Expired,
            Error::InvalidCertificate(CertificateError::ExpiredContext {
                time: at,
                not_after: unix(dates.not_after),
            }),
        ));
    }
    Ok(())
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged = self.judge(leaf, rest, name, now);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.chain = std::iter::once(leaf)
            .chain(rest)
            .map(|der| Certificate::describe(der))
            .collect();
        match judged {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err((kind, error)) => {
                if self.tells {
                    return Err(self.told(kind, &error, seen.chain.clone()));
                }
                seen.fault = Some((kind, error.clone()));
                Err(error)
            }
        }
    }

    // Possession of the private key is always proven, pin or not.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.trust.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, leaf, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.trust.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, leaf, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust
            .provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
