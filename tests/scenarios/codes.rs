//! Code by code: what one mailbox gets among others that open, and what it costs.

use std::time::Duration;

use exchange_sim::{EwsError, Fault, Form, HttpAnswer, MailboxState, What, When};
use support::{Check, Outcome, server, start};

const TWO: &str = "user2@contoso.com";

/// A run of three in which the second mailbox always gets `what`.
async fn second_gets(what: What) -> Outcome {
    let exchange = start(server(3)).await;
    exchange.plan(Fault::always(When::Mailbox(TWO.into()), what));
    let run = Check::on(&exchange)
        .users(3)
        .timeout(1)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.user(1), run.user(3)),
        ("granted".to_owned(), "granted".to_owned()),
        "the others go on"
    );
    run
}

#[tokio::test]
async fn codes_that_decide_a_mailbox_at_once() {
    for (code, expected) in [
        ("ErrorNonExistentMailbox", "no_mailbox mailbox.not_found"),
        (
            "ErrorInvalidSmtpAddress",
            "no_mailbox mailbox.address_invalid",
        ),
        (
            "ErrorInvalidUserPrincipalName",
            "no_mailbox mailbox.identity_unknown",
        ),
        ("ErrorInvalidUserSid", "no_mailbox mailbox.identity_unknown"),
        ("ErrorInvalidSid", "no_mailbox mailbox.identity_unknown"),
        ("ErrorInvalidLicense", "unusable mailbox.license"),
        (
            "ErrorMailboxConfiguration",
            "unusable mailbox.misconfigured",
        ),
        (
            "ErrorDuplicateLegacyDistinguishedName",
            "unusable mailbox.misconfigured",
        ),
        ("ErrorFolderNotFound", "unusable mailbox.folder_missing"),
        ("ErrorItemNotFound", "unusable mailbox.folder_missing"),
        ("ErrorAccessDenied", "refused mailbox.access_denied"),
        (
            "ErrorInvalidExchangeImpersonationHeaderData",
            "undetermined impersonation.header_rejected",
        ),
        (
            "ErrorSomethingNewFromTheFuture",
            "undetermined server.unknown_code",
        ),
    ] {
        for form in [Form::Message, Form::Fault] {
            let run = second_gets(What::Ews(EwsError::new(code).form(form))).await;
            assert_eq!(run.user(2), expected, "{code} {form:?}");
            let status = if form == Form::Message { 200 } else { 500 };
            assert_eq!(run.evidence(TWO), format!("{code} {status} x1"), "{form:?}");
            let open = expected.starts_with("undetermined");
            assert_eq!(
                run.end(),
                if open { "incomplete" } else { "complete" },
                "{code}"
            );
            assert_eq!(run.summary().findings, u64::from(!open), "{code}");
        }
    }
}

#[tokio::test]
async fn codes_that_pass_are_asked_five_times_and_never_called_a_refusal() {
    for (code, expected) in [
        ("ErrorImpersonationFailed", "impersonation.server_cannot"),
        ("ErrorImpersonationDenied", "impersonation.server_cannot"),
        ("ErrorMailboxMoveInProgress", "mailbox.moving"),
        ("ErrorMailboxStoreUnavailable", "mailbox.store_unavailable"),
        ("ErrorMailboxFailover", "mailbox.store_unavailable"),
        ("ErrorConnectionFailed", "mailbox.store_unavailable"),
        ("ErrorServerBusy", "server.busy"),
        ("ErrorExceededConnectionCount", "server.busy"),
        ("ErrorInternalServerTransientError", "server.transient"),
        ("ErrorTimeoutExpired", "server.transient"),
        ("ErrorInsufficientResources", "server.transient"),
        ("ErrorNotEnoughMemory", "server.transient"),
        ("ErrorTooManyObjectsOpened", "server.transient"),
        ("ErrorADUnavailable", "server.directory_unavailable"),
        ("ErrorADOperation", "server.directory_unavailable"),
        ("ErrorNoRespondingCASInDestinationSite", "server.routing"),
        ("ErrorCrossSiteRequest", "server.routing"),
        ("ErrorProxyServiceDiscoveryFailed", "server.routing"),
        ("ErrorProxyGroupSidLimitExceeded", "server.routing"),
        ("ErrorInternalServerError", "server.error"),
    ] {
        for form in [Form::Message, Form::Fault] {
            let run = second_gets(What::Ews(EwsError::new(code).form(form))).await;
            assert_eq!(
                run.user(2),
                format!("undetermined {expected}"),
                "{code} {form:?}"
            );
            let status = if form == Form::Message { 200 } else { 500 };
            assert_eq!(run.evidence(TWO), format!("{code} {status} x5"), "{form:?}");
            assert_eq!(
                (run.end().as_str(), run.summary().findings),
                ("incomplete", 0),
                "{code}"
            );
            assert_eq!(
                (run.summary().requests, run.summary().retries),
                (8, 4),
                "{code}"
            );
        }
    }
}

