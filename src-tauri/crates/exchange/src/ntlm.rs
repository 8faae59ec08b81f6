//! NTLM version 2 (MS-NLMP) through the `sspi` crate, under the word `NTLM` or, as servers that offer
//! nothing else take it, raw under `Negotiate` (RFC 4559 §4.1 allows it; IIS and Exchange do).
//!
//! Always with a message integrity code; with a channel binding wherever there is a certificate to
//! bind to. Version 1 is never spoken. A challenge is read by [`Challenge`] before `sspi` sees it.

use sspi::{
    AuthIdentityBuffers, BufferType, ClientRequestFlags, DataRepresentation, Ntlm as Mechanism,
    SecurityBuffer, Sspi, SspiImpl,
};
use zeroize::Zeroizing;

use crate::authentication::{
    Authenticator, Connection, Handshake, HandshakeError, Leg, NextLeg, header,
};
use crate::challenge::{Challenge, message};
use crate::channel_binding::{BindingHash, ChannelBinding};
use crate::logon_name::LogonName;

/// The word under which NTLM goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NtlmWord {
    /// `NTLM`.
    Ntlm,
    /// `Negotiate`.
    Negotiate,
}

impl NtlmWord {
    /// As it stands in the header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ntlm => "NTLM",
            Self::Negotiate => "Negotiate",
        }
    }
}

/// NTLM with a name and a password.
pub struct Ntlm {
    name: LogonName,
    password: Zeroizing<String>,
    word: NtlmWord,
}

impl Ntlm {
    /// `name` as it is typed under Account Logon.
    #[must_use]
    pub fn new(name: LogonName, password: &str, word: NtlmWord) -> Self {
        Self {
            name,
            password: Zeroizing::new(password.to_owned()),
            word,
        }
    }

    /// The first leg alone: asks for a challenge and names nobody.
    ///
    /// # Errors
    /// [`HandshakeError::Challenge`], should `sspi` refuse to begin.
    pub(crate) fn first_leg(word: NtlmWord) -> Result<Leg, HandshakeError> {
        let nobody = AuthIdentityBuffers::from_utf8("", "", "");
        let token = step(&mut Mechanism::new(), &mut Some(nobody), "", &[])?;
        header(word.as_str(), &token).map(Leg::More)
    }
}

impl std::fmt::Debug for Ntlm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ntlm")
            .field("word", &self.word)
            .finish_non_exhaustive()
    }
}

impl Authenticator for Ntlm {
    fn scheme(&self) -> &'static str {
        self.word.as_str()
    }

    fn mechanism(&self) -> &'static str {
        "ntlm"
    }

    fn every_request(&self) -> bool {
        false
    }

    fn begin(&self, connection: Connection<'_>) -> Box<dyn Handshake> {
        let binding = connection.certificate.and_then(ChannelBinding::of);
        let mut mechanism = Mechanism::new();
        if let Some(binding) = &binding {
            mechanism.set_channel_bindings(&binding.application_data);
        }
        let identity =
            AuthIdentityBuffers::from_utf8(self.name.user(), self.name.domain(), &self.password);
        Box::new(NtlmHandshake {
            mechanism,
            identity: Some(identity),
            target: format!("HTTP/{}", connection.host),
            binding: binding.map(|binding| binding.hash),
            word: self.word,
            obstacle: obstacle(&self.name, &self.password),
        })
    }
}

/// What `sspi` would get wrong without a word, so that the right password would be refused.
fn obstacle(name: &LogonName, password: &str) -> Option<HandshakeError> {
    let grows = |c: char| c.to_uppercase().count() > 1;
    if let Some(letter) = name.user().chars().find(|c| grows(*c)) {
        return Some(HandshakeError::Credentials(format!(
            "NTLM isn't possible for an account name with {letter:?}; log on with the other form of its name"
        )));
    }
    password.starts_with(sspi::ntlm::NTLM_HASH_PREFIX).then(|| {
        HandshakeError::Credentials(
            "a password that starts like this can't be sent with NTLM".to_owned(),
        )
    })
}

struct NtlmHandshake {
    mechanism: Mechanism,
    identity: Option<AuthIdentityBuffers>,
    target: String,
    binding: Option<BindingHash>,
    word: NtlmWord,
    obstacle: Option<HandshakeError>,
}

impl NtlmHandshake {
    fn leg(&mut self, challenge: Option<&[u8]>) -> Result<Leg, HandshakeError> {
        if let Some(obstacle) = self.obstacle.take() {
            return Err(obstacle);
        }
        let Some(token) = challenge else {
            let first = step(&mut self.mechanism, &mut self.identity, &self.target, &[])?;
            return header(self.word.as_str(), &first).map(Leg::More);
        };
        let damaged = |text: String| HandshakeError::Challenge(text);
        let read = Challenge::read(token).map_err(|error| damaged(error.to_string()))?;
        if !read.has_target_info {
            return Err(damaged(
                "the NTLM challenge has no attributes, which NTLM version 2 needs".to_owned(),
            ));
        }
        let challenge = message(token).expect("it was read a moment ago");
        let last = step(
            &mut self.mechanism,
            &mut self.identity,
            &self.target,
            challenge,
        )?;
        header(self.word.as_str(), &last).map(Leg::Last)
    }
}

impl Handshake for NtlmHandshake {
    fn next<'a>(&'a mut self, challenge: Option<&'a [u8]>) -> NextLeg<'a> {
        let leg = self.leg(challenge);
        Box::pin(async move { leg })
    }

    fn binding(&self) -> Option<BindingHash> {
        self.binding
    }
}

fn step(
    mechanism: &mut Mechanism,
    identity: &mut Option<AuthIdentityBuffers>,
    target: &str,
    token: &[u8],
) -> Result<Vec<u8>, HandshakeError> {
    let failed = |error: sspi::Error| HandshakeError::Challenge(error.to_string());
    let mut input = [SecurityBuffer::new(token.to_vec(), BufferType::Token)];
    let mut output = vec![SecurityBuffer::new(Vec::new(), BufferType::Token)];
    let mut builder = mechanism
        .initialize_security_context()
        .with_credentials_handle(identity)
        .with_context_requirements(ClientRequestFlags::INTEGRITY)
        .with_target_data_representation(DataRepresentation::Native)
        .with_target_name(target)
        .with_input(&mut input)
        .with_output(&mut output);
    mechanism
        .initialize_security_context_impl(&mut builder)
        .map_err(failed)?
        .resolve_to_result()
        .map_err(failed)?;
    Ok(output.pop().map(|buffer| buffer.buffer).unwrap_or_default())
}
