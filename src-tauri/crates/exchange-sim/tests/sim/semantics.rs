//! What a sound server answers: log-on, identities, rights, folders, directory.

use std::collections::HashSet;

use exchange_sim::{
    Account, AccountState, Build, EmptyIdentity, EwsError, Form, Mailbox, MailboxState, Options,
    Role,
};

use crate::client::{
    ask, basic, connecting, envelope, folder_id, folders, http, inbox_of, own_inbox, service,
    simulator,
};

fn account(change: impl FnOnce(&mut Account)) -> Options {
    let mut account = Account::default();
    change(&mut account);
    Options {
        accounts: vec![account],
        ..Options::default()
    }
}

fn mailbox(state: MailboxState) -> Options {
    let mut options = Options::default();
    options.mailboxes[0].state = state;
    options
}

#[tokio::test]
async fn one_connection_carries_the_challenge_the_log_on_and_the_answer() {
    let server = simulator(Options {
        offered: vec!["Negotiate".into(), "NTLM".into(), "Basic".into()],
        ..Options::default()
    })
    .await;
    let mut client = http(&server).await;
    let challenge = client.post(None, &own_inbox()).await;
    challenge.has(401, "Unauthorized");
    assert_eq!(
        challenge.headers("www-authenticate"),
        ["Negotiate", "NTLM", "Basic realm=\"mail.contoso.com\""]
    );
    assert_eq!(challenge.header("x-owa-version"), Some("15.2.2562.17"));
    client
        .post(Some(&basic("CONTOSO\\svc-ews", "wrong")), &own_inbox())
        .await
        .has(401, "");
    let opened = client
        .post(Some(&service()), &inbox_of("user1@contoso.com"))
        .await;
    opened.has(200, "<m:ResponseCode>NoError</m:ResponseCode>");
    opened.has(200, "MajorBuildNumber=\"2562\"");
    assert_eq!(opened.header("x-feserver"), Some("EX1"));
    let counters = server.counters();
    assert_eq!((counters.connections, counters.requests), (1, 3));
    assert_eq!(
        (counters.anonymous, counters.posts_with_credentials),
        (1, 2)
    );
    assert_eq!((counters.log_ons_ok, counters.log_ons_refused), (1, 1));
    assert_eq!(
        counters.last_impersonated.as_deref(),
        Some("user1@contoso.com")
    );
    assert_eq!(counters.per_mailbox["user1@contoso.com"], 1);
    let kinds: Vec<_> = counters
        .requests_log
        .iter()
        .map(|r| r.identity_kind.as_deref())
        .collect();
    assert_eq!(kinds, [None, None, Some("SmtpAddress")]);
    server.stop().await;
}

#[tokio::test]
async fn the_request_id_comes_back_only_when_asked_for() {
    let server = simulator(Options::default()).await;
    let mut client = http(&server).await;
    let head = format!(
        "Authorization: {}\r\nContent-Type: text/xml\r\nclient-request-id: abc\r\n\
         X-AnchorMailbox: user1@contoso.com\r\nUser-Agent: Test/1\r\n",
        service()
    );
    let line = "POST /ews/exchange.asmx";
    let silent = client.send(line, &head, &own_inbox()).await;
    assert_eq!(silent.header("client-request-id"), None);
    assert_eq!(silent.header("request-id").map(str::len), Some(36));
    let asked = format!("{head}return-client-request-id: true\r\n");
    let echoed = client.send(line, &asked, &own_inbox()).await;
    assert_eq!(echoed.header("client-request-id"), Some("abc"));
    let log = server.counters().requests_log;
    assert_eq!(log[0].anchor.as_deref(), Some("user1@contoso.com"));
    assert_eq!(log[0].user_agent.as_deref(), Some("Test/1"));
    assert_eq!(log[0].schema_version.as_deref(), Some("Exchange2013_SP1"));
    assert_eq!(
        (log[0].had_authorization, log[0].scheme.as_deref()),
        (true, Some("Basic"))
    );
}

#[tokio::test]
async fn other_paths_methods_and_types_are_not_ews() {
    let server = simulator(Options::default()).await;
    let mut client = http(&server).await;
    client
        .send("POST /EWS/Exchange.asm", "", "")
        .await
        .has(404, "404");
    assert_eq!(
        client
            .send("GET /EWS/Exchange.asmx", "", "")
            .await
            .header("allow"),
        Some("POST")
    );
    let json = format!(
        "Authorization: {}\r\nContent-Type: application/json\r\n",
        service()
    );
    assert_eq!(
        client
            .send("POST /EWS/Exchange.asmx", &json, "{}")
            .await
            .status(),
        415
    );
    client
        .send("GET /owa/auth/logon.aspx", "", "")
        .await
        .has(404, "");
    assert_eq!(
        server.counters().redirect_hits,
        1,
        "the sign-in page was visited"
    );
}