#[tokio::test]
async fn what_passes_in_time_leaves_no_trace_but_the_count() {
    let exchange = start(server(3)).await;
    exchange.plan(Fault::times(
        4,
        When::Mailbox(TWO.into()),
        What::Ews(EwsError::fault("ErrorServerBusy")),
    ));
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.evidence(TWO).as_str()),
        ("complete", "NoError 200 x5")
    );
}

#[tokio::test]
async fn the_inner_code_decides_for_an_internal_error() {
    for (code, text, expected) in [
        (
            "ErrorInvalidLicense",
            "The mailbox does not have a valid license.",
            "unusable mailbox.license",
        ),
        (
            "ErrorMailboxMoveInProgress",
            "Mailbox move in progress.",
            "undetermined mailbox.moving",
        ),
        (
            "ErrorNonExistentMailbox",
            "No mailbox with such guid.",
            "no_mailbox mailbox.remote",
        ),
        (
            "ErrorImpersonateUserDenied",
            "Denied.",
            "refused impersonation.out_of_scope",
        ),
    ] {
        let run = second_gets(What::Ews(EwsError::inner(code, text))).await;
        assert_eq!(run.user(2), expected, "{code}");
        assert_eq!(run.row(TWO).ews_code.as_deref(), Some(code));
    }
}

#[tokio::test]
async fn english_text_tells_more_where_there_is_some() {
    let remote = EwsError::new("ErrorNonExistentMailbox").text("No mailbox with such guid.");
    assert_eq!(
        second_gets(What::Ews(remote)).await.user(2),
        "no_mailbox mailbox.remote"
    );
    let other = EwsError::new("ErrorNonExistentMailbox").text("Kein Postfach mit dieser GUID.");
    assert_eq!(
        second_gets(What::Ews(other)).await.user(2),
        "no_mailbox mailbox.not_found",
        "codes always count"
    );
    for error in [
        EwsError::new("ErrorMailboxStoreUnavailable")
            .text("Too many concurrent connections opened. Cannot open mailbox."),
        EwsError::inner(
            "ErrorInternalServerError",
            "Too many concurrent connections opened. Cannot open mailbox.",
        ),
    ] {
        assert_eq!(
            second_gets(What::Ews(error)).await.user(2),
            "undetermined server.busy"
        );
    }
}

#[tokio::test]
async fn an_alias_is_told_with_its_primary_address() {
    let run = second_gets(What::Ews(EwsError::non_primary("right@contoso.com"))).await;
    assert_eq!(run.user(2), "no_mailbox mailbox.alias");
    assert_eq!(
        run.says(TWO),
        "alias; the primary address is right@contoso.com"
    );
}

#[tokio::test]
async fn states_of_a_mailbox_as_a_whole_server_has_them() {
    let mut options = server(9);
    for (at, state) in [
        MailboxState::Moving,
        MailboxState::StoreUnavailable,
        MailboxState::Misconfigured,
        MailboxState::Remote,
        MailboxState::MailUser,
        MailboxState::AccessDenied,
        MailboxState::Unlicensed,
        MailboxState::WithoutFolders(vec!["inbox".into()]),
    ]
    .into_iter()
    .enumerate()
    {
        options.mailboxes[at].state = state;
    }
    let exchange = start(options).await;
    let run = Check::on(&exchange).users(9).run(&exchange).await;
    assert_eq!(
        run.lines(),
        [
            "undetermined mailbox.moving",
            "undetermined mailbox.store_unavailable",
            "unusable mailbox.misconfigured",
            "no_mailbox mailbox.remote",
            "no_mailbox mailbox.not_found",
            "refused mailbox.access_denied",
            "unusable mailbox.license",
            "unusable mailbox.folder_missing",
            "granted"
        ]
    );
    assert_eq!(
        (run.end().as_str(), run.summary().findings),
        ("incomplete", 6)
    );
}

