//! Every kind of fault at least once, as a client sees it.

use std::time::{Duration, Instant};

use exchange_sim::{EwsError, Fault, Form, HttpAnswer, Options, Simulator, What, When};

use crate::client::{Reply, ask, folder_id, http, inbox_of, own_inbox, service, simulator};

const USER: &str = "user1@contoso.com";

async fn with(fault: Fault) -> Simulator {
    simulator(Options {
        faults: vec![fault],
        ..Options::default()
    })
    .await
}

/// What the next request meets, and proof that the one after it is answered.
async fn once(what: What) -> Reply {
    let server = with(Fault::once(When::Any, what)).await;
    let reply = ask(&server, &inbox_of(USER)).await;
    ask(&server, &inbox_of(USER)).await.has(200, "NoError");
    assert_eq!(server.counters().faults_struck, 1);
    reply
}

#[tokio::test]
async fn ews_errors_travel_in_five_forms() {
    let error = |form| What::Ews(EwsError::busy(1_500).form(form));
    let value = "<t:Value Name=\"BackOffMilliseconds\">1500</t:Value>";
    let message = once(error(Form::Message)).await;
    message
        .has(200, "<m:GetFolderResponseMessage ResponseClass=\"Error\">")
        .has(200, value);
    let fault = once(error(Form::Fault)).await;
    fault.has(500, "<detail><e:ResponseCode").has(500, value);
    let bare = once(error(Form::FaultCodeOnly)).await;
    bare.has(500, ">a:ErrorServerBusy</faultcode>");
    assert!(!bare.body.contains("detail"), "{bare:?}");
    let gromox = once(error(Form::FaultWithOk)).await;
    gromox.has(200, "<s:Fault>");
    assert!(!gromox.body.contains("detail"), "{gromox:?}");
    let soap_12 = once(error(Form::Soap12Fault)).await;
    soap_12
        .has(500, "http://www.w3.org/2003/05/soap-envelope")
        .has(500, "<s:Value>s:Receiver");
}

#[tokio::test]
async fn a_fault_meets_the_requests_it_is_planned_for() {
    let server = with(Fault::times(
        2,
        When::Mailbox(USER.to_uppercase()),
        What::denied(),
    ))
    .await;
    server.plan(Fault::once(
        When::LogOn,
        What::Ews(EwsError::inner("ErrorX", "why")),
    ));
    ask(&server, &inbox_of("user2@contoso.com"))
        .await
        .has(200, "NoError");
    for _ in 0..2 {
        ask(&server, &inbox_of(USER))
            .await
            .has(500, "ErrorImpersonateUserDenied");
    }
    ask(&server, &inbox_of(USER)).await.has(200, "NoError");
    ask(&server, &own_inbox())
        .await
        .has(200, "InnerErrorResponseCode\">ErrorX<");
    server.plan(Fault::always(When::Impersonated, What::denied()));
    ask(&server, &own_inbox()).await.has(200, "NoError");
    ask(&server, &inbox_of(USER))
        .await
        .has(500, "ErrorImpersonateUserDenied");
    server.forget_faults();
    ask(&server, &inbox_of(USER)).await.has(200, "NoError");
    server.plan(Fault::once(
        When::Anonymous,
        What::Http(HttpAnswer::status(403)),
    ));
    ask(&server, &inbox_of(USER)).await.has(200, "NoError");
    assert_eq!(http(&server).await.post(None, "").await.status(), 403);
    assert_eq!(http(&server).await.post(None, "").await.status(), 401);
    server.plan(Fault::once(
        When::Credentials,
        What::Http(HttpAnswer::status(400)),
    ));
    assert_eq!(http(&server).await.post(None, "").await.status(), 401);
    assert_eq!(ask(&server, &inbox_of(USER)).await.status(), 400);
}

