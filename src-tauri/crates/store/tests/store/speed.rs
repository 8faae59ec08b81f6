//! How long lists may take. By hand: `cargo test --release -p store -- --ignored --nocapture speed`.

use std::time::{Duration, Instant};

use contract::{
    IdentifyBy, OrganizationId, ResultsQuery, ResultsSort, RunId, SortDirection, SyncAccess,
    UsersFilter, UsersQuery, UsersSort, Verdict,
};
use store::run_results::Selection;
use store::users::NewUser;
use store::{Db, organizations, run_results, runs, users};

use crate::support::{NOW, database, new_organization, new_run, outcome, read, user, write};

async fn fill(db: &Db, users: u32) -> OrganizationId {
    write(db, move |tx| {
        let organization = organizations::add(tx, &new_organization("Contoso"), NOW)?;
        let list: Vec<NewUser> = (0..users)
            .map(|i| {
                let mixed = i.wrapping_mul(2_654_435_761);
                NewUser {
                    name: format!("Name {mixed}"),
                    ..user(&format!("user{mixed}@contoso.com"))
                }
            })
            .collect();
        users::import(tx, organization, &list, NOW)?;
        Ok(organization)
    })
    .await
}

/// A few measurements.
async fn measure<T: Send + 'static>(
    db: &Db,
    f: impl Fn(&store::Tx<'_>) -> Result<T, store::StoreError> + Clone + Send + 'static,
) -> Vec<Duration> {
    let mut took = Vec::new();
    for _ in 0..5 {
        let f = f.clone();
        let start = Instant::now();
        read(db, move |tx| f(tx)).await;
        took.push(start.elapsed());
    }
    took
}

/// 95 in 100 are no slower.
fn percentile(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() * 95 / 100]
}

#[tokio::test]
#[ignore = "measures, in a release build only"]
async fn pages_of_fifty_thousand_users() {
    let (_folder, db) = database();
    let start = Instant::now();
    let organization = fill(&db, 50_000).await;
    println!("import of 50,000: {:?}", start.elapsed());
    let mut all = Vec::new();
    for scope in [Some(organization), None] {
        for sort in [
            UsersSort::Added,
            UsersSort::Name,
            UsersSort::Address,
            UsersSort::SyncAccess,
            UsersSort::LastVerdict,
        ] {
            for (search, sync_access) in [
                (None, None),
                (Some("99"), None),
                (Some("none at all"), None),
                (None, Some(SyncAccess::NotActivated)),
            ] {
                for offset in [0, 49_900] {
                    let query = UsersQuery {
                        organization: scope,
                        filter: UsersFilter {
                            search: search.map(str::to_owned),
                            sync_access,
                            ..UsersFilter::default()
                        },
                        sort,
                        direction: SortDirection::Descending,
                        offset,
                        limit: 100,
                    };
                    let took = measure(&db, move |tx| users::page(tx, &query)).await;
                    if took[2] > Duration::from_millis(25) {
                        println!(
                            "{took:?} {scope:?} {sort:?} {search:?} {sync_access:?} from {offset}"
                        );
                    }
                    all.extend(took);
                }
            }
        }
    }
    let worst = percentile(all);
    println!("pages of 50,000 users, 95th percentile: {worst:?}");
    assert!(worst < Duration::from_millis(50), "{worst:?}");
}

#[tokio::test]
#[ignore = "measures, in a release build only"]
async fn pages_of_a_million_users() {
    let (_folder, db) = database();
    let start = Instant::now();
    let organization = fill(&db, 1_000_000).await;
    println!("import of 1,000,000: {:?}", start.elapsed());
    for sort in [
        UsersSort::Added,
        UsersSort::Name,
        UsersSort::Address,
        UsersSort::SyncAccess,
        UsersSort::LastVerdict,
    ] {
        let query = UsersQuery {
            organization: Some(organization),
            filter: UsersFilter::default(),
            sort,
            direction: SortDirection::Ascending,
            offset: 0,
            limit: 100,
        };
        let took = measure(&db, move |tx| users::page(tx, &query)).await;
        println!("first page of 1,000,000 by {sort:?}: {took:?}");
        assert!(percentile(took) < Duration::from_millis(100));
    }
    let took = measure(&db, move |tx| organizations::show(tx, organization)).await;
    println!("organization with counts: {took:?}");
    let took = measure(&db, move |tx| users::domains(tx, organization, 5)).await;
    println!("domains: {took:?}");
}

#[tokio::test]
#[ignore = "measures, in a release build only"]
async fn results_of_fifty_thousand() {
    let (_folder, db) = database();
    let organization = fill(&db, 50_000).await;
    let start = Instant::now();
    let run = write(&db, move |tx| {
        let run = runs::create(tx, &new_run("run-1", Some(organization)))?;
        run_results::add_from_users(tx, run, 0, organization, &Selection::All, IdentifyBy::Smtp)?;
        Ok(run)
    })
    .await;
    println!("adding 50,000 rows: {:?}", start.elapsed());
    let start = Instant::now();
    for first in (0..50_000).step_by(500) {
        write(&db, move |tx| {
            let outcomes: Vec<_> = (first..first + 500_i64)
                .map(|seq| {
                    let mut key = [0; 16];
                    key[..8].copy_from_slice(&seq.to_le_bytes());
                    let verdict = if seq % 100 == 0 {
                        Verdict::Refused
                    } else {
                        Verdict::Granted
                    };
                    run_results::Outcome {
                        folder_key: Some(key),
                        ..outcome(seq, verdict)
                    }
                })
                .collect();
            run_results::record(tx, run, &outcomes)
        })
        .await;
    }
    println!("recording 50,000 in 100 writes: {:?}", start.elapsed());
    let took = measure(&db, move |tx| run_results::summary(tx, run)).await;
    println!("summary: {took:?}");
    let mut all = Vec::new();
    for sort in [
        ResultsSort::Listed,
        ResultsSort::Name,
        ResultsSort::Mailbox,
        ResultsSort::Verdict,
        ResultsSort::Cause,
        ResultsSort::Latency,
        ResultsSort::CheckedAt,
    ] {
        for (search, findings_only, verdict) in [
            (None, false, None),
            (Some("99"), false, None),
            (None, true, None),
            (None, false, Some(Verdict::Granted)),
        ] {
            let query = ResultsQuery {
                run: RunId("run-1".to_owned()),
                search: search.map(str::to_owned),
                verdict,
                cause: None,
                findings_only,
                sort,
                direction: SortDirection::Descending,
                offset: 0,
                limit: 100,
            };
            let took = measure(&db, move |tx| run_results::page(tx, &query)).await;
            if took[2] > Duration::from_millis(25) {
                println!("{took:?} {sort:?} {search:?} {findings_only} {verdict:?}");
            }
            all.extend(took);
        }
    }
    let worst = percentile(all);
    println!("pages of 50,000 results, 95th percentile: {worst:?}");
    let start = Instant::now();
    write(&db, move |tx| {
        run_results::apply_to_users(tx, run, organization, NOW)
    })
    .await;
    println!("applying: {:?}", start.elapsed());
    assert!(worst < Duration::from_millis(50), "{worst:?}");
}
