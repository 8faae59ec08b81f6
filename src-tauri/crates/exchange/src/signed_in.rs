//! Kerberos as whoever is signed in to this computer: no password is asked for, seen or sent.
//!
//! On Windows by SSPI, with the ticket of the Windows session; on macOS and Linux by GSSAPI with the ticket
//! cache (`kinit`), where this crate was built with the feature `gssapi`. Kerberos alone, bound to the
//! connection; the system is never let fall back to NTLM, for it would prove a password nobody typed.

use std::sync::Arc;

use crate::authentication::{
    Authenticator, Connection, Handshake, HandshakeError, Leg, NextLeg, header,
};
use crate::channel_binding::{BindingHash, ChannelBinding};
use crate::kerberos::{service, spnego};

/// The user who is signed in to this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignedIn;

impl SignedIn {
    /// Whether it is built in here.
    pub const AVAILABLE: bool = cfg!(any(windows, all(unix, feature = "gssapi")));
}

impl Authenticator for SignedIn {
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
        Box::new(SignedInHandshake {
            service: service(connection.host),
            binding: connection
                .certificate
                .and_then(ChannelBinding::of)
                .map(Arc::new),
        })
    }
}

struct SignedInHandshake {
    service: String,
    binding: Option<Arc<ChannelBinding>>,
}

impl Handshake for SignedInHandshake {
    fn next<'a>(&'a mut self, _challenge: Option<&'a [u8]>) -> NextLeg<'a> {
        let (service, binding) = (self.service.clone(), self.binding.clone());
        Box::pin(async move {
            // The system may have to ask a domain controller, and blocks meanwhile.
            let asked = tokio::task::spawn_blocking(move || {
                let binding = binding.as_ref();
                system::token(&service, binding.map(|binding| &*binding.application_data))
            });
            let token = asked
                .await
                .unwrap_or_else(|error| Err(error.to_string()))
                .map_err(|why| {
                    HandshakeError::NoTicket(format!(
                        "the sign-in of this computer gives no Kerberos ticket: {why}"
                    ))
                })?;
            header("Negotiate", &spnego::negotiation(&token)).map(Leg::Last)
        })
    }

    fn binding(&self) -> Option<BindingHash> {
        self.binding.as_ref().map(|binding| binding.hash)
    }
}

/// A GSS-API token of Kerberos for a service, by the system.
#[cfg(any(windows, all(unix, feature = "gssapi")))]
mod system {
    use cross_krb5::{ClientCtx, InitiateFlags};

    pub(super) fn token(service: &str, binding: Option<&[u8]>) -> Result<Vec<u8>, String> {
        // TLS has said who the server is, and keeps what is said to itself.
        let flags = InitiateFlags::DISABLE_MUTUAL_AUTH | InitiateFlags::DISABLE_CONFIDENTIALITY;
        let context = ClientCtx::new(flags, None, service, binding);
        let (_context, token) = context.map_err(|error| format!("{error:#}"))?;
        Ok(token.to_vec())
    }
}

#[cfg(not(any(windows, all(unix, feature = "gssapi"))))]
mod system {
    pub(super) fn token(_service: &str, _binding: Option<&[u8]>) -> Result<Vec<u8>, String> {
        Err("this program was built without it".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::SignedIn;
    use crate::HandshakeError;
    use crate::authentication::{Authenticator as _, Connection};

    #[tokio::test]
    async fn without_a_ticket_nothing_is_sent() {
        let mut handshake = SignedIn.begin(Connection {
            host: "mail.contoso.invalid",
            certificate: None,
        });
        let leg = handshake.next(None).await;
        let Err(HandshakeError::NoTicket(why)) = leg else {
            panic!("{leg:?}")
        };
        assert!(why.starts_with("the sign-in of this computer"), "{why}");
    }
}