#[tokio::test]
async fn every_identity_leads_to_its_own_mailbox() {
    let mailboxes = vec![
        Mailbox::new("a@contoso.com", "A")
            .alias("old@contoso.com")
            .with_sid("S-1-5-21-1-2-3-4"),
        Mailbox {
            upn: Some("b@corp.local".into()),
            ..Mailbox::new("b@contoso.com", "B & Co")
        },
        Mailbox::new("svc-ews@contoso.com", "Service"),
    ];
    let server = simulator(Options {
        mailboxes,
        ..Options::default()
    })
    .await;
    let inbox = async |kind: &str, value: &str| {
        let request = envelope(&connecting(kind, value), &folders(&["inbox"]));
        folder_id(ask(&server, &request).await.has(200, "NoError"))
    };
    let a = inbox("SmtpAddress", "A@Contoso.COM").await;
    assert_eq!(
        inbox("SmtpAddress", "old@contoso.com").await,
        a,
        "an alias opens the same mailbox"
    );
    assert_eq!(inbox("PrimarySmtpAddress", "a@contoso.com").await, a);
    assert_eq!(inbox("SID", "S-1-5-21-1-2-3-4").await, a);
    let b = inbox("PrincipalName", "b@corp.local").await;
    let own = folder_id(&ask(&server, &own_inbox()).await);
    assert_eq!(
        HashSet::from([&a, &b, &own]).len(),
        3,
        "three mailboxes, three identities"
    );
    assert!(a.len() >= 100, "as long as a real one: {a}");
}

#[tokio::test]
async fn unknown_identities_are_refused_each_in_its_way() {
    let mut options = Options::default();
    options.mailboxes[0]
        .aliases
        .push("old&new@contoso.com".into());
    let server = simulator(options).await;
    for (kind, value, code) in [
        (
            "SmtpAddress",
            "nobody@contoso.com",
            "ErrorNonExistentMailbox",
        ),
        ("SmtpAddress", "nobody", "ErrorInvalidSmtpAddress"),
        (
            "PrincipalName",
            "nobody@contoso.com",
            "ErrorInvalidUserPrincipalName",
        ),
        ("SID", "S-1-0-0", "ErrorInvalidUserSid"),
        (
            "SmtpAddress",
            "",
            "ErrorInvalidExchangeImpersonationHeaderData",
        ),
        (
            "PrimarySmtpAddress",
            "old&amp;new@contoso.com",
            "ErrorNonPrimarySmtpAddress",
        ),
    ] {
        let request = envelope(&connecting(kind, value), &folders(&["inbox"]));
        let reply = ask(&server, &request).await;
        reply.has(500, &format!(">a:{code}</faultcode>"));
        reply.has(500, &format!("errors\">{code}</e:ResponseCode>"));
        let primary = reply
            .body
            .contains("<t:Value Name=\"Primary\">user1@contoso.com</t:Value>");
        assert_eq!(primary, code == "ErrorNonPrimarySmtpAddress", "{reply:?}");
    }
}

#[tokio::test]
async fn an_empty_identity_opens_the_own_mailbox_where_told_so() {
    let empty = envelope(&connecting("SmtpAddress", ""), &folders(&["inbox"]));
    let gromox = Options {
        empty_identity: EmptyIdentity::OwnMailbox,
        ..Options::default()
    };
    let server = simulator(gromox).await;
    let own = folder_id(&ask(&server, &own_inbox()).await);
    assert_eq!(
        folder_id(ask(&server, &empty).await.has(200, "NoError")),
        own
    );
}

#[tokio::test]
async fn existence_is_looked_up_before_the_right() {
    let server = simulator(account(|a| a.role = Role::None)).await;
    let known = ask(&server, &inbox_of("user1@contoso.com")).await;
    known
        .has(500, "ErrorImpersonateUserDenied")
        .has(500, "does not have permission to impersonate");
    ask(&server, &inbox_of("nobody@contoso.com"))
        .await
        .has(500, "ErrorNonExistentMailbox");
    ask(&server, &own_inbox()).await.has(200, "NoError");
}

#[tokio::test]
async fn the_scope_of_the_role_decides_and_can_be_changed() {
    let only = HashSet::from(["USER1@contoso.com".to_owned()]);
    let server = simulator(account(|a| a.role = Role::Only(only.clone()))).await;
    ask(&server, &inbox_of("user1@contoso.com"))
        .await
        .has(200, "NoError");
    ask(&server, &inbox_of("user2@contoso.com"))
        .await
        .has(500, "ErrorImpersonateUserDenied");
    server.update(|options| options.accounts[0].role = Role::AllBut(only));
    ask(&server, &inbox_of("user1@contoso.com"))
        .await
        .has(500, "ErrorImpersonateUserDenied");
    ask(&server, &inbox_of("user2@contoso.com"))
        .await
        .has(200, "NoError");
    server.update(|options| "changed".clone_into(&mut options.accounts[0].password));
    ask(&server, &inbox_of("user2@contoso.com"))
        .await
        .has(401, "");
}

