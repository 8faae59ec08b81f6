//! What each case of a cause sends, held against the evidence in the catalog of causes.

use exchange_sim::practice::causes::{BEYOND, CAUSES, Case, ClientSide, case, twelve};
use exchange_sim::{Bind, Simulator};

use crate::client::{Client, Reply, basic, connecting, envelope, folders, http, simulator, tls};

/// How a request for a mailbox ends: status and a piece of the answer, or what the TLS client says.
enum Evidence {
    Answer(u16, &'static str),
    Broken,
    Tls(&'static str),
    /// The client has its own part in it; the row opens as seen from here.
    Opens,
}

use Evidence::{Answer, Broken, Opens, Tls};

const EVIDENCE: [(&str, Evidence); CAUSES.len()] = [
    ("tcp.refused", Opens),
    ("tcp.timeout", Tls("no answer")),
    ("proxy.failed", Opens),
    ("tls.untrusted", Tls("UnknownIssuer")),
    ("tls.untrusted#self-signed", Tls("UnknownIssuer")),
    ("tls.name_mismatch", Tls("not valid for name")),
    ("tls.expired", Tls("expired")),
    ("tls.pin_mismatch", Opens),
    ("tls.protocol", Opens),
    ("http.not_ews", Answer(200, "<form")),
    ("http.not_ews#404", Answer(404, "not found")),
    ("http.not_ews#440", Answer(440, "Login Timeout")),
    ("http.redirected", Answer(302, "")),
    ("http.rejected", Answer(400, "Request Too Long")),
    ("http.gateway", Answer(502, "Bad Gateway")),
    ("http.timeout", Broken),
    ("http.closed", Broken),
    ("protocol.unexpected", Answer(200, "<unavailable")),
    ("protocol.rejected", Answer(500, "<t:Violation>")),
    ("protocol.version", Answer(500, "ErrorInvalidServerVersion")),
    ("auth.scheme_not_offered", Answer(401, "")),
    ("auth.rejected", Answer(401, "")),
    ("auth.lost", Opens),
    ("account.locked", Answer(401, "currently locked out")),
    (
        "account.password_expired",
        Answer(500, "ErrorPasswordExpired"),
    ),
    ("account.disabled", Answer(500, "ErrorAccountDisabled")),
    (
        "account.not_in_directory",
        Answer(500, "ErrorCallerIsInvalidADAccount"),
    ),
    (
        "account.not_authorized",
        Answer(500, "ErrorInvalidAuthorizationContext"),
    ),
    (
        "account.no_mailbox",
        Answer(500, "ErrorMissingEmailAddress"),
    ),
    ("oauth.token_rejected", Answer(401, "")),
    ("policy.ews_blocked", Answer(403, "")),
    ("policy.exchange_online_retired", Answer(403, "")),
    (
        "policy.organization_blocked",
        Answer(200, "ErrorOrganizationAccessBlocked"),
    ),
    (
        "impersonation.role_missing",
        Answer(500, "ErrorImpersonateUserDenied"),
    ),
    (
        "impersonation.out_of_scope",
        Answer(500, "ErrorImpersonateUserDenied"),
    ),
    (
        "impersonation.refused",
        Answer(500, "ErrorImpersonateUserDenied"),
    ),
    (
        "impersonation.server_cannot",
        Answer(500, "ErrorImpersonationFailed"),
    ),
    (
        "impersonation.header_rejected",
        Answer(500, "ErrorInvalidExchangeImpersonationHeaderData"),
    ),
    ("impersonation.ignored", Opens),
    ("impersonation.exposed", Opens),
    ("mailbox.not_found", Answer(500, "ErrorNonExistentMailbox")),
    ("mailbox.not_found#404", Answer(404, "")),
    ("mailbox.remote", Answer(200, "No mailbox with such guid.")),
    ("mailbox.alias", Answer(500, "ErrorNonPrimarySmtpAddress")),
    (
        "mailbox.address_invalid",
        Answer(200, "ErrorInvalidSmtpAddress"),
    ),
    (
        "mailbox.identity_unknown",
        Answer(500, "ErrorInvalidUserPrincipalName"),
    ),
    ("mailbox.license", Answer(200, "ErrorInvalidLicense")),
    ("mailbox.system", Answer(500, "ErrorNonExistentMailbox")),
    ("mailbox.moving", Answer(200, "ErrorMailboxMoveInProgress")),
    (
        "mailbox.store_unavailable",
        Answer(200, "ErrorMailboxStoreUnavailable"),
    ),
    (
        "mailbox.misconfigured",
        Answer(200, "ErrorMailboxConfiguration"),
    ),
    ("mailbox.folder_missing", Answer(200, "ErrorFolderNotFound")),
    ("mailbox.access_denied", Answer(200, "ErrorAccessDenied")),
    ("mailbox.disabled", Answer(200, "ErrorAccountDisabled")),
    ("mailbox.over_quota", Opens),
    ("server.busy", Answer(500, "BackOffMilliseconds")),
    (
        "server.transient",
        Answer(200, "ErrorInternalServerTransientError"),
    ),
    (
        "server.directory_unavailable",
        Answer(500, "ErrorADUnavailable"),
    ),
    (
        "server.routing",
        Answer(500, "ErrorNoRespondingCASInDestinationSite"),
    ),
    ("server.error", Answer(500, "ErrorInternalServerError")),
    ("server.unknown_code", Answer(200, "ErrorOfTheYear2031")),
];

/// A connection, as the client of the case makes it.
async fn connect(server: &Simulator, case: &Case) -> Result<Client, String> {
    match case.options.bind {
        Bind::Http => Ok(http(server).await),
        Bind::Https(_) => {
            let trusted = (case.client != ClientSide::WithoutTrust).then(|| server.ca_pem());
            tls(server, trusted.flatten()).await
        }
    }
}

async fn ask(client: &mut Client, case: &Case, address: &str) -> Reply {
    let credentials = match case.client {
        ClientSide::Bearer => "Bearer eyJ0.eyJ1.c2ln".to_owned(),
        _ => basic(&case.account, &case.password),
    };
    let kind = match case.client {
        ClientSide::ByPrincipalName => "PrincipalName",
        _ => "SmtpAddress",
    };
    let request = envelope(&connecting(kind, address), &folders(&["inbox"]));
    client.post(Some(&credentials), &request).await
}

#[tokio::test]
async fn every_case_sends_the_evidence_of_its_cause() {
    for (cause, evidence) in &EVIDENCE {
        let mut case = case(cause, 12).unwrap_or_else(|| panic!("{cause} has no case"));
        for fault in &mut case.options.faults {
            // Nobody waits two minutes here.
            if let exchange_sim::What::Stall(pause) = &mut fault.what {
                *pause = std::time::Duration::from_millis(50);
            }
        }
        let server = simulator(case.options.clone()).await;
        let struck = case.rows.first().map(|(address, _)| address.clone());
        let address = struck.unwrap_or_else(|| case.users[0].primary.clone());
        let connected = connect(&server, &case).await;
        if let Tls(piece) = evidence {
            let error = connected
                .err()
                .unwrap_or_else(|| panic!("{cause} connects"));
            let found = error.to_lowercase().contains(&piece.to_lowercase());
            assert!(found, "{cause}: {error}");
            continue;
        }
        let mut client = connected.unwrap_or_else(|error| panic!("{cause}: {error}"));
        let reply = ask(&mut client, &case, &address).await;
        match evidence {
            Answer(status, piece) => {
                assert_eq!(reply.status(), *status, "{cause}: {reply:?}");
                assert!(reply.body.contains(piece), "{cause}: {reply:?}");
            }
            Broken => assert!(reply.truncated, "{cause}: {reply:?}"),
            Opens => {
                reply.has(200, "NoError");
            }
            Tls(_) => unreachable!("these were seen above"),
        }
    }
}

#[tokio::test]
async fn evidence_that_stands_in_headers() {
    let header = async |cause: &str, name: &str| {
        let case = case(cause, 12).expect("a case");
        let server = simulator(case.options.clone()).await;
        let mut client = connect(&server, &case).await.expect("a connection");
        let reply = ask(&mut client, &case, &case.users[5].primary).await;
        reply.header(name).unwrap_or_default().to_owned()
    };
    let diagnostics = header("oauth.token_rejected", "x-ms-diagnostics").await;
    assert!(diagnostics.starts_with("2000003;reason="), "{diagnostics}");
    assert_eq!(
        header("policy.exchange_online_retired", "x-ews-policy-reason").await,
        "EWS is disabled for this user or tenant"
    );
    assert_eq!(
        header("mailbox.not_found#404", "x-caserrorcode").await,
        "UserNotFound"
    );
    let location = header("http.redirected", "location").await;
    assert_eq!(location, "https://mail.fabrikam.com/EWS/Exchange.asmx");
    assert!(
        !header("auth.scheme_not_offered", "www-authenticate")
            .await
            .contains("Basic")
    );
}

#[tokio::test]
async fn the_password_is_changed_in_the_middle_of_a_run() {
    let case = case("auth.lost", 12).expect("a case");
    let server = simulator(case.options.clone()).await;
    let mut statuses = Vec::new();
    for user in &case.users[..11] {
        let mut client = connect(&server, &case).await.expect("a connection");
        statuses.push(ask(&mut client, &case, &user.primary).await.status());
    }
    assert_eq!(statuses, [[200; 9].as_slice(), &[401; 2]].concat());
}

#[tokio::test]
async fn another_mailbox_than_the_one_asked_for_and_the_exposed_canary() {
    let ignored = case("impersonation.ignored", 12).expect("a case");
    let server = simulator(ignored.options.clone()).await;
    let mut client = connect(&server, &ignored).await.expect("a connection");
    let first = ask(&mut client, &ignored, &ignored.users[0].primary).await;
    let second = ask(&mut client, &ignored, &ignored.users[1].primary).await;
    assert_eq!(first.body, second.body);
    let exposed = case("impersonation.exposed", 12).expect("a case");
    let server = simulator(exposed.options.clone()).await;
    let mut client = connect(&server, &exposed).await.expect("a connection");
    let canary = exposed.users.last().expect("a canary");
    assert!(canary.must_refuse);
    ask(&mut client, &exposed, &canary.primary)
        .await
        .has(200, "NoError");
}

#[tokio::test]
async fn of_forty_with_twelve_causes_four_open() {
    let case = twelve();
    let server = simulator(case.options.clone()).await;
    let mut client = connect(&server, &case).await.expect("a connection");
    let mut opened = Vec::new();
    for user in &case.users {
        let reply = ask(&mut client, &case, &user.primary).await;
        if reply.body.contains("NoError") {
            opened.push(user.primary.clone());
        }
    }
    let spared: Vec<String> = case.users[36..40]
        .iter()
        .map(|u| u.primary.clone())
        .collect();
    assert_eq!(opened, spared);
}

#[test]
fn a_cause_is_either_brought_about_or_beyond_any_server() {
    for (cause, why) in BEYOND {
        assert!(case(cause, 12).is_none() && !why.is_empty(), "{cause}");
    }
    for cause in CAUSES {
        let listed = EVIDENCE.iter().any(|(known, _)| *known == cause);
        assert!(listed, "{cause} has no evidence here");
    }
}