#[tokio::test]
async fn one_folder_of_several_can_fail_alone() {
    let error = EwsError::new("ErrorItemNotFound")
        .only_for("calendar")
        .stopping_batch();
    let server = with(Fault::once(When::Impersonated, What::Ews(error))).await;
    let request = inbox_of(USER).replace(
        "<t:DistinguishedFolderId Id=\"inbox\"/>",
        "<t:DistinguishedFolderId Id=\"inbox\"/><t:DistinguishedFolderId Id=\"calendar\"/>\
         <t:DistinguishedFolderId Id=\"tasks\"/>",
    );
    let reply = ask(&server, &request).await;
    let order = [
        "NoError",
        "ErrorItemNotFound",
        "ErrorBatchProcessingStopped",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|code| reply.body.find(code).expect(code))
        .collect();
    assert!(places.is_sorted(), "{reply:?}");
}

#[tokio::test]
async fn http_answers_come_with_their_headers() {
    let reply = once(What::Http(HttpAnswer::unauthorized(&[]))).await;
    assert_eq!(
        (reply.status(), reply.header("www-authenticate")),
        (401, None)
    );
    let reply = once(What::Http(HttpAnswer::unauthorized(&["Negotiate", "NTLM"]))).await;
    assert_eq!(reply.headers("www-authenticate").len(), 2);
    once(What::Http(HttpAnswer::locked_out()))
        .await
        .has(401, "currently locked out");
    let reply = once(What::Http(HttpAnswer::user_not_found())).await;
    assert_eq!(
        (reply.status(), reply.header("x-caserrorcode")),
        (404, Some("UserNotFound"))
    );
    let unlock = "https://account.contoso.com/unlock";
    let reply = once(What::Http(HttpAnswer::blocked_with_unlock_url(unlock))).await;
    assert_eq!(reply.status_line, format!("HTTP/1.1 456 {unlock}"));
    for status in [429, 503] {
        let reply = once(What::Http(HttpAnswer::throttled(status, Some(7)))).await;
        assert_eq!(
            (reply.status(), reply.header("retry-after")),
            (status, Some("7"))
        );
        let reply = once(What::Http(HttpAnswer::throttled(status, None))).await;
        assert_eq!(
            (reply.status(), reply.header("retry-after")),
            (status, None)
        );
    }
    for status in [400, 403, 404, 405, 407, 413, 440, 502, 504] {
        let reply = once(What::Http(HttpAnswer::status(status))).await;
        assert_eq!(reply.status(), status, "{reply:?}");
    }
    once(What::Http(HttpAnswer::server_error_page()))
        .await
        .has(500, "Server Error in '/EWS'");
    once(What::Http(HttpAnswer::sign_in_page()))
        .await
        .has(200, "<form action=\"/owa/auth.owa\"");
}

#[tokio::test]
async fn redirects_point_where_they_are_told() {
    for status in [301, 302, 307, 308, 451] {
        let target = "https://elsewhere.contoso.com/EWS/Exchange.asmx";
        let reply = once(What::Http(HttpAnswer::redirect(status, target))).await;
        assert_eq!(
            (reply.status(), reply.header("location")),
            (status, Some(target))
        );
        assert_eq!(reply.header("x-ms-location").is_some(), status == 451);
    }
    let reply = once(What::Http(HttpAnswer::generic_error_page())).await;
    assert!(
        reply
            .header("location")
            .unwrap()
            .starts_with("/ews/genericerrorpage.htm")
    );
    let reply = once(What::Http(HttpAnswer::sign_in_redirect())).await;
    assert!(
        reply
            .header("location")
            .unwrap()
            .starts_with("/owa/auth/logon.aspx")
    );
}

