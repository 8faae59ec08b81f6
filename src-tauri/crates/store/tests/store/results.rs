//! Rows of a run: added once, decided, taken back, counted.

use contract::{
    Cause, CauseCount, Evidence, Expectation, FolderResult, IdentifyBy, ResultsQuery, ResultsSort,
    RunId, SortDirection, UserChange, UserIds, Verdict,
};
use store::run_results::{Decided, NewResult, Outcome, Repeat, Selection};
use store::runs::RunNumber;
use store::{Db, StoreError, run_results, runs, users};

use crate::support::{
    NOW, contoso, database, listed, new_run, outcome, read, rows_of, run_over, user, write,
};

const ASKED: Expectation = Expectation::MustOpen;

fn refused(seq: i64) -> Outcome {
    Outcome {
        cause: Some(Cause::ImpersonationRefused),
        ews_code: Some("ErrorImpersonateUserDenied".to_owned()),
        ..outcome(seq, Verdict::Refused)
    }
}

fn query() -> ResultsQuery {
    ResultsQuery {
        run: RunId("run-1".to_owned()),
        search: None,
        verdict: None,
        cause: None,
        findings_only: false,
        sort: ResultsSort::Listed,
        direction: SortDirection::Ascending,
        offset: 0,
        limit: 100,
    }
}

async fn mailboxes(db: &Db, run: RunNumber) -> Vec<(i64, String)> {
    read(db, move |tx| rows_of(tx, run, -1, 1_000))
        .await
        .into_iter()
        .map(|row| (row.seq, row.mailbox))
        .collect()
}

#[tokio::test]
async fn duplicates_are_counted_once_and_leave_no_gap() {
    let (_folder, db) = database();
    let rows: Vec<NewResult> = [
        "Anna@contoso.com",
        "ben@contoso.com",
        "anna@CONTOSO.com",
        "JÜRGEN@contoso.com",
        "jürgen@contoso.com",
    ]
    .map(|mailbox| listed(mailbox, ASKED))
    .to_vec();
    let more = vec![
        listed("ben@contoso.com", ASKED),
        listed("cara@contoso.com", ASKED),
    ];
    let (run, next) = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", None))?;
        let next = run_results::add(tx, run, 0, &rows)?;
        Ok((run, run_results::add(tx, run, next, &more)?))
    })
    .await;
    assert_eq!(next, 4);
    let expected = [
        "Anna@contoso.com",
        "ben@contoso.com",
        "JÜRGEN@contoso.com",
        "cara@contoso.com",
    ];
    let expected: Vec<(i64, String)> = (0..).zip(expected.map(str::to_owned)).collect();
    assert_eq!(
        mailboxes(&db, run).await,
        expected,
        "the first spelling stays"
    );
}

