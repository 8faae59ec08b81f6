//! The right-mailbox proof by mailbox GUIDs: N mailboxes show N of them, none the account's own, none that
//! the list names for another one; and all of it by digests where identities carry none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{MailboxProof, ResultRef, RunId, RunRef, Secret};
use engine::Engine;
use exchange_sim::{
    EwsError, Fault, FolderIds, Mailbox, Options, Role, Simulator, What, When, mailbox_guid,
};
use support::{Check, Live, Outcome, PASSWORD, engine, server, start};

const OWN: &str = "svc-ews@contoso.com";
const IGNORED: &str = "undetermined impersonation.ignored";
const LISTED_OTHERWISE: &str = "opened, but its mailbox GUID is not the one in the list: the list may be older than the mailbox";
/// Of no mailbox here.
const FOREIGN: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn user(n: usize) -> String {
    format!("user{n}@contoso.com")
}

fn guid(n: usize) -> String {
    mailbox_guid(&user(n))
}

/// A run that keeps its engine, for what only the detail of a result shows.
async fn run(check: Check, exchange: &Simulator) -> (Engine, Outcome) {
    let engine = engine().await;
    let outcome = check.with(&engine).run(exchange).await;
    (engine, outcome)
}

async fn proof(engine: &Engine, run: &Outcome, mailbox: &str) -> Option<MailboxProof> {
    let row = run.row(mailbox);
    let (run, seq) = (run.page.row.id.clone(), row.seq);
    let detail = engine.result_show(ResultRef { run, seq }).await;
    detail.expect("the row is stored").proof
}

/// A list with mailbox GUIDs, in the order of the users; an empty text is a blank cell.
fn listed<'a>(guids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let rows = guids.into_iter().enumerate();
    let rows = rows.map(|(at, guid)| format!("{},{guid}", user(at + 1)));
    std::iter::once("PrimarySmtpAddress,ExchangeGuid".to_owned())
        .chain(rows)
        .collect()
}

/// Written by hand, as [MS-OXCEXT] §2.2.6.1 has it: GUID as text, and an entry id that is nobody else's.
fn folder_of(guid: &str) -> String {
    let mut bytes = vec![0, 3, 36, 0];
    bytes.extend(guid.as_bytes());
    bytes.extend([0, 46, 0]);
    bytes.extend((0..46).map(|at| at * 3 + 1));
    STANDARD.encode(bytes)
}

/// Opens, and shows this folder identity.
fn shows(id: &str) -> What {
    What::Body(format!(
        "<Envelope><Body><GetFolderResponse><ResponseMessages><GetFolderResponseMessage \
         ResponseClass=\"Success\"><ResponseCode>NoError</ResponseCode><Folders><Folder>\
         <FolderId Id=\"{id}\" ChangeKey=\"AQ\"/></Folder></Folders></GetFolderResponseMessage>\
         </ResponseMessages></GetFolderResponse></Body></Envelope>"
    ))
}

fn plan(exchange: &Simulator, n: usize, what: What) {
    exchange.plan(Fault::always(When::Mailbox(user(n)), what));
}

/// Mailboxes that were asked again by `PrimarySmtpAddress`.
fn asked_again(exchange: &Simulator) -> Vec<String> {
    let log = exchange.counters().requests_log;
    let mut asked: Vec<String> = log
        .iter()
        .filter(|r| r.identity_kind.as_deref() == Some("PrimarySmtpAddress"))
        .filter_map(|r| r.identity.clone())
        .collect();
    asked.sort();
    asked
}

#[tokio::test]
async fn every_mailbox_shows_its_own_guid_for_one_request() {
    for ids in [FolderIds::Plain, FolderIds::Compressed] {
        let exchange = start(Options {
            folder_ids: ids,
            ..server(12)
        })
        .await;
        let (engine, run) = run(Check::on(&exchange).users(12), &exchange).await;
        assert_eq!(
            (run.end().as_str(), run.summary().granted),
            ("complete", 12)
        );
        for n in 1..=12 {
            let proof = proof(&engine, &run, &user(n)).await.expect("it opened");
            assert_eq!(proof.mailbox_guid, Some(guid(n)), "{ids:?}");
            assert_eq!(proof.listed_guid, None);
            assert_eq!(
                proof.sentence,
                "a mailbox GUID no other mailbox of this run showed, and not the service account's"
            );
            assert_eq!(exchange.counters().per_mailbox[&user(n)], 1);
        }
        assert_eq!(asked_again(&exchange), [""; 0]);
    }
}

#[tokio::test]
async fn one_guid_in_two_folder_identities_is_one_mailbox() {
    let exchange = start(server(6)).await;
    plan(&exchange, 5, shows(&folder_of(&guid(2))));
    let run = Check::on(&exchange).users(6).run(&exchange).await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(
        (run.user(2).as_str(), run.user(5).as_str()),
        (IGNORED, IGNORED)
    );
    assert_eq!(asked_again(&exchange), [user(2), user(5)]);
}

