//! What an app signs in with: read, shown without its key, and written down for sealing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    AppCertificate, AppCredential, AppCredentialKind, AppCredentialState, Code, Problem,
    ReadAppCertificate, Secret,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use oauth::{Certificate, CertificateError, Credential, Hidden};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::Engine;
use crate::email_configuration::modern::days_until;
use crate::email_configuration::show_date;

/// Where a message about it belongs.
const FIELD: &str = "appCredential";

impl Engine {
    /// Reads a certificate file before an app signs in with it; nothing is kept.
    ///
    /// # Errors
    /// [`Code::BadCertificate`] in the words of panel §7.8: no private key, expired, a wrong password.
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn app_certificate_read(
        &self,
        request: ReadAppCertificate,
    ) -> Result<AppCertificate, Problem> {
        let now = self.stage().clock.now();
        let shown = state(&request.credential, String::new(), now)?;
        shown.certificate.ok_or_else(|| {
            Problem::invalid(FIELD, "This is a client secret, not a certificate.")
                .hint("Choose a PFX or PEM file.")
        })
    }
}

/// What can be shown of a credential that is usable now.
///
/// # Errors
/// [`Code::BadCertificate`], [`Code::Invalid`] for an empty secret.
pub(crate) fn state(
    credential: &AppCredential,
    set_at: String,
    now: Timestamp,
) -> Result<AppCredentialState, Problem> {
    let set_at = Some(set_at).filter(|at| !at.is_empty());
    match (credential, read(credential, now)?) {
        (AppCredential::Certificate { name, .. }, Credential::Certificate(certificate)) => {
            Ok(AppCredentialState {
                has_secret: false,
                certificate: Some(shown(name, &certificate, now)),
                set_at,
            })
        }
        _ => Ok(AppCredentialState {
            has_secret: true,
            certificate: None,
            set_at,
        }),
    }
}

/// A credential as the protocol uses it.
///
/// # Errors
/// As [`state`].
pub(crate) fn read(credential: &AppCredential, now: Timestamp) -> Result<Credential, Problem> {
    match credential {
        AppCredential::Secret { secret } => {
            let text = secret.expose().trim();
            if text.is_empty() {
                return Err(Problem::invalid(FIELD, "Enter the client secret."));
            }
            Ok(Credential::Secret(Hidden::new(text)))
        }
        AppCredential::Certificate {
            name,
            base64,
            password,
        } => {
            let bytes = STANDARD.decode(base64.expose().trim()).map(Zeroizing::new);
            let bytes = bytes.map_err(|_| {
                Problem::invalid(FIELD, "The file did not arrive whole.").hint("Choose it again.")
            })?;
            let password = password.as_ref().map_or("", |password| password.expose());
            let locked = |error: &CertificateError| {
                password.is_empty() && matches!(error, CertificateError::WrongPassword)
            };
            let found = if bytes.windows(PEM.len()).any(|part| part == PEM) {
                Certificate::from_pem(&bytes)
            } else {
                Certificate::from_pfx(&bytes, password)
            };
            found
                .and_then(|certificate| certificate.check(now).map(|()| certificate))
                .map(Credential::Certificate)
                .map_err(|error| {
                    if locked(&error) {
                        needs_password(name)
                    } else {
                        bad(name, &error)
                    }
                })
        }
    }
}

/// Which of the two it is.
pub(crate) const fn kind(credential: &AppCredential) -> AppCredentialKind {
    match credential {
        AppCredential::Secret { .. } => AppCredentialKind::Secret,
        AppCredential::Certificate { .. } => AppCredentialKind::Certificate,
    }
}

/// A credential as it is sealed, and compared.
pub(crate) fn text(credential: &AppCredential) -> Secret {
    let written = match credential {
        AppCredential::Secret { secret } => Written::Secret {
            secret: secret.expose().trim(),
        },
        AppCredential::Certificate {
            name,
            base64,
            password,
        } => Written::Certificate {
            name,
            base64: base64.expose().trim(),
            password: password.as_ref().map(Secret::expose),
        },
    };
    Secret::new(serde_json::to_string(&written).expect("texts are JSON"))
}

/// The credential of such a text; `None`: it is none.
pub(crate) fn of_text(text: &Secret) -> Option<AppCredential> {
    serde_json::from_str(text.expose()).ok()
}

