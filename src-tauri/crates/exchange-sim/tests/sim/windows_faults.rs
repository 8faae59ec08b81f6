//! What goes wrong around a log-on by NTLM: forgotten, cut off, malformed, misdated.

use std::time::{Duration, Instant};

use exchange_sim::{Bind, Certificate, ChallengeFault, Fault, Options, What, When};

use crate::client::{Client, Reply, http, own_inbox, simulator, tls};
use crate::windows::stock;
use crate::windows_client::{SERVICE, authenticate, log_on, negotiate, token, value};

async fn ask(client: &mut Client) -> u16 {
    client.post(None, &own_inbox()).await.status()
}

async fn sign_in(client: &mut Client) -> u16 {
    log_on(client, "NTLM", &SERVICE, &own_inbox())
        .await
        .status()
}

#[tokio::test]
async fn a_server_forgets_the_log_on_once_or_every_so_often() {
    let server = simulator(stock()).await;
    let mut client = http(&server).await;
    server.plan(Fault::once(When::LoggedOn, What::ForgetLogOn));
    assert_eq!(sign_in(&mut client).await, 200, "the log-on itself");
    assert_eq!(ask(&mut client).await, 401);
    assert_eq!(ask(&mut client).await, 401, "forgotten is forgotten");
    assert_eq!(sign_in(&mut client).await, 200);
    assert_eq!(ask(&mut client).await, 200);
    server.plan(Fault::always(When::EveryNthLoggedOn(3), What::ForgetLogOn));
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let status = ask(&mut client).await;
        statuses.push(status);
        if status == 401 {
            assert_eq!(sign_in(&mut client).await, 200);
        }
    }
    assert_eq!(statuses, [200, 200, 401, 200, 200, 401, 200]);
    assert_eq!(server.counters().log_ons_refused, 0, "nothing was refused");
}

#[tokio::test]
async fn a_log_on_can_be_good_for_one_request() {
    let server = simulator(Options {
        single_request_log_on: true,
        ..stock()
    })
    .await;
    let mut client = http(&server).await;
    for _ in 0..3 {
        let reply = log_on(&mut client, "Negotiate", &SERVICE, &own_inbox()).await;
        assert_eq!(reply.header("persistent-auth"), Some("false"));
        assert_eq!(reply.status(), 200);
        assert_eq!(ask(&mut client).await, 401);
    }
    assert_eq!(server.counters().log_ons.per_connection[&1], 3);
}

