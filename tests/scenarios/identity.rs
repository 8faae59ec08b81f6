//! The right-mailbox proof: N mailboxes give N folder identities, none of them the account's own
//! (rulings 7 and 17).

use contract::{Cause, IdentifyBy};
use exchange_sim::{Account, EwsError, Fault, Mailbox, Options, What, When};
use support::{ACCOUNT, Check, server, start};

const OWN: &str = "svc-ews@contoso.com";

/// Names under which the account logs on.
const NAMES: [&str; 2] = [ACCOUNT, OWN];

fn ignoring(count: usize) -> Options {
    Options {
        ignores_impersonation: true,
        ..server(count)
    }
}

#[tokio::test]
async fn an_ignored_header_is_never_green() {
    for account in NAMES {
        for count in [1, 2, 30] {
            let exchange = start(ignoring(count)).await;
            let run = Check::on(&exchange)
                .users(count)
                .account(account)
                .run(&exchange)
                .await;
            assert_eq!(
                run.end(),
                "stopped impersonation.ignored",
                "{account}, {count}"
            );
            assert_eq!(
                run.summary().granted,
                0,
                "{account}, {count}: {:?}",
                run.lines()
            );
            assert_eq!(run.user(1), "undetermined impersonation.ignored");
            assert_eq!(run.summary().findings, 0);
            assert_eq!(run.count(Cause::ImpersonationIgnored), count as u64);
        }
    }
}

#[tokio::test]
async fn a_header_ignored_once_is_caught_among_many() {
    for account in NAMES {
        let exchange = start(server(30)).await;
        exchange.plan(Fault::always(
            When::Mailbox("user17@contoso.com".into()),
            What::HeaderIgnored,
        ));
        let run = Check::on(&exchange)
            .users(30)
            .account(account)
            .run(&exchange)
            .await;
        assert_eq!(run.end(), "stopped impersonation.ignored", "{account}");
        assert_eq!(run.user(17), "undetermined impersonation.ignored");
        assert_eq!(
            run.page.causes.iter().filter(|card| card.finding).count(),
            0
        );
    }
}

#[tokio::test]
async fn another_mailbox_than_the_one_asked_for_withdraws_both() {
    for mailbox in [None, Some(OWN.to_owned())] {
        let mut options = server(6);
        options.accounts[0] = Account {
            mailbox,
            ..Account::default()
        };
        let exchange = start(options).await;
        let wrong = What::WrongMailbox("user2@contoso.com".into());
        exchange.plan(Fault::always(
            When::Mailbox("user5@contoso.com".into()),
            wrong,
        ));
        let run = Check::on(&exchange).users(6).lanes(1).run(&exchange).await;
        assert_eq!(run.end(), "stopped impersonation.ignored");
        assert_eq!(
            (run.user(2).as_str(), run.user(5).as_str()),
            (
                "undetermined impersonation.ignored",
                "undetermined impersonation.ignored"
            )
        );
        assert_eq!(run.summary().granted, 4, "the others are proven");
        assert_eq!(
            run.stream("user2@contoso.com"),
            ["granted", "+undetermined impersonation.ignored"]
        );
        let asked = exchange.counters().requests_log;
        let proofs: Vec<_> = asked
            .iter()
            .filter(|r| r.identity_kind.as_deref() == Some("PrimarySmtpAddress"))
            .filter_map(|r| r.identity.clone())
            .collect();
        assert_eq!(
            proofs.len(),
            2,
            "both were asked again by PrimarySmtpAddress: {proofs:?}"
        );
    }
}

#[tokio::test]
async fn every_mailbox_answered_with_one_and_the_same_is_ignored() {
    let mut options = server(40);
    options.accounts[0].mailbox = None;
    let exchange = start(options).await;
    exchange.plan(Fault::always(
        When::Impersonated,
        What::WrongMailbox("user40@contoso.com".into()),
    ));
    let run = Check::on(&exchange).users(39).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("stopped impersonation.ignored", 0)
    );
    assert!(run.summary().undetermined >= 2);
}

