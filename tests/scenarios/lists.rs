//! What the list itself decides: system mailboxes, texts that are no address, UPNs and SIDs
//! (rulings 12 and 20), and canaries beside it.

use contract::{Cause, Code, IdentifyBy};
use exchange_sim::{Mailbox, Options};
use support::{Check, server, start};

#[tokio::test]
async fn system_mailboxes_are_left_out_and_in_no_other_count() {
    let mut list = vec![
        "DisplayName,PrimarySmtpAddress,RecipientTypeDetails".to_owned(),
        "Anna,user1@contoso.com,UserMailbox".to_owned(),
    ];
    let kinds = [
        "DiscoveryMailbox",
        "ArbitrationMailbox",
        "AuditLogMailbox",
        "AuxAuditLogMailbox",
        "MonitoringMailbox",
        "SupervisoryReviewPolicyMailbox",
        "SystemMailbox",
    ];
    list.extend(
        kinds
            .iter()
            .enumerate()
            .map(|(n, kind)| format!("X{n},x{n}@contoso.com,{kind}")),
    );
    let names = [
        "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@contoso.com",
        "SystemMailbox{1f05a927-1234}@contoso.com",
        "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042@contoso.com",
        "Migration.8f3e7716-2011-43e4-96b1-aba62d229136@contoso.com",
        "HealthMailbox6a2b@contoso.com",
    ];
    list.extend(names.iter().map(|name| format!("N,{name},UserMailbox")));
    let exchange = start(server(1)).await;
    let run = Check::on(&exchange).list(&list).run(&exchange).await;
    assert_eq!(
        run.end(),
        "complete",
        "left out is no reason for incomplete"
    );
    let summary = run.summary();
    assert_eq!(
        (
            summary.total,
            summary.left_out,
            summary.granted,
            summary.not_checked
        ),
        (1, 12, 1, 0)
    );
    assert_eq!(run.count(Cause::MailboxSystem), 0);
    assert_eq!(run.rows.len(), 13, "they stand among the results");
    assert_eq!(
        run.lines()[1..],
        vec!["not_checked mailbox.system".to_owned(); 12]
    );
    assert!(
        exchange
            .counters()
            .requests_log
            .iter()
            .all(|r| r.identity.as_deref() != Some("x0@contoso.com")),
        "never asked"
    );
}

#[tokio::test]
async fn texts_that_are_no_address_are_never_sent() {
    let exchange = start(server(2)).await;
    let list = [
        "user1@contoso.com",
        "not an address",
        "@contoso.com",
        "user2@contoso.com",
        "USER1@CONTOSO.COM",
    ];
    let run = Check::on(&exchange).list(list).run(&exchange).await;
    assert_eq!(
        run.lines(),
        [
            "granted",
            "no_mailbox mailbox.address_invalid",
            "no_mailbox mailbox.address_invalid",
            "granted"
        ],
        "counted once, whatever the case"
    );
    assert_eq!(
        (
            run.end().as_str(),
            run.summary().findings,
            run.summary().requests
        ),
        ("complete", 2, 3)
    );
}

#[tokio::test]
async fn a_list_without_one_address_costs_no_request() {
    let exchange = start(server(1)).await;
    for list in [vec!["nothing here"], vec![""], vec!["PrimarySmtpAddress"]] {
        let problem = Check::on(&exchange)
            .list(&list)
            .start()
            .await
            .map(|_| ())
            .unwrap_err();
        assert_eq!(problem.code, Code::BadList, "{list:?}");
    }
    let problem = Check::on(&exchange)
        .canary("no address")
        .start()
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(problem.code, Code::Invalid);
    let problem = Check::on(&exchange)
        .folders(&["outbox"])
        .start()
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(problem.code, Code::Invalid);
    let problem = Check::at("http://mail.contoso.com/EWS/Exchange.asmx")
        .start()
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(problem.code, Code::Invalid, "no password over plain http");
    assert_eq!(exchange.counters().connections, 0);
}

fn people_with_sids() -> Options {
    let mut options = server(0);
    options.mailboxes.insert(
        0,
        Mailbox::new("user1@contoso.com", "One").with_sid("S-1-5-21-1-2-3-1001"),
    );
    options.mailboxes.insert(
        1,
        Mailbox {
            upn: Some("two@corp.local".into()),
            ..Mailbox::new("user2@contoso.com", "Two")
        },
    );
    options
}

#[tokio::test]
async fn users_may_be_named_by_their_upn() {
    let exchange = start(people_with_sids()).await;
    let list = [
        "PrimarySmtpAddress,UserPrincipalName",
        "user1@contoso.com,user1@contoso.com",
        "user2@contoso.com,two@corp.local",
        "user3@contoso.com,",
        "user4@contoso.com,gone@corp.local",
    ];
    let run = Check::on(&exchange)
        .list(list)
        .identify_by(IdentifyBy::Upn)
        .run(&exchange)
        .await;
    assert_eq!(
        run.lines(),
        [
            "granted",
            "granted",
            "no_mailbox mailbox.identity_unknown",
            "no_mailbox mailbox.identity_unknown"
        ]
    );
    assert_eq!(
        run.row("user3@contoso.com").attempts,
        0,
        "a row without one is never sent"
    );
    assert_eq!(
        run.evidence("user4@contoso.com"),
        "ErrorInvalidUserPrincipalName 500 x1"
    );
    let log = exchange.counters().requests_log;
    let two = log
        .iter()
        .find(|r| r.identity.as_deref() == Some("two@corp.local"))
        .unwrap();
    assert_eq!(two.identity_kind.as_deref(), Some("PrincipalName"));
    assert_eq!(
        two.anchor.as_deref(),
        Some("user2@contoso.com"),
        "routed by the address"
    );
}

#[tokio::test]
async fn users_may_be_named_by_their_sid() {
    let exchange = start(people_with_sids()).await;
    let list = [
        "Mail,SID",
        "user1@contoso.com,S-1-5-21-1-2-3-1001",
        "user2@contoso.com,S-1-5-21-9-9-9-9",
    ];
    let run = Check::on(&exchange)
        .list(list)
        .identify_by(IdentifyBy::Sid)
        .run(&exchange)
        .await;
    assert_eq!(
        run.lines(),
        ["granted", "no_mailbox mailbox.identity_unknown"]
    );
    assert_eq!(
        run.evidence("user2@contoso.com"),
        "ErrorInvalidUserSid 500 x1"
    );
}

#[tokio::test]
async fn an_address_is_escaped_and_may_be_utf_8() {
    let mut options = server(0);
    for address in ["o'brien&sons@contoso.com", "käthe@contoso.com"] {
        options.mailboxes.push(Mailbox::new(address, "Odd"));
    }
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .list(["o'brien&sons@contoso.com", "käthe@contoso.com"])
        .run(&exchange)
        .await;
    assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 2));
}

#[tokio::test]
async fn a_canary_by_hand_follows_the_rules_of_lists() {
    let exchange = start(server(1)).await;
    let system = "SystemMailbox{1}@contoso.com";
    let run = Check::on(&exchange)
        .users(1)
        .canary(system)
        .run(&exchange)
        .await;
    assert_eq!(run.line(system), "not_checked mailbox.system");
    assert_eq!(exchange.counters().per_mailbox.len(), 1, "it is not asked");
}
