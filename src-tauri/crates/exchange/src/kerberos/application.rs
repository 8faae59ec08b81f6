//! Showing the ticket to the service (AP-REQ, RFC 4120 §5.5.1), bound to the connection it goes over.

use picky_asn1::wrapper::{ExplicitContextTag8, Optional};
use picky_krb::constants::gss_api::AUTHENTICATOR_CHECKSUM_TYPE;
use picky_krb::data_types::{Authenticator, AuthorizationData};
use sspi::channel_bindings::ChannelBindings;
use sspi::kerberos::client::generators as make;
use sspi::kerberos::flags::ApOptions;

use super::der::element;
use super::keys::Session;
use super::tickets::broken;
use crate::HandshakeError;

/// RFC 4121 §4.1.1: the length of the binding (16), its place, and the flags for protection against replay
/// (4), of the sequence (8) and of integrity (32).
const CHECKSUM: [u8; 24] = [
    16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 44, 0, 0, 0,
];

/// An AP-REQ. With a binding it says as well that a binding is meant to be there.
pub(super) fn request(
    session: &Session,
    binding: Option<&[u8]>,
) -> Result<Vec<u8>, HandshakeError> {
    let bindings = binding.map(|data| ChannelBindings {
        initiator_addr_type: 0,
        initiator: Vec::new(),
        acceptor_addr_type: 0,
        acceptor: Vec::new(),
        application_data: data.to_vec(),
    });
    let mut sequence = [0; 4];
    getrandom::fill(&mut sequence).map_err(broken)?;
    let mut authenticator = make::generate_authenticator(make::GenerateAuthenticatorOptions {
        kdc_rep: &session.reply,
        // As unsigned and as signed it is the same.
        seq_num: Some(u32::from_be_bytes(sequence) & 0x3fff_ffff),
        sub_key: None,
        checksum: Some(make::ChecksumOptions {
            checksum_type: AUTHENTICATOR_CHECKSUM_TYPE.to_vec(),
            checksum_value: CHECKSUM.into(),
        }),
        channel_bindings: bindings.as_ref(),
        extensions: Vec::new(),
    })
    .map_err(broken)?;
    if binding.is_some() {
        announce_binding(&mut authenticator)?;
    }
    let request = make::generate_ap_req(
        session.reply.ticket.0.clone(),
        &session.key,
        &authenticator,
        &session.encryption,
        ApOptions::empty(),
    );
    picky_asn1_der::to_vec(&request.map_err(broken)?).map_err(broken)
}

/// Replaces what `sspi` wrote by what MS-KILE §3.2.5.8 says.
fn announce_binding(authenticator: &mut Authenticator) -> Result<(), HandshakeError> {
    let announced: AuthorizationData =
        picky_asn1_der::from_bytes(&binding_announcement()).map_err(broken)?;
    authenticator.0.authorization_data = Optional::from(Some(ExplicitContextTag8::from(announced)));
    Ok(())
}

/// `AD-IF-RELEVANT { AD-AUTH-DATA-AP-OPTIONS: KERB_AP_OPTIONS_CBT }`, 0x4000 in 4 bytes, the low one first.
fn binding_announcement() -> Vec<u8> {
    let entry = |kind: &[u8], data: &[u8]| {
        let kind = element(0xa0, &[&element(0x02, &[kind])]);
        let data = element(0xa1, &[&element(0x04, &[data])]);
        element(0x30, &[&element(0x30, &[&kind, &data])])
    };
    entry(&[1], &entry(&[0, 143], &[0, 0x40, 0, 0]))
}
