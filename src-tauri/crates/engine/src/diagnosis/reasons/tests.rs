use contract::{Cause, CertificateInfo, RunAuthentication, SchemeOutcome, SchemeTried, Summary};
use store::run_results::CodeCount;

use super::reasons;
use crate::diagnosis::facts::{Answer, Facts};
use crate::diagnosis::remedy::Edition;

/// The reasons for `cause`, by what `change` knows beside nothing at all.
fn with(cause: Cause, change: impl FnOnce(&mut Known)) -> Vec<String> {
    let mut known = Known::default();
    change(&mut known);
    let facts = Facts {
        account: "CONTOSO\\svc-ews",
        host: "mail.contoso.com",
        edition: known.edition,
        build: None,
        message: known.message,
        authentication: &known.authentication,
        offered: &known.authentication.offered,
        auth: known.auth,
        leaf: known.leaf.as_ref(),
        proxy: known.proxy.clone(),
        summary: &known.summary,
        count: 3,
        codes: &known.codes,
        answer: known.answer.clone(),
        application: known.application,
        authority: None,
    };
    reasons(cause, &facts)
}

#[derive(Default)]
struct Known {
    edition: Edition,
    message: Option<&'static str>,
    authentication: RunAuthentication,
    auth: &'static str,
    leaf: Option<CertificateInfo>,
    proxy: Option<String>,
    summary: Summary,
    codes: Vec<CodeCount>,
    answer: Answer,
    application: bool,
}

impl Known {
    fn code(&mut self, code: &str) {
        self.codes.push(CodeCount {
            ews_code: Some(code.to_owned()),
            http_status: Some(500),
            rows: 3,
        });
    }
}

fn leaf(issuer: &str) -> CertificateInfo {
    CertificateInfo {
        subject: "CN=mail.contoso.com".to_owned(),
        issuer: issuer.to_owned(),
        names: vec!["mail.contoso.com".to_owned()],
        not_before: "2026-01-01T00:00:00Z".to_owned(),
        not_after: "2027-01-01T00:00:00Z".to_owned(),
        sha256: "AB".to_owned(),
        is_ca: false,
        pem: None,
    }
}

#[test]
fn every_cause_has_a_reason_but_the_one_that_is_none() {
    for cause in Cause::ALL {
        let list = with(*cause, |_| {});
        // A server that offers Windows sign-ins, to be signed in to in another way, has its own.
        assert_eq!(list.is_empty(), *cause == Cause::MailboxSystem, "{cause}");
        for reason in &list {
            assert!(reason.ends_with('.'), "{cause}: {reason}");
            assert!(reason.len() < 300, "{cause}: {reason}");
        }
        let mut twice = list.clone();
        twice.sort();
        twice.dedup();
        assert_eq!(twice.len(), list.len(), "{cause}: said twice");
    }
}

#[test]
fn codes_move_what_they_speak_for_to_the_front() {
    for (cause, code, words) in [
        (
            Cause::ServerRouting,
            "ErrorWrongServerVersion",
            "another version",
        ),
        (
            Cause::ServerRouting,
            "ErrorCrossSiteRequest",
            "may not serve the site",
        ),
        (
            Cause::MailboxStoreUnavailable,
            "ErrorMailboxFailover",
            "failover",
        ),
        (
            Cause::MailboxMisconfigured,
            "ErrorDuplicateLegacyDistinguishedName",
            "LegacyExchangeDN",
        ),
        (
            Cause::ServerBusy,
            "ErrorExceededConnectionCount",
            "fewer connections",
        ),
        (
            Cause::ImpersonationServerCannot,
            "ErrorImpersonationDenied",
            "front end",
        ),
        (
            Cause::MailboxIdentityUnknown,
            "ErrorInvalidUserSid",
            "forest",
        ),
        (Cause::ServerTransient, "ErrorNotEnoughMemory", "memory"),
    ] {
        let first = &with(cause, |known| known.code(code))[0];
        assert!(first.contains(words), "{cause} {code}: {first}");
        let usual = &with(cause, |_| {})[0];
        assert_ne!(
            first, usual,
            "{cause}: without the code something else is likelier"
        );
    }
}