#[tokio::test]
async fn users_are_listed_before_canaries() {
    let (_folder, db) = database();
    let (organization, ids) = contoso(
        &db,
        &[
            "ben@contoso.com",
            "canary@contoso.com",
            "off@contoso.com",
            "anna@contoso.com",
        ],
    )
    .await;
    let off = UserIds::Listed { ids: vec![ids[2]] };
    write(&db, move |tx| {
        users::set(tx, &off, UserChange::SynchronizationDisabled(true), NOW)
    })
    .await;
    let chosen = Selection::Users(vec![ids[2], ids[3]]);
    let (all, some) = write(&db, move |tx| {
        let all = runs::create(tx, &new_run("run-1", Some(organization)))?;
        assert_eq!(
            run_results::add_from_users(
                tx,
                all,
                0,
                organization,
                &Selection::All,
                IdentifyBy::Smtp
            )?,
            3
        );
        let again = run_results::add_from_users(
            tx,
            all,
            3,
            organization,
            &Selection::All,
            IdentifyBy::Smtp,
        )?;
        assert_eq!(again, 3, "who is in the run is not added again");
        let some = runs::create(tx, &new_run("run-2", Some(organization)))?;
        run_results::add(tx, some, 0, &[listed("first@contoso.com", ASKED)])?;
        assert_eq!(
            run_results::add_from_users(tx, some, 1, organization, &chosen, IdentifyBy::Smtp)?,
            3
        );
        Ok((all, some))
    })
    .await;
    let names = |rows: Vec<(i64, String)>| {
        rows.into_iter()
            .map(|(seq, name)| format!("{seq} {name}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(mailboxes(&db, all).await),
        [
            "0 ben@contoso.com",
            "1 anna@contoso.com",
            "2 canary@contoso.com"
        ]
    );
    assert_eq!(
        names(mailboxes(&db, some).await),
        [
            "0 first@contoso.com",
            "1 off@contoso.com",
            "2 anna@contoso.com"
        ],
        "a user that was picked is checked whatever its flags"
    );
    let rows = read(&db, move |tx| rows_of(tx, all, -1, 10)).await;
    assert_eq!(rows[2].expectation, Expectation::MustRefuse);
}

#[tokio::test]
async fn a_long_list_of_users_keeps_its_order() {
    let (_folder, db) = database();
    let addresses: Vec<String> = (0..2_500)
        .map(|n| {
            format!(
                "{}{n}@x.com",
                if n % 1_200 == 7 { "canary" } else { "user" }
            )
        })
        .collect();
    let as_given: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let (organization, _) = contoso(&db, &as_given).await;
    let (next, rows) = write(&db, move |tx| {
        let (run, all) = (
            runs::create(tx, &new_run("run-1", Some(organization)))?,
            Selection::All,
        );
        // Who is there already leaves no gap, wherever a piece begins or ends.
        run_results::add(
            tx,
            run,
            0,
            &["user999@x.com", "user1500@x.com"].map(|who| listed(who, ASKED)),
        )?;
        let next = run_results::add_from_users(tx, run, 2, organization, &all, IdentifyBy::Smtp)?;
        Ok((next, rows_of(tx, run, -1, 3_000)?))
    })
    .await;
    let (canaries, users): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|who| who.starts_with("canary"));
    let first = ["user999@x.com", "user1500@x.com"].map(str::to_owned);
    let users = users.into_iter().filter(|who| !first.contains(who));
    let expected: Vec<String> = first.iter().cloned().chain(users).chain(canaries).collect();
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let found: Vec<String> = rows.into_iter().map(|row| row.mailbox).collect();
    assert_eq!(found, expected);
    assert_eq!((next, seqs), (2_500, (0..2_500).collect()));
}

#[tokio::test]
async fn the_identity_is_the_column_asked_for() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &["ben@contoso.com"]).await;
    let pending = write(&db, move |tx| {
        let mut anna = user("anna@contoso.com");
        anna.upn = Some("a.berg@contoso.local".to_owned());
        anna.sid = Some("S-1-5-21-1".to_owned());
        users::add(tx, organization, &anna, NOW)?;
        let run = runs::create(tx, &new_run("run-1", Some(organization)))?;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, IdentifyBy::Upn)?;
        run_results::pending(tx, run, -1, 10)
    })
    .await;
    let sent: Vec<Option<&str>> = pending.iter().map(|row| row.identity.as_deref()).collect();
    assert_eq!(
        sent,
        [None, Some("a.berg@contoso.local")],
        "without a value the caller must not send anything"
    );
}

#[tokio::test]
async fn what_failed_or_stayed_open_is_taken_over() {
    let (_folder, db) = database();
    let (organization, _) = contoso(
        &db,
        &[
            "good@x.com",
            "bad@x.com",
            "busy@x.com",
            "late@x.com",
            "open@x.com",
            "system@x.com",
            "canary-ok@x.com",
            "canary-gone@x.com",
        ],
    )
    .await;
    let run = write(&db, move |tx| {
        let first = runs::create(tx, &new_run("run-1", Some(organization)))?;
        run_results::add_from_users(
            tx,
            first,
            0,
            organization,
            &Selection::All,
            IdentifyBy::Smtp,
        )?;
        let system = Outcome {
            cause: Some(Cause::MailboxSystem),
            ..outcome(5, Verdict::NotChecked)
        };
        let outcomes = [
            outcome(0, Verdict::Granted),
            outcome(1, Verdict::Unusable),
            outcome(2, Verdict::Undetermined),
            outcome(3, Verdict::NotChecked),
            system,
            outcome(6, Verdict::Refused),
            outcome(7, Verdict::NoMailbox),
        ];
        run_results::record(tx, first, &outcomes)?;
        let second = runs::create(tx, &new_run("run-2", Some(organization)))?;
        run_results::add_from_users(
            tx,
            second,
            0,
            organization,
            &Selection::FailedIn(first),
            IdentifyBy::Smtp,
        )?;
        Ok(second)
    })
    .await;
    let again: Vec<String> = mailboxes(&db, run)
        .await
        .into_iter()
        .map(|(_, mailbox)| mailbox)
        .collect();
    assert_eq!(
        again,
        [
            "bad@x.com",
            "busy@x.com",
            "late@x.com",
            "open@x.com",
            "canary-gone@x.com"
        ]
    );
}

