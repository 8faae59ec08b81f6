//! The account's own Inbox that cannot be read at the log-on: what opens is held against it later, or
//! proves nothing.

use exchange_sim::{Fault, HttpAnswer, Times, What, When};
use support::{server, start};

use super::{end, fields, step, tested};

fn unread(times: Times) -> Fault {
    Fault {
        when: When::LogOn,
        times,
        what: What::Http(HttpAnswer::throttled(503, None)),
    }
}

#[tokio::test]
async fn an_ignored_header_is_seen_all_the_same() {
    let exchange = start(server(1)).await;
    exchange.plan(unread(Times::N(6)));
    let who = When::Mailbox("user1@contoso.com".to_owned());
    exchange.plan(Fault::always(who, What::HeaderIgnored));
    let test = tested(&exchange, fields()).await;
    // The account's name is no address, so that the mailbox may be its own.
    let told = format!("{test:?}").contains("service account's own mailbox, which proves nothing");
    assert!(told, "{test:#?}");
}

#[tokio::test]
async fn read_later_it_proves_the_mailbox() {
    let exchange = start(server(1)).await;
    exchange.plan(unread(Times::N(5)));
    let test = tested(&exchange, fields()).await;
    assert_eq!(end(&test), "granted", "{test:#?}");
}

#[tokio::test]
async fn never_read_nothing_is_proven() {
    let exchange = start(server(1)).await;
    exchange.plan(unread(Times::Always));
    let test = tested(&exchange, fields()).await;
    assert_eq!(end(&test), "undetermined server.busy", "{test:#?}");
    let said = &step(&test, "impersonate").message;
    assert!(said.contains("service account's own"), "{said}");
}