#[tokio::test]
async fn a_connection_ends_after_so_many_answers_without_a_word() {
    for bind in [Bind::Http, Bind::Https(Certificate::Ca)] {
        let server = simulator(Options {
            bind,
            close_after: Some(3),
            ..stock()
        })
        .await;
        let mut client = match server.ca_pem() {
            Some(ca) => tls(&server, Some(ca)).await.unwrap(),
            None => http(&server).await,
        };
        assert_eq!(sign_in(&mut client).await, 200);
        assert_eq!(ask(&mut client).await, 200);
        let third = client.post(None, &own_inbox()).await;
        assert_eq!((third.status(), third.header("connection")), (200, None));
        assert_eq!(ask(&mut client).await, 0, "the connection is gone");
        let counters = server.counters();
        assert_eq!((counters.open_now, counters.requests), (0, 4));
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let server = simulator(Options {
        idle_close: Some(Duration::from_millis(150)),
        latency: Duration::from_millis(200),
        ..stock()
    })
    .await;
    let mut client = http(&server).await;
    assert_eq!(
        sign_in(&mut client).await,
        200,
        "each answer takes longer than the silence allowed"
    );
    let started = Instant::now();
    while server.counters().open_now > 0 {
        assert!(started.elapsed() < Duration::from_secs(5), "still open");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(ask(&mut client).await, 0);
}

#[tokio::test]
async fn the_challenge_may_be_the_last_word_of_a_connection() {
    let server = simulator(stock()).await;
    for announced in [true, false] {
        server.plan(Fault::once(
            When::NtlmNegotiate,
            What::CloseAfter { announced },
        ));
        let mut client = http(&server).await;
        let reply = client.post(Some(&negotiate("NTLM")), "").await;
        reply.has(401, "Not Authorized");
        assert_eq!(
            reply.header("connection"),
            announced.then_some("close"),
            "{reply:?}"
        );
        assert!(token(&reply, "NTLM").starts_with(b"NTLMSSP\0\x02"));
        assert_eq!(ask(&mut client).await, 0);
    }
}

#[tokio::test]
async fn a_reset_strikes_in_the_middle_of_the_log_on() {
    let server = simulator(stock()).await;
    server.plan(Fault::once(When::NtlmAuthenticate, What::Reset));
    assert_eq!(sign_in(&mut http(&server).await).await, 0);
    assert_eq!(sign_in(&mut http(&server).await).await, 200);
    let counters = server.counters();
    assert_eq!((counters.log_ons_ok, counters.log_ons_refused), (1, 0));
}

async fn spoiled(fault: ChallengeFault, scheme: &str) -> (Client, Reply) {
    let server = Box::leak(Box::new(simulator(stock()).await));
    server.plan(Fault::once(When::NtlmNegotiate, What::Challenge(fault)));
    let mut client = http(server).await;
    let reply = client.post(Some(&negotiate(scheme)), "").await;
    assert_eq!(reply.status(), 401);
    (client, reply)
}

fn has_time(challenge: &[u8]) -> bool {
    challenge.windows(4).any(|part| part == [7, 0, 8, 0])
}

#[tokio::test]
async fn a_challenge_can_be_spoiled_in_each_way() {
    let (_, reply) = spoiled(ChallengeFault::Garbage, "NTLM").await;
    assert_eq!(token(&reply, "NTLM"), b"NTLMSSP\0\x02\0\0\0garbage");
    let (_, reply) = spoiled(ChallengeFault::Truncated, "NTLM").await;
    assert_eq!(token(&reply, "NTLM").len(), 36);
    let (mut client, reply) = spoiled(ChallengeFault::WithoutTargetInfo, "NTLM").await;
    let challenge = token(&reply, "NTLM");
    assert_eq!(challenge[40..42], [0, 0]);
    let last = authenticate(&SERVICE, &challenge);
    let reply = client.post(Some(&value("NTLM", &last)), &own_inbox()).await;
    reply.has(200, "NoError");
    let (mut client, reply) = spoiled(ChallengeFault::WithoutTimestamp, "NTLM").await;
    assert!(!has_time(&token(&reply, "NTLM")));
    assert_eq!(sign_in(&mut client).await, 200, "the fault struck once");
    let (_, reply) = spoiled(ChallengeFault::Repeated, "NTLM").await;
    let headers = reply.headers("www-authenticate");
    assert_eq!(headers.len(), 2);
    assert_eq!(headers[0], headers[1]);
    let (_, reply) = spoiled(ChallengeFault::Rejected, "Negotiate").await;
    assert_eq!(
        reply.header("www-authenticate"),
        Some("Negotiate oQcwBaADCgEC")
    );
}

#[tokio::test]
async fn a_refusal_may_come_in_chunks() {
    let server = simulator(stock()).await;
    server.plan(Fault::once(When::Any, What::Chunked));
    let mut client = http(&server).await;
    let reply = client.post(Some(&negotiate("NTLM")), "").await;
    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
    assert!(!reply.truncated, "{reply:?}");
    assert_eq!(sign_in(&mut client).await, 200, "the connection lives on");
}

#[tokio::test]
async fn a_wrong_clock_shows_in_date_and_challenge() {
    let time = |reply: &Reply| {
        let challenge = token(reply, "NTLM");
        let at = challenge.windows(4).position(|part| part == [7, 0, 8, 0]);
        let at = at.expect("a timestamp") + 4;
        i64::from_le_bytes(challenge[at..at + 8].try_into().unwrap())
    };
    let server = simulator(stock()).await;
    let mut client = http(&server).await;
    let now = client.post(Some(&negotiate("NTLM")), "").await;
    server.update(|options| options.clock_skew = -7 * 86_400);
    let then = client.post(Some(&negotiate("NTLM")), "").await;
    let seconds = (time(&now) - time(&then)) / 10_000_000;
    assert!((604_795..=604_800).contains(&seconds), "{seconds}");
    let day = |reply: &Reply| reply.header("date").unwrap()[..3].to_owned();
    assert_eq!(day(&now), day(&then), "a week before is the same weekday");
    assert_ne!(now.header("date"), then.header("date"));
    server.update(|options| options.version_header = false);
    let silent = client.post(None, "").await;
    assert_eq!(silent.header("x-owa-version"), None);
    assert_eq!(silent.header("x-feserver"), Some("EX1"));
}