#[tokio::test]
async fn a_repeated_folder_identity_is_told() {
    let (_folder, db) = database();
    let run = run_over(&db, &["a@x.com", "b@x.com", "c@x.com", "d@x.com"]).await;
    let with_key = |seq, key: u8| Outcome {
        folder_key: Some([key; 16]),
        ..outcome(seq, Verdict::Granted)
    };
    let (first, second, withdrawn) = write(&db, move |tx| {
        run_results::record(tx, run, &[with_key(0, 1), with_key(1, 2)])?;
        let first = run_results::repeats(tx, run)?;
        run_results::record(tx, run, &[with_key(2, 1), with_key(3, 1)])?;
        let second = run_results::repeats(tx, run)?;
        let undone = [0, 2].map(|seq| Outcome {
            cause: Some(Cause::ImpersonationIgnored),
            folder_key: Some([1; 16]),
            ..outcome(seq, Verdict::Undetermined)
        });
        run_results::record(tx, run, &undone)?;
        Ok((first, second, run_results::repeats(tx, run)?))
    })
    .await;
    assert_eq!(first, []);
    let expected = [2, 3].map(|seq| Repeat { seq, other: 0 });
    assert_eq!(second, expected, "each with the first of its identity");
    assert_eq!(withdrawn, [], "only granted rows prove anything");
    let rows = read(&db, move |tx| {
        run_results::rows_by_folder_key(tx, run, &[1; 16])
    })
    .await;
    assert_eq!(
        rows.iter().map(|row| row.seq).collect::<Vec<_>>(),
        [0, 2, 3]
    );
}

#[tokio::test]
async fn evidence_follows_the_last_outcome() {
    let (_folder, db) = database();
    let run = run_over(&db, &["a@x.com", "b@x.com"]).await;
    let evidence = Evidence {
        request: "POST".to_owned(),
        reply: "500".to_owned(),
    };
    let folders = vec![FolderResult {
        folder: "inbox".to_owned(),
        ews_code: "NoError".to_owned(),
        opened: true,
    }];
    let mut first = refused(0);
    first.evidence = Some(evidence.clone());
    first.folders.clone_from(&folders);
    let run_id = || RunId("run-1".to_owned());
    let shown = write(&db, move |tx| {
        run_results::record(tx, run, &[first])?;
        run_results::show(tx, &run_id(), 0)
    })
    .await
    .expect("the row is there");
    assert_eq!((shown.evidence, shown.folders), (Some(evidence), folders));
    assert_eq!((shown.previous, shown.next), (None, Some(1)));
    assert_eq!(shown.row.latency_ms, Some(31));

    let cured = write(&db, move |tx| {
        let again = Outcome {
            attempts: 2,
            ..outcome(0, Verdict::Granted)
        };
        run_results::record(tx, run, &[again])?;
        run_results::show(tx, &run_id(), 0)
    })
    .await
    .expect("the row is there");
    assert_eq!(
        cured.evidence, None,
        "granted keeps no evidence, the old one must go"
    );
    assert_eq!(cured.row.cause, None);
    assert_eq!(
        read(&db, move |tx| run_results::show(tx, &run_id(), 7)).await,
        None
    );
}

#[tokio::test]
async fn a_row_that_is_not_there_cannot_be_decided() {
    let (_folder, db) = database();
    let run = run_over(&db, &["a@x.com"]).await;
    let result = db
        .write(move |tx| {
            run_results::record(
                tx,
                run,
                &[outcome(0, Verdict::Granted), outcome(9, Verdict::Granted)],
            )
        })
        .await;
    assert!(matches!(result, Err(StoreError::NotFound)), "{result:?}");
    let pending = read(&db, move |tx| run_results::pending(tx, run, -1, 10)).await;
    assert_eq!(pending.len(), 1, "nothing of the batch may stay");
}