#[tokio::test]
async fn the_accounts_own_guid_in_another_folder_identity_is_its_mailbox() {
    let exchange = start(server(6)).await;
    plan(&exchange, 5, shows(&folder_of(&mailbox_guid(OWN))));
    let run = Check::on(&exchange).users(6).run(&exchange).await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(run.user(5), IGNORED);
    let withdrawn = run.lines().iter().filter(|line| *line == IGNORED).count();
    assert_eq!(withdrawn, 1, "{:?}", run.lines());
}

#[tokio::test]
async fn a_listed_guid_ties_the_mailbox_to_its_address() {
    let exchange = start(server(3)).await;
    let (one, two) = (guid(1).to_uppercase(), format!("{{{}}}", guid(2)));
    let list = listed([one.as_str(), &two, ""]);
    let (engine, run) = run(Check::on(&exchange).list(list), &exchange).await;
    assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 3));
    for n in [1, 2] {
        let proof = proof(&engine, &run, &user(n)).await.expect("it opened");
        assert_eq!(
            proof.sentence,
            "tied to the address by ExchangeGuid of the list"
        );
        assert_eq!(proof.listed_guid, Some(guid(n)));
        assert_eq!(proof.mailbox_guid, proof.listed_guid);
        assert_eq!(run.row(&user(n)).message, None);
    }
    let third = proof(&engine, &run, &user(3)).await.expect("it opened");
    assert_eq!(third.listed_guid, None);
    assert_eq!(exchange.counters().per_mailbox[&user(1)], 1);
    assert!(
        run.page.row.warnings.iter().all(|w| !w.contains("GUID")),
        "{:?}",
        run.page.row.warnings
    );
}

#[tokio::test]
async fn another_guid_than_the_listed_one_is_a_warning_and_no_verdict() {
    let exchange = start(server(4)).await;
    let (one, four) = (guid(1), guid(4));
    let list = listed([one.as_str(), FOREIGN, "not a GUID", &four]);
    let (engine, run) = run(Check::on(&exchange).list(list), &exchange).await;
    assert_eq!(run.end(), "complete");
    assert_eq!(run.lines(), vec!["granted"; 4]);
    assert_eq!(run.says(&user(2)), LISTED_OTHERWISE);
    assert_eq!(
        run.says(&user(3)),
        "opened; its ExchangeGuid in the list is not a GUID and was ignored"
    );
    let proof = proof(&engine, &run, &user(2)).await.expect("it opened");
    assert_eq!(
        (proof.mailbox_guid, proof.listed_guid.as_deref()),
        (Some(guid(2)), Some(FOREIGN))
    );
    assert!(
        proof
            .sentence
            .ends_with("not the one in the list, which may be older than the mailbox"),
        "{}",
        proof.sentence
    );
    let warned = |beginning: &str| {
        let warnings = &run.page.row.warnings;
        assert!(
            warnings.iter().any(|w| w.starts_with(beginning)),
            "{beginning}: {warnings:?}"
        );
    };
    warned("1 mailbox was opened with another mailbox GUID");
    warned("1 mailbox was opened whose ExchangeGuid in the list is not a GUID");
    assert_eq!(asked_again(&exchange), [""; 0], "it costs no request");
}

#[tokio::test]
async fn two_mailboxes_that_answer_for_each_other_are_found_by_the_list() {
    let exchange = start(server(5)).await;
    plan(&exchange, 2, What::WrongMailbox(user(4)));
    plan(&exchange, 4, What::WrongMailbox(user(2)));
    let guids: Vec<String> = (1..=5).map(guid).collect();
    let list = listed(guids.iter().map(String::as_str));
    let run = Check::on(&exchange).list(list).run(&exchange).await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(
        (run.user(2).as_str(), run.user(4).as_str()),
        (IGNORED, IGNORED)
    );
    assert_eq!(run.summary().granted, 3, "the others are proven");
    assert_eq!(asked_again(&exchange), [user(2), user(4)]);
    assert_eq!(
        run.stream(&user(2)),
        ["granted".to_owned(), format!("+{IGNORED}")]
    );
}

#[tokio::test]
async fn a_mailbox_that_the_list_gives_to_one_that_is_refused_proves_nothing() {
    let mut options = server(4);
    options.accounts[0].role = Role::AllBut([user(2)].into());
    let exchange = start(options).await;
    plan(&exchange, 3, shows(&folder_of(&guid(2))));
    // One row without a GUID of its own is held against the others as well.
    let (one, two, four) = (guid(1), guid(2), guid(4));
    let list = listed([one.as_str(), &two, "", &four]);
    let run = Check::on(&exchange).list(list).run(&exchange).await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(run.user(3), IGNORED);
    assert!(run.user(2).starts_with("refused"), "{}", run.user(2));
}