#[tokio::test]
async fn connections_end_when_told() {
    for what in [
        What::Close,
        What::Reset,
        What::CloseInHandshake,
        What::Stall(Duration::from_millis(30)),
        What::NoTls(Duration::from_millis(30)),
    ] {
        let reply = once(what.clone()).await;
        assert_eq!(
            (reply.status(), reply.truncated),
            (0, true),
            "{what:?}: no answer at all"
        );
    }
    let reply = once(What::CloseMidAnswer).await;
    assert_eq!((reply.status(), reply.truncated), (200, true), "{reply:?}");
    let announced: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert!(
        reply.body.len() < announced && !reply.body.is_empty(),
        "{reply:?}"
    );
}

#[tokio::test]
async fn a_faulty_connection_can_end_before_a_request() {
    for what in [What::Close, What::Reset, What::CloseInHandshake] {
        let server = with(Fault::once(When::Connect, what.clone())).await;
        let reply = ask(&server, &inbox_of(USER)).await;
        assert_eq!(reply.status(), 0, "{what:?}");
        assert_eq!(
            server.counters().requests,
            0,
            "{what:?} strikes before HTTP"
        );
        ask(&server, &inbox_of(USER)).await.has(200, "NoError");
    }
}

#[tokio::test]
async fn slow_answers_are_whole_answers() {
    let pause = Duration::from_millis(5);
    for what in [
        What::Drip { chunk: 100, pause },
        What::Delay(Duration::from_millis(40)),
    ] {
        let started = Instant::now();
        let reply = once(what.clone()).await;
        reply.has(200, "</s:Envelope>");
        assert!(
            started.elapsed() >= Duration::from_millis(40),
            "{what:?} takes its time"
        );
    }
    let server = simulator(Options {
        latency: Duration::from_millis(40),
        ..Options::default()
    })
    .await;
    let started = Instant::now();
    ask(&server, &own_inbox()).await.has(200, "NoError");
    assert!(started.elapsed() >= Duration::from_millis(40));
}

#[tokio::test]
async fn bodies_can_be_anything() {
    let huge = once(What::Huge(3_000_000)).await;
    assert!(
        huge.status() == 200 && huge.body.len() >= 3_000_000,
        "{}",
        huge.body.len()
    );
    once(What::NotXml).await.has(200, "<unavailable");
    once(What::WrongShape)
        .await
        .has(200, "<status><ok/></status>");
    let deep = once(What::DeepNesting(500)).await;
    assert_eq!(deep.body.matches("<a>").count(), 500);
    assert_eq!(once(What::Body("<own/>".into())).await.body, "<own/>");
}

#[tokio::test]
async fn the_wrong_mailbox_opens_when_told() {
    let server = simulator(Options::default()).await;
    let other = folder_id(&ask(&server, &inbox_of("user2@contoso.com")).await);
    let own = folder_id(&ask(&server, &own_inbox()).await);
    let wrong = What::WrongMailbox("user2@contoso.com".into());
    server.plan(Fault::once(When::Mailbox(USER.into()), wrong));
    server.plan(Fault::once(When::Mailbox(USER.into()), What::HeaderIgnored));
    assert_eq!(folder_id(&ask(&server, &inbox_of(USER)).await), other);
    assert_eq!(folder_id(&ask(&server, &inbox_of(USER)).await), own);
    let right = folder_id(&ask(&server, &inbox_of(USER)).await);
    assert!(right != other && right != own);
}

#[tokio::test]
async fn every_nth_request_counts_on_all_connections() {
    let busy = What::Ews(EwsError::busy(10));
    let server = with(Fault::always(When::EveryNthImpersonated(3), busy)).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        ask(&server, &own_inbox()).await.has(200, "NoError");
        statuses.push(ask(&server, &inbox_of(USER)).await.status());
    }
    assert_eq!(statuses, [200, 200, 500, 200, 200, 500]);
    let server = with(Fault::always(
        When::After(1),
        What::Http(HttpAnswer::status(503)),
    ))
    .await;
    let mut client = http(&server).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(client.post(Some(&service()), &own_inbox()).await.status());
    }
    assert_eq!(statuses, [200, 503, 503]);
}