#[tokio::test]
async fn the_summary_counts_by_the_rules() {
    let (_folder, db) = database();
    let run = run_over(
        &db,
        &[
            "a@x.com",
            "b@x.com",
            "c@x.com",
            "d@x.com",
            "e@x.com",
            "pending@x.com",
            "canary1@x.com",
            "canary2@x.com",
        ],
    )
    .await;
    let with = |seq, verdict, cause| Outcome {
        cause: Some(cause),
        ..outcome(seq, verdict)
    };
    let system = NewResult {
        decided: Some(Decided {
            verdict: Verdict::NotChecked,
            cause: Some(Cause::MailboxSystem),
            message: Some("system mailbox, left out".to_owned()),
        }),
        ..listed("SystemMailbox{1}@x.com", ASKED)
    };
    let (summary, groups) = write(&db, move |tx| {
        run_results::add(tx, run, 8, &[system])?;
        run_results::record(
            tx,
            run,
            &[
                outcome(0, Verdict::Granted),
                refused(1),
                refused(2),
                with(3, Verdict::NoMailbox, Cause::MailboxNotFound),
                with(4, Verdict::Undetermined, Cause::ServerBusy),
                refused(6),
                with(7, Verdict::Granted, Cause::ImpersonationExposed),
            ],
        )?;
        Ok((
            run_results::summary(tx, run)?,
            run_results::cause_groups(tx, run, 1)?,
        ))
    })
    .await;
    let counts = (
        summary.total,
        summary.granted,
        summary.refused,
        summary.no_mailbox,
    );
    assert_eq!(
        counts,
        (8, 2, 3, 1),
        "the system mailbox is in no count but left_out"
    );
    let counts = (
        summary.unusable,
        summary.undetermined,
        summary.not_checked,
        summary.findings,
        summary.left_out,
    );
    assert_eq!(
        counts,
        (0, 1, 0, 4, 1),
        "a refused canary is no finding, an opened one is"
    );
    let counted = |cause, count| CauseCount { cause, count };
    assert_eq!(
        summary.causes[..2],
        [
            counted(Cause::ImpersonationExposed, 1),
            counted(Cause::ImpersonationRefused, 3)
        ],
        "a canary that opened stands above all else"
    );
    assert!(
        summary
            .causes
            .iter()
            .all(|cause| cause.cause != Cause::MailboxSystem)
    );

    assert_eq!(
        (groups[0].cause, groups[0].count, groups[0].finding),
        (Cause::ImpersonationExposed, 1, true)
    );
    let next = &groups[1];
    assert_eq!(
        (next.cause, next.count, next.finding),
        (Cause::ImpersonationRefused, 2, true)
    );
    assert_eq!(next.examples, ["b@x.com"]);
    let last = groups.last().expect("there are groups");
    assert!(!last.finding, "findings come first");
    assert_eq!(groups.iter().map(|group| group.count).sum::<u64>(), 6);
}

