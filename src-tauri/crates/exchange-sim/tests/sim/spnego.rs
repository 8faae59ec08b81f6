//! NTLM inside SPNEGO: mechanisms proposed, lists signed.

use exchange_sim::RefusedFor;

use crate::client::{Client, http, own_inbox, simulator};
use crate::windows::stock;
use crate::windows_client::{NEGOTIATE, SERVICE, answer, signature, token, value};

/// DER by hand: everything here is shorter than 65,536 bytes.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("short").to_be_bytes();
    [&[tag, 0x82], &length[..], content].concat()
}

const NTLM_OID: &[u8] = &[6, 10, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];
const KERBEROS_OID: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2];

/// The list of mechanisms, and the first token with it.
fn proposal(mechanisms: &[&[u8]], message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let list = der(0x30, &mechanisms.concat());
    let message = der(0xa2, &der(4, message));
    let body = der(0x30, &[der(0xa0, &list), message].concat());
    let oid: &[u8] = &[6, 6, 0x2b, 6, 1, 5, 5, 2];
    let token = der(0x60, &[oid, &der(0xa0, &body)].concat());
    (list, token)
}

fn later(message: &[u8], mic: Option<&[u8]>) -> String {
    let mut fields = der(0xa2, &der(4, message));
    if let Some(mic) = mic {
        fields.extend(der(0xa3, &der(4, mic)));
    }
    value("Negotiate", &der(0xa1, &der(0x30, &fields)))
}

/// The challenge inside an answer in SPNEGO.
fn inner(token: &[u8]) -> &[u8] {
    let at = token.windows(8).position(|part| part == b"NTLMSSP\0");
    &token[at.expect("a message of NTLM")..]
}

async fn negotiated(client: &mut Client, token_sent: &[u8]) -> Vec<u8> {
    let reply = client.post(Some(&value("Negotiate", token_sent)), "").await;
    assert_eq!(reply.status(), 401);
    token(&reply, "Negotiate")
}

#[tokio::test]
async fn spnego_ends_with_the_servers_last_word() {
    let server = simulator(stock()).await;
    let mut client = http(&server).await;
    let (mechanisms, first) = proposal(&[NTLM_OID, KERBEROS_OID], NEGOTIATE);
    let challenge = negotiated(&mut client, &first).await;
    let (last, _) = answer(&SERVICE, inner(&challenge));
    let reply = client.post(Some(&later(&last, None)), &own_inbox()).await;
    reply.has(200, "NoError");
    assert_eq!(
        reply.header("www-authenticate"),
        Some("Negotiate oQcwBaADCgEA")
    );
    let challenge = negotiated(&mut client, &first).await;
    let (last, key) = answer(&SERVICE, inner(&challenge));
    let mic = signature(&key, "client-to-server", &mechanisms);
    let reply = client
        .post(Some(&later(&last, Some(&mic))), &own_inbox())
        .await;
    reply.has(200, "NoError");
    assert!(
        token(&reply, "Negotiate").ends_with(&signature(&key, "server-to-client", &mechanisms)),
        "the server signs the list too"
    );
    client.post(None, &own_inbox()).await.has(200, "NoError");
}

#[tokio::test]
async fn where_kerberos_came_first_the_list_must_be_signed() {
    let server = simulator(stock()).await;
    for (signed, status) in [(Some(true), 200), (Some(false), 401), (None, 401)] {
        let mut client = http(&server).await;
        let (mechanisms, first) = proposal(&[KERBEROS_OID, NTLM_OID], b"a ticket");
        let answered = negotiated(&mut client, &first).await;
        assert_eq!(answered[8], 3, "request-mic: {answered:02x?}");
        let challenge = client.post(Some(&later(NEGOTIATE, None)), "").await;
        let challenge = token(&challenge, "Negotiate");
        let (last, key) = answer(&SERVICE, inner(&challenge));
        let mechanisms = if signed == Some(true) {
            mechanisms
        } else {
            Vec::new()
        };
        let mic = signature(&key, "client-to-server", &mechanisms);
        let mic = signed.map(|_| &mic[..]);
        let reply = client.post(Some(&later(&last, mic)), &own_inbox()).await;
        assert_eq!(reply.status(), status, "{signed:?} {reply:?}");
    }
    let log_ons = server.counters().log_ons;
    assert_eq!(log_ons.refused_for[&RefusedFor::Mic], 2);
    let (_, first) = proposal(&[KERBEROS_OID], b"a ticket");
    let answered = negotiated(&mut http(&server).await, &first).await;
    assert_eq!(answered, [0xa1, 7, 0x30, 5, 0xa0, 3, 10, 1, 2], "reject");
}
