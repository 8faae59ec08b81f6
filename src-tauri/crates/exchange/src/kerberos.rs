//! Kerberos with a name and a password (RFC 4120, RFC 4121, MS-KILE) under `Negotiate` (RFC 4559).
//!
//! The KDC is asked over TCP once a run: all connections share the ticket for `HTTP/<host>`, one password is
//! proven once, and a refusal is final. No connection to Exchange carries anything made from the
//! password. Mutual authentication is not asked for: TLS has said who the server is.
//!
//! `sspi` 0.23.1 makes the messages, but not the channel binding: its own client writes
//! `KERB_AP_OPTIONS_CBT` with 2 bytes instead of 4 and outside of `AD-IF-RELEVANT` (MS-KILE §3.2.5.8), which
//! servers refuse as damaged. So the authenticator gets both from here, and is bound as it should be.
//!
//! Left out: account names that are not ASCII (`picky-krb` cannot carry them), RC4, smart cards,
//! KDCs behind an https proxy. Then there is no ticket, and a sentence that says why.

pub(crate) mod der;
pub(crate) mod spnego;

mod answer;
mod application;
mod kdc;
mod keys;
mod krb5_conf;
mod realm;
mod srv;
mod tickets;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;
use zeroize::Zeroizing;

pub use self::realm::{NoRealm, Realm};
use self::tickets::{Applicant, Ticket};
use crate::LogonName;
use crate::authentication::{
    Authenticator, Connection, Handshake, HandshakeError, Leg, NextLeg, header,
};
use crate::channel_binding::{BindingHash, ChannelBinding};

/// How long a ticket is used. No domain gives them for less than 10 minutes
/// (<https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/maximum-lifetime-for-service-ticket>).
const FRESH: Duration = Duration::from_mins(5);

/// Kerberos with a name and a password.
pub struct Kerberos {
    account: Arc<Account>,
}

struct Account {
    name: LogonName,
    password: Zeroizing<String>,
    realm: Realm,
    held: Mutex<Held>,
}

/// What the KDC gave.
enum Held {
    Nothing,
    Ticket {
        service: String,
        ticket: Arc<Ticket>,
        since: Instant,
    },
    /// Its word about the account; it is not asked again.
    Word(HandshakeError),
}

impl Kerberos {
    /// `name` as it is typed under Account Logon, in the realm that [`Realm::find`] found for it.
    #[must_use]
    pub fn new(name: LogonName, password: &str, realm: Realm) -> Self {
        Self {
            account: Arc::new(Account {
                name,
                password: Zeroizing::new(password.to_owned()),
                realm,
                held: Mutex::new(Held::Nothing),
            }),
        }
    }
}

impl std::fmt::Debug for Kerberos {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kerberos")
            .field("realm", &self.account.realm)
            .finish_non_exhaustive()
    }
}

impl Authenticator for Kerberos {
    fn scheme(&self) -> &'static str {
        "Negotiate"
    }

    fn mechanism(&self) -> &'static str {
        "kerberos"
    }

    fn every_request(&self) -> bool {
        false
    }

    fn begin(&self, connection: Connection<'_>) -> Box<dyn Handshake> {
        Box::new(KerberosHandshake {
            account: Arc::clone(&self.account),
            service: service(connection.host),
            binding: connection.certificate.and_then(ChannelBinding::of),
        })
    }
}

/// The name of the service of a host.
pub(crate) fn service(host: &str) -> String {
    format!("HTTP/{host}")
}

impl Account {
    /// A ticket for the service; one question to the KDC at a time, and none after its word.
    async fn ticket(&self, service: &str) -> Result<Arc<Ticket>, HandshakeError> {
        let mut held = self.held.lock().await;
        match &*held {
            Held::Ticket {
                service: of,
                ticket,
                since,
            } if of == service && since.elapsed() < FRESH => return Ok(Arc::clone(ticket)),
            Held::Word(word) => return Err(word.clone()),
            _ => {}
        }
        if let Some(letter) = self.name.user().chars().find(|c| !c.is_ascii()) {
            return Err(HandshakeError::NoTicket(format!(
                "Kerberos isn't possible for an account name with {letter:?}"
            )));
        }
        let applicant = Applicant {
            name: &self.name,
            password: &self.password,
            service,
        };
        match applicant.ticket(&self.realm).await {
            Ok(ticket) => {
                let ticket = Arc::new(ticket);
                *held = Held::Ticket {
                    service: service.to_owned(),
                    ticket: Arc::clone(&ticket),
                    since: Instant::now(),
                };
                Ok(ticket)
            }
            Err(error) => {
                if !matches!(error, HandshakeError::NoTicket(_)) {
                    *held = Held::Word(error.clone());
                }
                Err(error)
            }
        }
    }
}