#[tokio::test]
async fn the_finding_column_follows_the_contract() {
    let (_folder, db) = database();
    let names: Vec<String> = (0..12)
        .map(|i| format!("{}{i}@x.com", if i < 6 { "a" } else { "canary" }))
        .collect();
    let run = run_over(&db, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let rows = write(&db, move |tx| {
        let outcomes: Vec<Outcome> = (0..12)
            .zip(Verdict::ALL.into_iter().cycle())
            .map(|(seq, verdict)| outcome(seq, verdict))
            .collect();
        run_results::record(tx, run, &outcomes)?;
        rows_of(tx, run, -1, 100)
    })
    .await;
    for row in rows {
        let verdict = row.verdict.expect("every row is decided");
        assert_eq!(
            row.finding,
            verdict.is_finding(row.expectation),
            "{verdict:?} under {:?}",
            row.expectation
        );
    }
}

#[tokio::test]
async fn pages_filter_sort_and_count() {
    let (_folder, db) = database();
    let run = run_over(
        &db,
        &["Anna@x.com", "ben@x.com", "cara@y.com", "canary@x.com"],
    )
    .await;
    write(&db, move |tx| {
        let slow = Outcome {
            latency_ms: Some(900),
            ..outcome(0, Verdict::Granted)
        };
        run_results::record(tx, run, &[slow, refused(1), outcome(3, Verdict::Granted)])
    })
    .await;
    let page = |change: fn(&mut ResultsQuery)| {
        let mut query = query();
        change(&mut query);
        let db = db.clone();
        async move {
            let page = read(&db, move |tx| run_results::page(tx, &query)).await;
            (
                page.total,
                page.rows.iter().map(|row| row.seq).collect::<Vec<_>>(),
            )
        }
    };
    assert_eq!(page(|_| ()).await, (4, vec![0, 1, 2, 3]));
    assert_eq!(
        page(|query| query.search = Some(" ANNA ".to_owned())).await,
        (1, vec![0])
    );
    assert_eq!(
        page(|query| query.search = Some("%".to_owned())).await,
        (0, vec![]),
        "no wildcard"
    );
    assert_eq!(
        page(|query| query.verdict = Some(Verdict::Refused)).await,
        (1, vec![1])
    );
    assert_eq!(
        page(|query| query.cause = Some(Cause::ImpersonationRefused)).await,
        (1, vec![1])
    );
    assert_eq!(
        page(|query| query.findings_only = true).await,
        (2, vec![1, 3])
    );
    assert_eq!(
        page(|query| (query.offset, query.limit) = (1, 2)).await,
        (4, vec![1, 2])
    );
    assert_eq!(
        page(|query| query.sort = ResultsSort::Verdict).await,
        (4, vec![3, 1, 0, 2]),
        "findings first, then in the order of the list"
    );
    let by_latency = |query: &mut ResultsQuery| {
        (query.sort, query.direction) = (ResultsSort::Latency, SortDirection::Descending);
    };
    assert_eq!(page(by_latency).await.1[0], 0);
    let missing = db
        .read(|tx| {
            run_results::page(
                tx,
                &ResultsQuery {
                    run: RunId("no".to_owned()),
                    ..query()
                },
            )
        })
        .await;
    assert!(matches!(missing, Err(StoreError::NotFound)));
}

#[tokio::test]
async fn a_page_is_a_piece_of_the_list_from_either_end() {
    use ResultsSort::{Cause, CheckedAt, Latency, Listed, Mailbox, Name, Verdict};
    let (_folder, db) = database();
    let names: Vec<String> = (0..7)
        .map(|number| format!("{}@x.com", number % 4 * 7 + number))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = run_over(&db, &names).await;
    write(&db, move |tx| {
        let slow = Outcome {
            latency_ms: Some(900),
            ..outcome(2, contract::Verdict::Granted)
        };
        run_results::record(
            tx,
            run,
            &[
                slow,
                refused(1),
                refused(4),
                outcome(3, contract::Verdict::Granted),
            ],
        )
    })
    .await;
    let page = |query: ResultsQuery| {
        let db = db.clone();
        async move {
            let page = read(&db, move |tx| run_results::page(tx, &query)).await;
            page.rows.iter().map(|row| row.seq).collect::<Vec<_>>()
        }
    };
    for sort in [Listed, Name, Mailbox, Verdict, Cause, Latency, CheckedAt] {
        for direction in [SortDirection::Ascending, SortDirection::Descending] {
            for findings_only in [false, true] {
                let query = ResultsQuery {
                    sort,
                    direction,
                    findings_only,
                    ..query()
                };
                let list = page(query.clone()).await;
                assert!(list.len() >= 2);
                for offset in 0..=list.len() {
                    let piece = page(ResultsQuery {
                        offset: offset as u64,
                        limit: 2,
                        ..query.clone()
                    })
                    .await;
                    let expected: Vec<i64> = list.iter().skip(offset).take(2).copied().collect();
                    assert_eq!(
                        piece, expected,
                        "{sort:?} {direction:?} {findings_only} {offset}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn refusals_are_named_at_the_end() {
    let (_folder, db) = database();
    let run = run_over(&db, &["a@x.com", "b@x.com", "c@x.com", "canary@x.com"]).await;
    let denied = Outcome {
        cause: Some(Cause::MailboxAccessDenied),
        ews_code: Some("ErrorAccessDenied".to_owned()),
        ..outcome(2, Verdict::Refused)
    };
    let (ask_again, after, named) = write(&db, move |tx| {
        run_results::record(tx, run, &[refused(0), refused(1), denied, refused(3)])?;
        let ask_again =
            run_results::refused_must_open(tx, run, "ErrorImpersonateUserDenied", -1, 10)?;
        let after = run_results::refused_must_open(tx, run, "ErrorImpersonateUserDenied", 0, 10)?;
        let cause = Cause::ImpersonationRoleMissing;
        let named = run_results::name_refusals(
            tx,
            run,
            Expectation::MustOpen,
            cause,
            Some("for everyone"),
        )?;
        Ok((ask_again, after, named))
    })
    .await;
    assert_eq!(
        ask_again.iter().map(|row| row.seq).collect::<Vec<_>>(),
        [0, 1]
    );
    assert_eq!(after.iter().map(|row| row.seq).collect::<Vec<_>>(), [1]);
    assert_eq!(named, [0, 1]);
    let rows = read(&db, move |tx| rows_of(tx, run, -1, 10)).await;
    assert_eq!(rows[0].message.as_deref(), Some("for everyone"));
    assert_eq!(rows[2].cause, Some(Cause::MailboxAccessDenied));
    assert_eq!(
        rows[3].cause,
        Some(Cause::ImpersonationRefused),
        "canaries are named apart"
    );
}

#[tokio::test]
async fn a_stopped_run_closes_and_opens_again() {
    let (_folder, db) = database();
    let run = run_over(&db, &["a@x.com", "b@x.com", "c@x.com", "d@x.com"]).await;
    let system = NewResult {
        decided: Some(Decided {
            verdict: Verdict::NotChecked,
            cause: Some(Cause::MailboxSystem),
            message: None,
        }),
        ..listed("HealthMailbox1@x.com", ASKED)
    };
    let (closed, reopened, pending) = write(&db, move |tx| {
        run_results::add(tx, run, 4, &[system])?;
        let busy = Outcome {
            cause: Some(Cause::ServerBusy),
            ..outcome(1, Verdict::Undetermined)
        };
        run_results::record(tx, run, &[outcome(0, Verdict::Granted), busy])?;
        let closed = run_results::close_pending(tx, run, Some(Cause::AuthLost), Some("stopped"))?;
        assert_eq!(run_results::pending(tx, run, -1, 10)?, []);
        let rows = rows_of(tx, run, 1, 1)?;
        assert_eq!(
            (rows[0].verdict, rows[0].cause),
            (Some(Verdict::NotChecked), Some(Cause::AuthLost))
        );
        let reopened = run_results::reopen(tx, run)?;
        Ok((closed, reopened, run_results::pending(tx, run, -1, 10)?))
    })
    .await;
    assert_eq!((closed, reopened), (2, 3));
    let seqs: Vec<i64> = pending.iter().map(|row| row.seq).collect();
    assert_eq!(
        seqs,
        [1, 2, 3],
        "what is decided is never asked twice, nor a system mailbox"
    );
}

#[tokio::test]
async fn five_thousand_rows_are_recorded_in_one_write() {
    let (_folder, db) = database();
    let rows: Vec<NewResult> = (0..5_000)
        .map(|i| listed(&format!("user{i}@x.com"), ASKED))
        .collect();
    let run = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", None))?;
        assert_eq!(run_results::add(tx, run, 0, &rows)?, 5_000);
        Ok(run)
    })
    .await;
    let repeats = write(&db, move |tx| {
        let outcomes: Vec<Outcome> = (0..5_000_i64)
            .map(|seq| {
                let mut key = [0; 16];
                key[..8].copy_from_slice(&(seq % 4_999).to_le_bytes());
                Outcome {
                    folder_key: Some(key),
                    ..outcome(seq, Verdict::Granted)
                }
            })
            .collect();
        run_results::record(tx, run, &outcomes)?;
        run_results::repeats(tx, run)
    })
    .await;
    assert_eq!(
        repeats,
        [Repeat {
            seq: 4_999,
            other: 0
        }]
    );
    let mut after = -1;
    let mut seen = 0;
    loop {
        let rows = read(&db, move |tx| rows_of(tx, run, after, 700)).await;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        seen += rows.len();
    }
    assert_eq!(seen, 5_000);
}

#[tokio::test]
async fn what_was_decided_and_never_asked_is_found() {
    let (_folder, db) = database();
    let run = run_over(&db, &["a@x.com", "b@x.com", "c@x.com", "d@x.com"]).await;
    let unasked = write(&db, move |tx| {
        let known = Outcome {
            attempts: 0,
            ..outcome(1, Verdict::NoMailbox)
        };
        run_results::record(tx, run, &[outcome(0, Verdict::Granted), known])?;
        let before = run_results::each_unasked(tx, run, -1, 10)?;
        run_results::close_pending(tx, run, None, None)?;
        let after = run_results::each_unasked(tx, run, 1, 10)?;
        Ok([before, after].map(|rows| rows.iter().map(|row| row.seq).collect::<Vec<_>>()))
    })
    .await;
    assert_eq!(unasked, [vec![1], vec![2, 3]]);
}