#[tokio::test]
async fn a_second_address_stays_granted_and_names_the_first() {
    let mut options = server(4);
    options.mailboxes[0] = Mailbox::new("user1@contoso.com", "One")
        .alias("one@contoso.com")
        .alias("uno@contoso.com");
    let exchange = start(options).await;
    let list = [
        "one@contoso.com",
        "user2@contoso.com",
        "user1@contoso.com",
        "uno@contoso.com",
    ];
    let run = Check::on(&exchange).list(list).run(&exchange).await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["granted".to_owned(); 4])
    );
    let of = |mailbox| run.row(mailbox).alias_of.as_deref();
    assert_eq!(
        (of("one@contoso.com"), of("uno@contoso.com")),
        (Some("user1@contoso.com"), Some("user1@contoso.com"))
    );
    assert_eq!(
        (of("user1@contoso.com"), of("user2@contoso.com")),
        (None, None)
    );
    assert_eq!(
        run.evidence("one@contoso.com").split(' ').next(),
        Some("NoError"),
        "the row keeps its own evidence"
    );
}

#[tokio::test]
async fn two_second_addresses_name_a_primary_that_is_not_on_the_list() {
    let mut options = server(2);
    options.mailboxes[0] = Mailbox::new("user1@contoso.com", "One")
        .alias("one@contoso.com")
        .alias("uno@contoso.com");
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .list(["one@contoso.com", "uno@contoso.com"])
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["granted".to_owned(); 2])
    );
    assert!(
        run.rows
            .iter()
            .all(|(row, _)| row.alias_of.as_deref() == Some("user1@contoso.com"))
    );
}

#[tokio::test]
async fn a_second_address_without_the_primary_in_the_answer_names_the_other_row() {
    let mut options = server(2);
    options.mailboxes[0] = Mailbox::new("user1@contoso.com", "One").alias("one@contoso.com");
    let exchange = start(options).await;
    // The first question by address opens; what is asked after that is the proof.
    exchange.plan(Fault::once(
        When::Mailbox("one@contoso.com".into()),
        What::Delay(std::time::Duration::ZERO),
    ));
    exchange.plan(Fault::always(
        When::Mailbox("one@contoso.com".into()),
        What::Ews(EwsError::fault("ErrorNonPrimarySmtpAddress").text("Falsche Adresse.")),
    ));
    let run = Check::on(&exchange)
        .list(["user1@contoso.com", "one@contoso.com"])
        .lanes(1)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["granted".to_owned(); 2])
    );
    assert_eq!(
        run.row("one@contoso.com").alias_of.as_deref(),
        Some("user1@contoso.com")
    );
}

#[tokio::test]
async fn the_accounts_own_mailbox_on_the_list_is_granted_with_a_warning() {
    for account in NAMES {
        let exchange = start(server(3)).await;
        let list = ["user1@contoso.com", OWN, "user2@contoso.com"];
        let run = Check::on(&exchange)
            .list(list)
            .account(account)
            .run(&exchange)
            .await;
        assert_eq!(
            (run.end().as_str(), run.lines()),
            ("complete", vec!["granted".to_owned(); 3]),
            "{account}"
        );
        assert!(
            run.says(OWN).contains("own mailbox"),
            "{account}: {}",
            run.says(OWN)
        );
        assert_eq!(run.row(OWN).alias_of, None);
    }
}