#[tokio::test]
async fn where_the_other_mailbox_cannot_be_asked_nothing_is_proven_either() {
    let exchange = start(server(4)).await;
    plan(&exchange, 3, shows(&folder_of(&guid(2))));
    // The first question is answered; what is asked after that is the proof.
    let two = || When::Mailbox(user(2));
    exchange.plan(Fault::once(two(), shows(&folder_of(FOREIGN))));
    exchange.plan(Fault::always(two(), What::Ews(EwsError::busy(300_000))));
    let guids: Vec<String> = (1..=4).map(guid).collect();
    let list = listed(guids.iter().map(String::as_str));
    let run = Check::on(&exchange)
        .list(list)
        .lanes(1)
        .run(&exchange)
        .await;
    assert_eq!(
        (run.end().as_str(), run.user(3).as_str()),
        ("incomplete", "undetermined server.busy")
    );
    assert_eq!(run.user(2), "granted", "nothing was held against it");
}

#[tokio::test]
async fn a_list_older_than_a_move_of_an_address_withdraws_nobody() {
    // The second mailbox was given the third address; the row of the second is gone, or an alias now.
    for gone in [true, false] {
        let mut options = server(4);
        options.mailboxes.remove(1);
        if !gone {
            options.mailboxes[1] = Mailbox::new(&user(3), "Three").alias(&user(2));
        }
        let exchange = start(options).await;
        let (one, three, four) = (guid(1), guid(3), guid(4));
        let list = listed([one.as_str(), &three, FOREIGN, &four]);
        let run = Check::on(&exchange).list(list).run(&exchange).await;
        assert_eq!(run.user(3), "granted", "gone: {gone}");
        assert_eq!(run.says(&user(3)), LISTED_OTHERWISE);
        if gone {
            assert_eq!(run.user(2), "no_mailbox mailbox.not_found");
        } else {
            assert_eq!(run.user(2), "granted");
            assert_eq!(run.row(&user(2)).alias_of, Some(user(3)));
        }
        assert_eq!(run.end(), "complete");
    }
}

#[tokio::test]
async fn a_second_address_needs_no_guid_of_its_own() {
    let mut options = server(2);
    options.mailboxes[0] = Mailbox::new(&user(1), "One").alias("one@contoso.com");
    for second in [guid(1), FOREIGN.to_owned()] {
        let exchange = start(options.clone()).await;
        let mut list = listed([guid(1).as_str(), &guid(2)]);
        list.push(format!("one@contoso.com,{second}"));
        let (engine, run) = run(Check::on(&exchange).list(list), &exchange).await;
        assert_eq!(run.end(), "complete");
        let row = run.row("one@contoso.com");
        assert_eq!(row.alias_of, Some(user(1)));
        assert_eq!(row.message, None, "the alias explains it");
        let proof = proof(&engine, &run, "one@contoso.com").await;
        assert_eq!(
            proof.expect("it opened").sentence,
            "a second address of user1@contoso.com: both open one mailbox"
        );
        assert!(run.page.row.warnings.iter().all(|w| !w.contains("GUID")));
    }
}

#[tokio::test]
async fn identities_without_a_guid_are_proven_by_their_digests() {
    let opaque = |count| Options {
        folder_ids: FolderIds::Opaque,
        ..server(count)
    };
    let exchange = start(opaque(5)).await;
    // What the list says can be held against nothing here: no warning, no alarm.
    let list = listed([FOREIGN, &guid(3), "", "", ""]);
    let (engine, outcome) = run(Check::on(&exchange).list(list), &exchange).await;
    assert_eq!(
        (outcome.end().as_str(), outcome.summary().granted),
        ("complete", 5)
    );
    let proven = proof(&engine, &outcome, &user(1)).await.expect("it opened");
    assert_eq!(proven.mailbox_guid, None);
    assert!(
        proven
            .sentence
            .starts_with("a folder identity no other mailbox of this run showed"),
        "{}",
        proven.sentence
    );
    assert_eq!(outcome.row(&user(1)).message, None);

    let exchange = start(opaque(5)).await;
    plan(&exchange, 4, What::WrongMailbox(user(2)));
    let wrong = Check::on(&exchange).users(5).run(&exchange).await;
    assert_eq!(wrong.end(), "stopped impersonation.ignored");
    assert_eq!(
        (wrong.user(2).as_str(), wrong.user(4).as_str()),
        (IGNORED, IGNORED)
    );

    let exchange = start(Options {
        ignores_impersonation: true,
        ..opaque(5)
    })
    .await;
    let ignored = Check::on(&exchange).users(5).run(&exchange).await;
    assert_eq!(ignored.end(), "stopped impersonation.ignored");
    assert_eq!(ignored.summary().granted, 0);
}