#[tokio::test]
async fn account_states_are_told_after_the_right_password() {
    for (state, status, piece) in [
        (
            AccountState::Locked,
            401,
            "currently locked out and may not be logged on to",
        ),
        (AccountState::Disabled, 500, "ErrorAccountDisabled"),
        (AccountState::PasswordExpired, 500, "ErrorPasswordExpired"),
        (
            AccountState::NotInDirectory,
            500,
            "ErrorCallerIsInvalidADAccount",
        ),
        (
            AccountState::NotAuthorized,
            500,
            "ErrorInvalidAuthorizationContext",
        ),
        (AccountState::EwsBlocked, 403, ""),
    ] {
        let server = simulator(account(|a| a.state = state)).await;
        ask(&server, &inbox_of("user1@contoso.com"))
            .await
            .has(status, piece);
        let wrong = basic("CONTOSO\\svc-ews", "wrong");
        let reply = http(&server).await.post(Some(&wrong), &own_inbox()).await;
        assert_eq!(reply.status(), 401, "{state:?} is not told to a stranger");
    }
}

#[tokio::test]
async fn wrong_passwords_lock_the_account() {
    let server = simulator(Options {
        lock_out_after: Some(2),
        ..Options::default()
    })
    .await;
    let wrong = basic("svc-ews@contoso.com", "wrong");
    for _ in 0..2 {
        let reply = http(&server).await.post(Some(&wrong), &own_inbox()).await;
        assert!(!reply.body.contains("locked out"), "{reply:?}");
    }
    ask(&server, &own_inbox()).await.has(401, "locked out");
    assert_eq!(server.counters().log_ons_refused, 3);
    server.unlock_accounts();
    ask(&server, &own_inbox()).await.has(200, "NoError");
}

#[tokio::test]
async fn an_account_without_a_mailbox_depends_on_the_build() {
    let options = account(|a| a.mailbox = None);
    let server = simulator(options.clone()).await;
    ask(&server, &own_inbox())
        .await
        .has(200, "ErrorNonExistentMailbox");
    ask(&server, &inbox_of("user1@contoso.com"))
        .await
        .has(200, "NoError");
    let build = Build::EXCHANGE_2013;
    let old = Options {
        build,
        schema_versions: build.schema_versions(),
        ..options
    };
    let server = simulator(old).await;
    ask(&server, &own_inbox())
        .await
        .has(200, "ErrorMissingEmailAddress");
    ask(&server, &inbox_of("user1@contoso.com"))
        .await
        .has(500, "ErrorMissingEmailAddress");
}

#[tokio::test]
async fn mailbox_states_answer_in_http_200() {
    let odd = EwsError::new("ErrorQuotaExceeded").text("<full>");
    for (state, piece) in [
        (MailboxState::Moving, "ErrorMailboxMoveInProgress"),
        (
            MailboxState::StoreUnavailable,
            "ErrorMailboxStoreUnavailable",
        ),
        (MailboxState::Failover, "ErrorMailboxFailover"),
        (MailboxState::Misconfigured, "ErrorMailboxConfiguration"),
        (MailboxState::Disabled, "ErrorAccountDisabled"),
        (MailboxState::Remote, "No mailbox with such guid."),
        (MailboxState::AccessDenied, "ErrorAccessDenied"),
        (
            MailboxState::Unlicensed,
            "<t:Value Name=\"InnerErrorResponseCode\">ErrorInvalidLicense</t:Value>",
        ),
        (
            MailboxState::WithoutFolders(vec!["inbox".into()]),
            "ErrorFolderNotFound",
        ),
        (
            MailboxState::Failing(odd),
            "<m:MessageText>&lt;full&gt;</m:MessageText>",
        ),
    ] {
        let server = simulator(mailbox(state)).await;
        let reply = ask(&server, &inbox_of("user1@contoso.com")).await;
        reply.has(200, piece).has(200, "ResponseClass=\"Error\"");
        ask(&server, &inbox_of("user2@contoso.com"))
            .await
            .has(200, "NoError");
    }
    let server = simulator(mailbox(MailboxState::MailUser)).await;
    ask(&server, &inbox_of("user1@contoso.com"))
        .await
        .has(500, "ErrorNonExistentMailbox");
}

#[tokio::test]
async fn an_ignored_header_opens_the_own_mailbox_for_everyone() {
    let server = simulator(Options {
        ignores_impersonation: true,
        ..Options::default()
    })
    .await;
    let own = folder_id(&ask(&server, &own_inbox()).await);
    for address in [
        "user1@contoso.com",
        "user2@contoso.com",
        "nobody@contoso.com",
    ] {
        assert_eq!(folder_id(&ask(&server, &inbox_of(address)).await), own);
    }
}

#[test]
fn errors_have_the_form_they_are_given() {
    let error = EwsError::new("ErrorServerBusy");
    assert_eq!(error.form, Form::Message);
    assert_eq!(EwsError::busy(5).form, Form::Fault);
}
