//! What a run does to its server and learns of it, and samples: whom they may draw, what they say.

use contract::{
    Cause, Expectation, IdentifyBy, LoadSample, RunId, RunState, ServerLoad, UserChange, UserIds,
    Verdict,
};
use store::learned_loads::{self, Learned};
use store::run_results::{Decided, NewResult, Selection};
use store::runs::{Distinct, Drawn, RunFinish, RunHeader};
use store::{organizations, run_results, runs, users};

use crate::support::{LATER, NOW, contoso, database, listed, new_run, outcome, read, write};

#[tokio::test]
async fn what_was_learned_is_replaced_forgotten_and_goes_with_its_organization() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    let learned = |allowed, url: &str| Learned {
        allowed,
        ews_url: url.to_owned(),
        learned_at: NOW.to_owned(),
    };
    let (first, second) = (learned(20, "https://a/"), learned(5, "https://b/"));
    let kept = second.clone();
    write(&db, move |tx| {
        assert_eq!(learned_loads::load(tx, organization)?, None);
        learned_loads::save(tx, organization, &first)?;
        learned_loads::save(tx, organization, &second)?;
        assert_eq!(learned_loads::load(tx, organization)?, Some(kept));
        learned_loads::forget(tx, organization)?;
        learned_loads::forget(tx, organization)?;
        assert_eq!(learned_loads::load(tx, organization)?, None);
        learned_loads::save(tx, organization, &second)
    })
    .await;
    write(&db, move |tx| {
        organizations::soft_delete(tx, organization, NOW)?;
        organizations::purge(tx, LATER)?;
        assert_eq!(learned_loads::load(tx, organization)?, None, "gone with it");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_run_keeps_what_it_did_to_its_server() {
    let (_folder, db) = database();
    write(&db, |tx| {
        let run = runs::create(tx, &new_run("run-1", None))?;
        assert_eq!(runs::load(tx, run)?, Some(ServerLoad::default()));
        let load = ServerLoad {
            samples: vec![LoadSample {
                at_ms: 200,
                rate: 41.5,
                latency_ms: None,
                lanes: 4,
                back_offs: 2,
            }],
            ceiling: 10,
            back_offs: 2,
            allowed: Some(4),
            sentence: "About 4.".to_owned(),
        };
        let header = RunHeader {
            load: Some(load.clone()),
            ..RunHeader::default()
        };
        runs::update_header(tx, run, &header)?;
        runs::update_header(tx, run, &RunHeader::default())?;
        assert_eq!(runs::load(tx, run)?, Some(load), "what is left out stays");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn only_who_is_asked_by_a_check_of_all_can_be_drawn() {
    let (_folder, db) = database();
    let addresses = [
        "anna@contoso.com",
        "canary@contoso.com",
        "HealthMailbox1@contoso.com",
        "bernd@contoso.com",
        "off@contoso.com",
        "audit@contoso.com",
        "gone@contoso.com",
    ];
    let (organization, ids) = contoso(&db, &addresses).await;
    let (anna, canary, bernd) = (ids[0], ids[1], ids[3]);
    let off = UserIds::Listed { ids: vec![ids[4]] };
    let gone = UserIds::Listed { ids: vec![ids[6]] };
    write(&db, move |tx| {
        users::set(tx, &off, UserChange::SynchronizationDisabled(true), NOW)?;
        users::soft_delete(tx, &gone, true, NOW).map(|_| ())
    })
    .await;
    read(&db, move |tx| {
        let kinds = ["monitoringmailbox".to_owned()];
        let system: (&[String], &[&str]) = (&kinds, &["healthmailbox", "audit"]);
        let all = users::askable(tx, organization, system, contract::UserId(0), 10)?;
        let expected = [
            (anna, "anna@contoso.com".to_owned()),
            (bernd, "bernd@contoso.com".to_owned()),
        ];
        assert_eq!(all, expected);
        let rest = users::askable(tx, organization, system, anna, 10)?;
        assert_eq!(rest, expected[1..], "in pieces");
        Ok(())
    })
    .await;
    let run = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", Some(organization)))?;
        let sample = Selection::Sample(vec![bernd]);
        run_results::add_from_users(tx, run, 0, organization, &sample, IdentifyBy::Smtp)?;
        Ok(run)
    })
    .await;
    read(&db, move |tx| {
        let rows = run_results::pending(tx, run, -1, 10)?;
        let addresses: Vec<&str> = rows.iter().map(|row| row.mailbox.as_str()).collect();
        assert_eq!(addresses, ["bernd@contoso.com", "canary@contoso.com"]);
        assert!(canary.0 > 0 && rows[1].expectation == Expectation::MustRefuse);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_sample_is_counted_without_canaries_and_system_mailboxes() {
    let (_folder, db) = database();
    let system = NewResult {
        decided: Some(Decided {
            verdict: Verdict::NotChecked,
            cause: Some(Cause::MailboxSystem),
            message: None,
        }),
        ..listed("system", Expectation::MustOpen)
    };
    let mut rows: Vec<NewResult> = (0..6)
        .map(|n| listed(&format!("u{n}"), Expectation::MustOpen))
        .collect();
    rows.push(system);
    rows.push(listed("canary", Expectation::MustRefuse));
    write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", None))?;
        assert_eq!(runs::drawn(tx, run)?, None, "no sample");
        runs::set_population(tx, run, 9_000)?;
        run_results::add(tx, run, 0, &rows)?;
        let verdicts = [
            (0, Verdict::Granted),
            (1, Verdict::Refused),
            (2, Verdict::NoMailbox),
            (3, Verdict::Undetermined),
            (4, Verdict::NotChecked),
            (7, Verdict::Refused),
        ];
        for (seq, verdict) in verdicts {
            run_results::record(tx, run, &[outcome(seq, verdict)])?;
        }
        let drawn = Drawn {
            population: 9_000,
            drawn: 6,
            decided: 3,
            failed: 2,
            undetermined: 1,
        };
        assert_eq!(runs::drawn(tx, run)?, Some(drawn));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn keys_are_counted_once_however_many() {
    let (_folder, db) = database();
    write(&db, |tx| {
        for _ in 0..2 {
            let mut met = Distinct::begin(tx)?;
            for n in 0_i64..120_000 {
                // Every key twice, far apart and all over.
                met.add((n % 60_000).wrapping_mul(-7_046_029_254_386_353_131))?;
            }
            assert_eq!(met.end()?, 60_000);
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn every_run_that_reads_running_is_named() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    let other = write(&db, |tx| {
        organizations::add(tx, &crate::support::new_organization("Other"), NOW)
    })
    .await;
    write(&db, move |tx| {
        runs::create(tx, &new_run("a", Some(organization)))?;
        let ended = runs::create(tx, &new_run("b", Some(organization)))?;
        let finish = RunFinish {
            state: RunState::Complete,
            cause: None,
            message: None,
            finished_at: LATER.to_owned(),
            summary: contract::Summary::default(),
            steps: Vec::new(),
            warnings: Vec::new(),
        };
        runs::finish(tx, ended, &finish)?;
        runs::create(tx, &new_run("c", Some(organization)))?;
        runs::create(tx, &new_run("d", Some(other)))?;
        let of = |id: &str| RunId(id.to_owned());
        assert_eq!(runs::running(tx, organization)?, [of("c"), of("a")]);
        assert_eq!(runs::running(tx, other)?, [of("d")]);
        Ok(())
    })
    .await;
}