struct KerberosHandshake {
    account: Arc<Account>,
    service: String,
    binding: Option<ChannelBinding>,
}

impl Handshake for KerberosHandshake {
    fn next<'a>(&'a mut self, _challenge: Option<&'a [u8]>) -> NextLeg<'a> {
        Box::pin(async move {
            let ticket = self.account.ticket(&self.service).await?;
            let binding = self.binding.as_ref();
            let request = application::request(
                &ticket.session,
                binding.map(|binding| binding.application_data.as_slice()),
            )?;
            let token = spnego::negotiation(&spnego::initial_token(&request));
            header("Negotiate", &token).map(Leg::Last)
        })
    }

    fn binding(&self) -> Option<BindingHash> {
        self.binding.as_ref().map(|binding| binding.hash)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::answer::tests::{key_hint, krb_error};
    use super::kdc::Kdc;
    use super::{Kerberos, Realm};
    use crate::authentication::{Authenticator as _, Connection};
    use crate::{HandshakeError, LogonName};

    /// A KDC that gives these answers, one each time it is asked, and counts.
    async fn kdc(answers: Vec<Vec<u8>>) -> (Realm, Arc<AtomicUsize>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback");
        let port = listener.local_addr().expect("bound").port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.expect("accept");
                let length = stream.read_u32().await.expect("a length");
                let mut request = vec![0; length as usize];
                stream.read_exact(&mut request).await.expect("a request");
                let answer = &answers[count.fetch_add(1, SeqCst) % answers.len()];
                let length = u32::try_from(answer.len()).expect("short");
                stream.write_u32(length).await.expect("answer");
                stream.write_all(answer).await.expect("answer");
            }
        });
        let realm = Realm {
            name: "CONTOSO.TEST".to_owned(),
            kdcs: vec![Kdc::new("127.0.0.1", port)],
        };
        (realm, asked)
    }

    /// What comes of as many log-ons at once as a run has lanes.
    async fn log_ons(kerberos: &Kerberos) -> Vec<HandshakeError> {
        let mut errors = Vec::new();
        let handshakes: Vec<_> = (0..8)
            .map(|_| {
                let mut handshake = kerberos.begin(Connection {
                    host: "mail.contoso.test",
                    certificate: None,
                });
                tokio::spawn(async move { handshake.next(None).await.err() })
            })
            .collect();
        for handshake in handshakes {
            errors.extend(handshake.await.expect("no panic"));
        }
        errors
    }

    #[tokio::test]
    async fn a_refused_password_is_proven_once_over_all_lanes() {
        let (realm, asked) = kdc(vec![krb_error(25, &key_hint(18)), krb_error(24, &[])]).await;
        let kerberos = Kerberos::new(LogonName::parse("CONTOSO.TEST\\svc"), "wrong", realm);
        let errors = log_ons(&kerberos).await;
        assert_eq!(errors.len(), 8);
        for error in errors {
            assert!(matches!(error, HandshakeError::Refused(_)), "{error:?}");
        }
        assert_eq!(
            asked.load(SeqCst),
            2,
            "one question, one proof, and never again"
        );
    }

    #[tokio::test]
    async fn no_key_is_guessed() {
        for hints in [Vec::new(), key_hint(23)] {
            let (realm, asked) = kdc(vec![krb_error(25, &hints)]).await;
            let kerberos = Kerberos::new(LogonName::parse("CONTOSO.TEST\\svc"), "right", realm);
            let errors = log_ons(&kerberos).await;
            assert!(matches!(&errors[0], HandshakeError::NoTicket(why) if why.contains("AES")));
            assert_eq!(asked.load(SeqCst), 8, "questions alone");
        }
    }

    #[tokio::test]
    async fn nonsense_is_no_refusal() {
        for answer in [
            vec![],
            vec![0x6b, 0x80],
            b"HTTP/1.1 400 Bad Request".to_vec(),
        ] {
            let (realm, _) = kdc(vec![answer.clone()]).await;
            let kerberos = Kerberos::new(LogonName::parse("svc@contoso.test"), "right", realm);
            for error in log_ons(&kerberos).await {
                assert!(
                    matches!(error, HandshakeError::NoTicket(_)),
                    "{answer:?}: {error:?}"
                );
            }
        }
    }

    #[tokio::test]
    async fn a_name_that_cannot_be_carried_asks_nobody() {
        let (realm, asked) = kdc(vec![krb_error(6, &[])]).await;
        let kerberos = Kerberos::new(LogonName::parse("jürgen@contoso.test"), "right", realm);
        assert!(
            matches!(&log_ons(&kerberos).await[0], HandshakeError::NoTicket(why) if why.contains('ü'))
        );
        assert_eq!(asked.load(SeqCst), 0);
    }
}