#[tokio::test]
async fn http_that_passes() {
    let page = HttpAnswer::server_error_page();
    for (what, expected, evidence) in [
        (
            What::Http(HttpAnswer::status(502)),
            "http.gateway",
            "- 502 x5",
        ),
        (
            What::Http(HttpAnswer::status(504).html("Gateway", "no")),
            "http.gateway",
            "- 504 x5",
        ),
        (
            What::Http(HttpAnswer::throttled(503, None)),
            "server.busy",
            "- 503 x5",
        ),
        (
            What::Http(HttpAnswer::throttled(429, Some(0))),
            "server.busy",
            "- 429 x5",
        ),
        (What::Http(page), "server.error", "- 500 x5"),
        (
            What::Http(HttpAnswer::generic_error_page()),
            "server.transient",
            "- 302 x5",
        ),
        (What::Close, "http.closed", "- - x5"),
        (What::Reset, "http.closed", "- - x5"),
        (What::CloseMidAnswer, "http.closed", "- - x5"),
        (What::NotXml, "protocol.unexpected", "- 200 x2"),
        (What::WrongShape, "protocol.unexpected", "- 200 x2"),
        (What::DeepNesting(5_000), "protocol.unexpected", "- 200 x2"),
        (What::Huge(3 << 20), "protocol.unexpected", "- 200 x2"),
        (What::Body(String::new()), "protocol.unexpected", "- 200 x2"),
    ] {
        let run = second_gets(what.clone()).await;
        assert_eq!(run.user(2), format!("undetermined {expected}"), "{what:?}");
        assert_eq!(run.evidence(TWO), evidence, "{what:?}");
        assert_eq!(run.end(), "incomplete", "{what:?}");
    }
}

#[tokio::test]
async fn an_answer_that_ends_in_the_middle_is_a_closed_connection() {
    let half = "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><m:GetF";
    let run = second_gets(What::Body(half.into())).await;
    assert_eq!(
        (run.user(2).as_str(), run.evidence(TWO).as_str()),
        ("undetermined http.closed", "- 200 x5")
    );
}

#[tokio::test]
async fn success_without_a_folder_is_never_an_opened_mailbox() {
    let empty = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><m:GetFolderResponse \
        xmlns:m=\"x\"><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError\
        </m:ResponseCode><m:Folders/></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body>\
        </s:Envelope>";
    let run = second_gets(What::Body(empty.into())).await;
    assert_eq!(run.user(2), "undetermined protocol.unexpected");
}

#[tokio::test]
async fn no_answer_in_time_is_a_time_out_whether_stalled_or_dripping() {
    for what in [
        What::Stall(Duration::from_secs(5)),
        What::Drip {
            chunk: 1,
            pause: Duration::from_millis(40),
        },
    ] {
        let exchange = start(server(3)).await;
        exchange.plan(Fault::always(When::Mailbox(TWO.into()), what.clone()));
        let run = Check::on(&exchange)
            .users(3)
            .timeout(1)
            .run(&exchange)
            .await;
        assert_eq!(
            run.lines(),
            ["granted", "undetermined http.timeout", "granted"],
            "{what:?}"
        );
        assert_eq!(run.evidence(TWO), "- - x5");
    }
}

#[tokio::test]
async fn a_front_end_that_cannot_place_the_mailbox_names_no_endpoint() {
    for code in ["UserNotFound", "MailboxGuidWithDomainNotFound"] {
        let answer = HttpAnswer::status(404)
            .header("X-CasErrorCode", code)
            .html("404", "not found");
        let run = second_gets(What::Http(answer)).await;
        assert_eq!(
            (run.end().as_str(), run.user(2).as_str()),
            ("complete", "no_mailbox mailbox.not_found"),
            "{code}"
        );
        assert_eq!(run.evidence(TWO), "- 404 x1");
    }
}

#[tokio::test]
async fn a_fault_in_a_gateway_status_is_read_as_a_fault() {
    let fault = EwsError::fault("ErrorImpersonateUserDenied").form(Form::Fault);
    let run = second_gets(What::Ews(fault)).await;
    assert_eq!(run.user(2), "refused impersonation.out_of_scope");
}
