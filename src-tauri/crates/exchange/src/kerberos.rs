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