#[tokio::test]
async fn a_second_address_of_the_accounts_own_mailbox_is_told_as_one() {
    for account in NAMES {
        let mut options = server(2);
        options.mailboxes[2] = Mailbox::new(OWN, "EWS Service").alias("ews@contoso.com");
        let exchange = start(options).await;
        let run = Check::on(&exchange)
            .list(["user1@contoso.com", "ews@contoso.com", OWN])
            .account(account);
        let run = run.run(&exchange).await;
        assert_eq!(
            (run.end().as_str(), run.lines()),
            ("complete", vec!["granted".to_owned(); 3]),
            "{account}"
        );
        assert_eq!(
            run.row("ews@contoso.com").alias_of.as_deref(),
            Some(OWN),
            "{account}"
        );
        assert_eq!(run.row(OWN).alias_of, None);
    }
}

#[tokio::test]
async fn the_own_mailbox_stays_granted_while_the_others_are_withdrawn() {
    let exchange = start(ignoring(2)).await;
    let run = Check::on(&exchange)
        .list([OWN, "user1@contoso.com", "user2@contoso.com"])
        .account(OWN)
        .lanes(1);
    let run = run.run(&exchange).await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(
        run.line(OWN),
        "granted",
        "its own address is the one exception"
    );
    assert_eq!(run.user(1), "undetermined impersonation.ignored");
}

/// `ResolveNames` fails for good: the account's own address stays unknown.
async fn unknown_own_address(options: Options, list: &[&str]) -> support::Outcome {
    let exchange = start(options).await;
    exchange.plan(Fault::once(
        When::LogOn,
        What::Delay(std::time::Duration::ZERO),
    ));
    exchange.plan(Fault::always(
        When::LogOn,
        What::Ews(EwsError::new("ErrorNameResolutionNoResults")),
    ));
    Check::on(&exchange)
        .list(list)
        .account(ACCOUNT)
        .lanes(1)
        .run(&exchange)
        .await
}

#[tokio::test]
async fn with_an_unknown_own_address_one_row_passes_and_two_do_not() {
    let run = unknown_own_address(server(2), &["user1@contoso.com", OWN]).await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["granted".to_owned(); 2])
    );
    assert!(
        run.says(OWN).contains("own mailbox"),
        "with a warning: {}",
        run.says(OWN)
    );

    let run = unknown_own_address(
        ignoring(3),
        &[
            "user1@contoso.com",
            "user2@contoso.com",
            "user3@contoso.com",
        ],
    )
    .await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(
        (run.user(1).as_str(), run.user(2).as_str()),
        (
            "undetermined impersonation.ignored",
            "undetermined impersonation.ignored"
        )
    );
    assert_eq!(run.summary().granted, 0);
}

#[tokio::test]
async fn the_directory_is_asked_for_the_name_once_and_only_when_needed() {
    let exchange = start(server(3)).await;
    Check::on(&exchange).users(3).run(&exchange).await;
    let asked = |exchange: &exchange_sim::Simulator| {
        let log = exchange.counters().requests_log;
        log.iter()
            .filter(|r| r.operation.as_deref() == Some("ResolveNames"))
            .count()
    };
    assert_eq!(asked(&exchange), 0);
    let exchange = start(server(3)).await;
    Check::on(&exchange)
        .list(["user1@contoso.com", OWN])
        .run(&exchange)
        .await;
    assert_eq!(asked(&exchange), 1);
    let exchange = start(server(3)).await;
    Check::on(&exchange)
        .list(["user1@contoso.com", OWN])
        .account(OWN)
        .run(&exchange)
        .await;
    assert_eq!(asked(&exchange), 0, "Account Logon is the address");
}

#[tokio::test]
async fn a_similar_name_in_the_directory_is_not_the_account() {
    // `svc-ews` begins both names, and the header is ignored: neither may pass as the account's own.
    let mut options = ignoring(1);
    options
        .mailboxes
        .push(Mailbox::new("svc-ews2@contoso.com", "svc-ews2"));
    options.accounts[0].logons = vec!["CONTOSO\\svc".into()];
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .list(["svc-ews2@contoso.com"])
        .account("CONTOSO\\svc")
        .run(&exchange)
        .await;
    assert_ne!(run.line("svc-ews2@contoso.com"), "granted");
}

