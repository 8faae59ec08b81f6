//! Pages of users and of results in every order, with filters, at the start, in the middle, at the end.

use contract::{
    OrganizationId, ResultsQuery, ResultsSort, RunsQuery, SortDirection, SyncAccess, UsersFilter,
    UsersQuery, UsersSort, Verdict,
};
use engine::Engine;

use crate::measure::Bar;
use crate::said;

/// Rows of a page, as the window asks for them.
const ROWS: u64 = 100;
/// Rounds; the first warms the caches and counts too.
const ROUNDS: u32 = 2;
/// Milliseconds a page may take: 95 in 100.
const BAR: u64 = 50;

const DIRECTIONS: [SortDirection; 2] = [SortDirection::Ascending, SortDirection::Descending];

/// The first page of all users, as they were added.
pub(crate) fn first_page() -> UsersQuery {
    UsersQuery {
        organization: None,
        filter: UsersFilter::default(),
        sort: UsersSort::Added,
        direction: SortDirection::Ascending,
        offset: 0,
        limit: ROWS,
    }
}

/// Pages of the users of one organization, and of all.
pub(crate) async fn users(
    engine: &Engine,
    organization: OrganizationId,
    users: u32,
) -> Result<bool, String> {
    let mut reached = true;
    for (name, organization) in [("one organization", Some(organization)), ("all", None)] {
        let mut clicks = Bar::new(format!("{users} users of {name}: sort or filter"), BAR);
        let mut scrolls = Bar::new(format!("{users} users of {name}: deep inside"), BAR);
        for _ in 0..ROUNDS {
            for (told, filter) in users_filters() {
                for (sort, direction) in user_orders() {
                    let query = UsersQuery {
                        organization,
                        filter: filter.clone(),
                        sort,
                        direction,
                        ..first_page()
                    };
                    let what = |at: &str| format!("{told} by {sort:?} {direction:?}, {at}");
                    let page = clicks.time(engine.users_page(query.clone())).await?;
                    clicks.name_last(|| what("first page"));
                    for offset in [page.total / 2, page.total.saturating_sub(ROWS)] {
                        scrolls
                            .time(engine.users_page(UsersQuery {
                                offset,
                                ..query.clone()
                            }))
                            .await?;
                        scrolls.name_last(|| what("deep inside"));
                    }
                }
            }
        }
        reached &= clicks.tell();
        reached &= scrolls.tell();
    }
    Ok(reached)
}

/// Pages of the newest run.
pub(crate) async fn results(engine: &Engine) -> Result<bool, String> {
    let runs = engine
        .runs_list(RunsQuery {
            organization: None,
            limit: 1,
        })
        .await
        .map_err(said)?;
    let Some(run) = runs.first() else {
        return Err("there is no run".to_owned());
    };
    let rows = run.summary.total;
    let mut clicks = Bar::new(format!("{rows} results: sort or filter"), BAR);
    let mut scrolls = Bar::new(format!("{rows} results: deep inside"), BAR);
    for _ in 0..ROUNDS {
        for (search, findings_only, verdict) in results_filters() {
            for sort in RESULT_SORTS {
                for direction in DIRECTIONS {
                    let query = ResultsQuery {
                        run: run.id.clone(),
                        search: search.map(str::to_owned),
                        verdict,
                        cause: None,
                        findings_only,
                        sort,
                        direction,
                        offset: 0,
                        limit: ROWS,
                    };
                    let what = |at: &str| {
                        format!(
                            "{search:?} {findings_only} {verdict:?} by {sort:?} {direction:?}, {at}"
                        )
                    };
                    let page = clicks.time(engine.results_page(query.clone())).await?;
                    clicks.name_last(|| what("first page"));
                    for offset in [page.total / 2, page.total.saturating_sub(ROWS)] {
                        scrolls
                            .time(engine.results_page(ResultsQuery {
                                offset,
                                ..query.clone()
                            }))
                            .await?;
                        scrolls.name_last(|| what("deep inside"));
                    }
                }
            }
        }
    }
    let clicks = clicks.tell();
    Ok(scrolls.tell() && clicks)
}

fn user_orders() -> impl Iterator<Item = (UsersSort, SortDirection)> {
    use UsersSort::{Added, Address, LastChecked, LastVerdict, Name, SyncAccess};
    [Added, Name, Address, SyncAccess, LastChecked, LastVerdict]
        .into_iter()
        .flat_map(|sort| DIRECTIONS.map(|direction| (sort, direction)))
}

fn users_filters() -> Vec<(&'static str, UsersFilter)> {
    let none = UsersFilter::default;
    let search = |text: &str| UsersFilter {
        search: Some(text.to_owned()),
        ..none()
    };
    vec![
        ("nobody left out", none()),
        ("search that all match", search("contoso")),
        ("search that some match", search("99")),
        ("search that none match", search("zzz")),
        (
            "active",
            UsersFilter {
                sync_access: Some(SyncAccess::Active),
                ..none()
            },
        ),
        (
            "not activated",
            UsersFilter {
                sync_access: Some(SyncAccess::NotActivated),
                ..none()
            },
        ),
        (
            "granted",
            UsersFilter {
                verdict: Some(Verdict::Granted),
                ..none()
            },
        ),
        (
            "refused",
            UsersFilter {
                verdict: Some(Verdict::Refused),
                ..none()
            },
        ),
        (
            "canaries",
            UsersFilter {
                must_refuse: Some(true),
                ..none()
            },
        ),
        (
            "no canaries",
            UsersFilter {
                must_refuse: Some(false),
                ..none()
            },
        ),
        (
            "active and granted",
            UsersFilter {
                sync_access: Some(SyncAccess::Active),
                verdict: Some(Verdict::Granted),
                ..none()
            },
        ),
    ]
}

const RESULT_SORTS: [ResultsSort; 7] = [
    ResultsSort::Listed,
    ResultsSort::Name,
    ResultsSort::Mailbox,
    ResultsSort::Verdict,
    ResultsSort::Cause,
    ResultsSort::Latency,
    ResultsSort::CheckedAt,
];

const fn results_filters() -> [(Option<&'static str>, bool, Option<Verdict>); 6] {
    [
        (None, false, None),
        (Some("contoso"), false, None),
        (Some("99"), false, None),
        (None, true, None),
        (None, false, Some(Verdict::Granted)),
        (None, false, Some(Verdict::Refused)),
    ]
}