/// Days are counted anew each time it is shown.
pub(crate) fn counted(mut stored: AppCredentialState, now: Timestamp) -> AppCredentialState {
    if let Some(certificate) = &mut stored.certificate
        && let Ok(ends) = certificate.not_after.parse()
    {
        certificate.days_left = days_until(ends, now);
    }
    stored
}

/// How a PEM file is known (RFC 7468 §2).
const PEM: &[u8] = b"-----BEGIN ";

/// As `AppCredential` reads it.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Written<'a> {
    Secret {
        secret: &'a str,
    },
    Certificate {
        name: &'a str,
        base64: &'a str,
        password: Option<&'a str>,
    },
}

fn shown(name: &str, certificate: &Certificate, now: Timestamp) -> AppCertificate {
    let ends = certificate.not_after();
    AppCertificate {
        name: name.to_owned(),
        subject: certificate.subject().to_owned(),
        thumbprint: certificate.thumbprint(),
        not_after: ends.to_string(),
        days_left: days_until(ends, now),
    }
}

/// Whoever chose the file has not been asked yet.
fn needs_password(name: &str) -> Problem {
    Problem::new(Code::BadCertificate, "This file has a password.")
        .field(FIELD)
        .hint(format!(
            "Enter the password that {name} was exported with; on the command line it is the first line of stdin with --certificate-password-stdin."
        ))
}

/// The sentence of panel §7.8; the file is named in the hint.
fn bad(name: &str, error: &CertificateError) -> Problem {
    let day = |at: &Timestamp| show_date(at.to_zoned(TimeZone::UTC).date());
    let text = match error {
        CertificateError::NoCertificate => "No certificate found in this file.".to_owned(),
        CertificateError::NoPrivateKey => "This certificate has no private key.".to_owned(),
        CertificateError::Expired(at) => format!("It expired on {}.", day(at)),
        CertificateError::NotYet(at) => format!("It is not valid before {}.", day(at)),
        CertificateError::WrongPassword => "The password of this file is wrong.".to_owned(),
        CertificateError::EncryptedPem => "The private key in this file is encrypted.".to_owned(),
        CertificateError::OtherKey => {
            "The private key in this file belongs to another certificate.".to_owned()
        }
        CertificateError::NotRsa => {
            "The key is not RSA with 2,048 bits or more, which Entra asks for.".to_owned()
        }
        CertificateError::Unreadable(_) | CertificateError::CannotSign => {
            "This file can't be read as PFX or PEM.".to_owned()
        }
    };
    Problem::new(Code::BadCertificate, text)
        .field(FIELD)
        .hint(format!(
            "Export it again as PFX with its private key, or choose another file; {name} can't be used."
        ))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use contract::{AppCredential, Secret};

    use super::{of_text, state, text};

    fn certificate(pem: &str) -> AppCredential {
        AppCredential::Certificate {
            name: "app.pem".to_owned(),
            base64: Secret::new(STANDARD.encode(pem)),
            password: None,
        }
    }

    #[test]
    fn a_credential_is_the_same_after_it_was_sealed() {
        let secret = AppCredential::Secret {
            secret: Secret::new(" s3cret\"\\~ ".to_owned()),
        };
        let again = of_text(&text(&secret)).expect("it was written here");
        assert_eq!(text(&again).expose(), text(&secret).expose());
        assert!(
            matches!(again, AppCredential::Secret { secret } if secret.expose() == "s3cret\"\\~")
        );
        let again = of_text(&text(&certificate("x"))).expect("it was written here");
        assert!(matches!(again, AppCredential::Certificate { name, .. } if name == "app.pem"));
        assert!(of_text(&Secret::new("{}".to_owned())).is_none());
    }

    #[test]
    fn what_is_no_usable_certificate_is_told_in_the_words_of_the_panel() {
        let now = "2026-11-22T00:00:00Z".parse().expect("a time");
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::new(vec!["app".to_owned()]).expect("a name");
        let public = params.self_signed(&key).expect("signs").pem();
        for (pem, said) in [
            (public.as_str(), "This certificate has no private key."),
            (
                key.serialize_pem().as_str(),
                "No certificate found in this file.",
            ),
            ("nothing", "This file can't be read as PFX or PEM."),
        ] {
            let refused = state(&certificate(pem), String::new(), now).map(|_| ());
            assert_eq!(
                refused.map_err(|problem| problem.message),
                Err(said.to_owned())
            );
        }
    }
}