#[tokio::test]
async fn second_addresses_are_refused_where_the_primary_is_asked_for() {
    let mut options = server(2);
    options.mailboxes[0] = Mailbox::new("user1@contoso.com", "One").alias("one@contoso.com");
    let exchange = start(options).await;
    let run = Check::on(&exchange)
        .list(["one@contoso.com", "user2@contoso.com"])
        .identify_by(IdentifyBy::PrimarySmtp);
    let run = run.run(&exchange).await;
    assert_eq!(run.lines(), ["no_mailbox mailbox.alias", "granted"]);
    assert_eq!(
        run.says("one@contoso.com"),
        "alias; the primary address is user1@contoso.com"
    );
}

#[tokio::test]
async fn two_rows_of_one_mailbox_by_sid_are_proven_by_their_addresses() {
    let mut options = server(2);
    options.mailboxes[0] = Mailbox::new("user1@contoso.com", "One")
        .alias("one@contoso.com")
        .with_sid("S-1-5-21-1-2-3-1001");
    let exchange = start(options).await;
    let list = [
        "PrimarySmtpAddress,SID",
        "user1@contoso.com,S-1-5-21-1-2-3-1001",
        "one@contoso.com,S-1-5-21-1-2-3-1001",
    ];
    let run = Check::on(&exchange)
        .list(list)
        .identify_by(IdentifyBy::Sid)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), run.lines()),
        ("complete", vec!["granted".to_owned(); 2])
    );
    assert_eq!(
        run.row("one@contoso.com").alias_of.as_deref(),
        Some("user1@contoso.com")
    );
}

#[tokio::test]
async fn of_several_names_that_begin_alike_only_the_exact_one_is_the_account() {
    let hit = |address: &str| {
        format!(
            "<Resolution><Mailbox><EmailAddress>{address}</EmailAddress></Mailbox></Resolution>"
        )
    };
    let several = format!(
        "<Envelope><Body><ResolveNamesResponse><ResponseMessages><ResolveNamesResponseMessage \
         ResponseClass=\"Warning\"><ResponseCode>ErrorNameResolutionMultipleResults</ResponseCode>\
         <ResolutionSet>{}{}</ResolutionSet></ResolveNamesResponseMessage></ResponseMessages>\
         </ResolveNamesResponse></Body></Envelope>",
        hit("user1@contoso.com"),
        hit(OWN)
    );
    for (options, list, expected) in [
        (
            ignoring(1),
            ["user1@contoso.com"],
            "undetermined impersonation.ignored",
        ),
        (server(1), [OWN], "granted"),
    ] {
        let exchange = start(options).await;
        exchange.plan(Fault::once(
            When::LogOn,
            What::Delay(std::time::Duration::ZERO),
        ));
        exchange.plan(Fault::always(When::LogOn, What::Body(several.clone())));
        let run = Check::on(&exchange).list(list).run(&exchange).await;
        assert_eq!(run.lines(), [expected]);
    }
}

#[tokio::test]
async fn a_confirmation_that_is_refused_is_a_refusal() {
    let exchange = start(server(3)).await;
    let (one, two) = ("user1@contoso.com", "user2@contoso.com");
    let denied = || What::Ews(EwsError::new("ErrorImpersonateUserDenied"));
    let opens = What::Delay(std::time::Duration::ZERO);
    exchange.plan(Fault::once(When::Mailbox(one.into()), opens));
    exchange.plan(Fault::once(
        When::Mailbox(two.into()),
        What::WrongMailbox(one.into()),
    ));
    for who in [one, two] {
        exchange.plan(Fault::always(When::Mailbox(who.into()), denied()));
    }
    let run = Check::on(&exchange).users(3).run(&exchange).await;
    assert_eq!(
        run.lines(),
        [
            "refused impersonation.out_of_scope",
            "refused impersonation.out_of_scope",
            "granted"
        ]
    );
    assert_eq!(run.end(), "complete");
}
