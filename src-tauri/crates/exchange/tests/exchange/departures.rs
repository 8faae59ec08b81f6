//! What counts as a request: what a server can have heard of, however it was cut off.

use std::future::poll_fn;
use std::io::Read as _;
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use exchange::{Basic, Call, Endpoint, Lane, LogOns, Stats, Target, Trust};

#[tokio::test]
async fn a_request_that_is_cut_off_counts_if_some_of_it_left() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let endpoint = Endpoint::new(&format!("http://127.0.0.1:{port}/EWS/Exchange.asmx")).unwrap();
    let stats = Arc::new(Stats::default());
    let trust = Arc::new(Trust::pin([0; 32], None));
    let mut lane = Lane::new(Arc::new(endpoint), trust, Arc::clone(&stats));
    let basic = Arc::new(Basic::new("svc", "pw"));
    lane.log_on_with(basic, Arc::new(LogOns::default()));
    let call = Call {
        body: "<x/>".into(),
        anchor: None,
        request_id: "1".to_owned(),
        idempotent: true,
        target: Target::Ews,
    };
    {
        let mut asking = pin!(lane.post(&call));
        // Step by step, until it counts; then no further.
        while stats.snapshot().requests == 0 {
            let step = poll_fn(|cx| Poll::Ready(asking.as_mut().poll(cx).is_ready()));
            assert!(!step.await, "nobody answers");
            tokio::task::yield_now().await;
        }
    }
    drop(lane);
    let (mut heard, _) = listener.accept().unwrap();
    let mut bytes = Vec::new();
    heard.read_to_end(&mut bytes).unwrap();
    assert!(bytes.starts_with(b"POST /EWS"), "counted, and nothing left");
    assert_eq!(stats.snapshot().requests, 1);
}