/// The first half with identities of one kind, the rest after a change of the server.
async fn in_two_parts(
    first: FolderIds,
    change: impl FnOnce(&Simulator),
) -> (Engine, Outcome, Simulator) {
    let exchange = start(Options {
        folder_ids: first,
        ..server(8)
    })
    .await;
    for n in 5..=8 {
        exchange.plan(Fault::always(
            When::Mailbox(user(n)),
            What::Stall(std::time::Duration::from_mins(1)),
        ));
    }
    let engine = engine().await;
    let check = Check::on(&exchange).users(8).timeout(60).with(&engine);
    let mut live = check.begin().await;
    live.decided(4).await;
    live.started.cancel();
    let run: RunId = live.id();
    let before = live.ended(Some(&exchange)).await;
    assert_eq!(before.summary().granted, 4);
    exchange.forget_faults();
    change(&exchange);
    let password = Some(Secret::new(PASSWORD.to_owned()));
    let resumed = engine.resume_run(Some(run), password, true).await;
    let live = Live::new(engine.clone(), resumed.expect("it goes on"), false);
    let outcome = live.resumed(&exchange).await;
    (engine, outcome, exchange)
}

fn plainly(exchange: &Simulator) {
    exchange.update(|options| options.folder_ids = FolderIds::Plain);
}

#[tokio::test]
async fn a_run_begun_by_digests_goes_on_by_digests() {
    let (engine, run, _) = in_two_parts(FolderIds::Opaque, plainly).await;
    assert_eq!(
        (run.end().as_str(), run.summary().granted),
        ("complete", 8),
        "no false alarm"
    );
    let late = proof(&engine, &run, &user(8)).await.expect("it opened");
    assert_eq!(late.mailbox_guid, None);

    // Two of the second part show one identity, which carries a GUID.
    let (_, run, exchange) = in_two_parts(FolderIds::Opaque, |exchange| {
        plainly(exchange);
        plan(exchange, 7, What::WrongMailbox(user(6)));
    })
    .await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(
        (run.user(6).as_str(), run.user(7).as_str()),
        (IGNORED, IGNORED)
    );
    assert_eq!(asked_again(&exchange), [user(6), user(7)]);

    // One of the second part shows what one of the first showed.
    let (_, run, _) = in_two_parts(FolderIds::Opaque, |exchange| {
        plan(exchange, 7, What::WrongMailbox(user(1)));
    })
    .await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(
        (run.user(1).as_str(), run.user(7).as_str()),
        (IGNORED, IGNORED)
    );
}

#[tokio::test]
async fn a_run_begun_by_guids_goes_on_by_guids() {
    let (engine, run, _) = in_two_parts(FolderIds::Plain, |exchange| {
        exchange.update(|options| options.folder_ids = FolderIds::Compressed);
    })
    .await;
    assert_eq!((run.end().as_str(), run.summary().granted), ("complete", 8));
    let late = proof(&engine, &run, &user(8)).await.expect("it opened");
    assert_eq!(late.mailbox_guid, Some(guid(8)));

    let (_, run, _) = in_two_parts(FolderIds::Plain, |exchange| {
        exchange.update(|options| options.folder_ids = FolderIds::Compressed);
        plan(exchange, 7, What::WrongMailbox(user(1)));
    })
    .await;
    assert_eq!(run.end(), "stopped impersonation.ignored");
    assert_eq!(
        (run.user(1).as_str(), run.user(7).as_str()),
        (IGNORED, IGNORED)
    );
}

#[tokio::test]
async fn only_what_opened_has_a_proof_and_while_it_goes_on_only_so_far() {
    let mut options = server(3);
    options.accounts[0].role = Role::AllBut([user(2)].into());
    let exchange = start(options).await;
    plan(&exchange, 3, What::Stall(std::time::Duration::from_mins(1)));
    let engine = engine().await;
    let check = Check::on(&exchange).users(3).timeout(60).with(&engine);
    let mut live = check.begin().await;
    live.decided(2).await;
    // Reported is only what is saved, and rows are saved together.
    let sentence = loop {
        let (run, seq) = (live.id(), 0);
        let detail = engine.result_show(ResultRef { run, seq }).await;
        match detail.expect("the row is there").proof {
            Some(proof) => break proof.sentence,
            None => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    };
    assert!(sentence.contains("showed so far"), "{sentence}");
    live.started.cancel();
    let run = RunRef { run: live.id() };
    live.ended(Some(&exchange)).await;
    for seq in [1, 2] {
        let run = run.run.clone();
        let detail = engine.result_show(ResultRef { run, seq }).await;
        assert_eq!(detail.expect("the row is stored").proof, None);
    }
}