#[test]
fn the_evidence_ranks_the_reasons_of_a_refused_sign_in() {
    let refused = |known: &mut Known, mechanism: &str| {
        known.authentication.tried.push(SchemeTried {
            scheme: "NTLM".to_owned(),
            mechanism: mechanism.to_owned(),
            outcome: SchemeOutcome::Refused,
            detail: None,
        });
        known.authentication.channel_binding = Some(contract::ChannelBinding {
            sent: true,
            hash: Some("SHA-256".to_owned()),
            looked_at: contract::BindingLookedAt::ByDefault,
        });
    };
    let plain = with(Cause::AuthRejected, |known| refused(known, "ntlm"));
    assert!(plain[0].contains("wrong name or password"), "{plain:?}");
    assert!(plain[1].contains("locked"), "{plain:?}");
    let inspected = with(Cause::AuthRejected, |known| {
        refused(known, "ntlm");
        known.leaf = Some(leaf("CN=Zscaler Intermediate Root CA"));
    });
    assert!(inspected[0].starts_with("Zscaler"), "{inspected:?}");
    let elsewhere = with(Cause::AuthRejected, |known| {
        known.message = Some("was refused before Exchange was asked: …");
    });
    assert!(elsewhere[0].contains("domain controller"), "{elsewhere:?}");
}

#[test]
fn a_wrong_scheme_is_never_called_a_wrong_password() {
    let list = with(Cause::AuthSchemeNotOffered, |known| {
        known.auth = "basic";
        known.authentication.offered = vec!["Negotiate".to_owned(), "NTLM".to_owned()];
    });
    assert!(list[0].contains("choose Automatic"), "{list:?}");
    assert!(
        list.iter().all(|reason| !reason.contains("switched off")),
        "{list:?}"
    );
}

#[test]
fn old_editions_are_named_where_they_matter_and_the_cloud_says_that_it_retires_ews() {
    let old = with(Cause::ServerError, |known| known.edition = Edition::Ex2016);
    assert!(
        old.last()
            .is_some_and(|last| last.contains("14 October 2025")),
        "{old:?}"
    );
    let elsewhere = with(Cause::MailboxNotFound, |known| {
        known.edition = Edition::Ex2016;
    });
    assert!(
        elsewhere.iter().all(|reason| !reason.contains("support")),
        "{elsewhere:?}"
    );
    let online = with(Cause::ImpersonationRoleMissing, |known| {
        known.edition = Edition::Online;
    });
    assert!(online[0].contains("1 April 2027"), "{online:?}");
    assert!(
        online
            .iter()
            .all(|reason| !reason.contains("isn't assigned")),
        "{online:?}"
    );
    let sound = with(Cause::ServerError, |known| {
        known.edition = Edition::Subscription;
    });
    assert!(
        sound.iter().all(|reason| !reason.contains("support")),
        "{sound:?}"
    );
}

#[test]
fn a_block_before_the_log_on_is_not_laid_at_the_accounts_door() {
    let before = with(Cause::PolicyEwsBlocked, |known| {
        known.message = Some("refused the very first request, before the log-on: …");
    });
    assert!(before[0].contains("firewall"), "{before:?}");
    assert!(
        before.iter().all(|reason| !reason.contains("EwsEnabled")),
        "{before:?}"
    );
    let after = with(Cause::PolicyEwsBlocked, |_| {});
    assert!(after[0].contains("EwsEnabled"), "{after:?}");
}

#[test]
fn what_the_sentence_of_the_run_says_comes_first() {
    for (cause, message, words) in [
        (Cause::TlsProtocol, "no cipher suite in common", "AES-GCM"),
        (
            Cause::TlsProtocol,
            "what answers on this port is not TLS but plain HTTP",
            "443",
        ),
        (
            Cause::ProxyFailed,
            "the HTTP proxy p:8080 asks for a sign-in of its own (407)",
            "sign-in",
        ),
        (
            Cause::ProxyFailed,
            "the HTTP proxy p:8080 doesn't allow a tunnel to mail.contoso.com:443",
            "CONNECT",
        ),
        (
            Cause::ProxyFailed,
            "the HTTP proxy p:8080 couldn't connect to mail.contoso.com:443",
            "seen from it",
        ),
        (
            Cause::HttpNotEws,
            "this isn't the EWS endpoint (HTTP 404)",
            "path",
        ),
        (
            Cause::HttpRedirected,
            "Redirected to https://mail.contoso.com/owa/; nothing was sent there.",
            "Outlook on the web",
        ),
        (Cause::HttpRejected, "before EWS saw it (HTTP 413)", "413"),
    ] {
        let list = with(cause, |known| known.message = Some(message));
        assert!(list[0].contains(words), "{cause} {message}: {list:?}");
    }
}
