//! Anybody who answers on the port can send an NTLM challenge. Whatever it holds, reading it and
//! answering it neither panics nor hangs.

#![no_main]

use exchange::{Authenticator, Challenge, Connection, LogonName, Ntlm, NtlmWord};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|token: &[u8]| {
    let read = Challenge::read(token);
    if let Ok(challenge) = &read {
        let named = [&challenge.netbios_domain, &challenge.dns_domain];
        for name in named.into_iter().flatten() {
            assert!(!name.chars().any(char::is_control), "names are shown to people");
        }
    }
    let ntlm = Ntlm::new(LogonName::parse("CONTOSO\\svc"), "secret", NtlmWord::Ntlm);
    let mut handshake = ntlm.begin(Connection {
        host: "mail.contoso.com",
        certificate: None,
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without drivers");
    runtime.block_on(async {
        handshake.next(None).await.expect("the first leg needs nothing");
        let answered = handshake.next(Some(token)).await;
        assert!(read.is_ok() || answered.is_err(), "what cannot be read is not answered");
    });
});
