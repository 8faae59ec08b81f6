//! Pages of lists so long that a page is walked to instead of sorted: the same rows either way.

use std::cmp::Ordering;

use contract::{
    MailboxLocation, OrganizationId, SortDirection, UserId, UserRow, UsersFilter, UsersQuery,
    UsersSort,
};
use store::users::NewUser;
use store::{Db, organizations, users};

use crate::support::{NOW, database, new_organization, read, user, write};

/// Of both organizations together; more than are ever sorted by the page.
const USERS: u32 = 12_000;
const SORTS: [UsersSort; 6] = [
    UsersSort::Added,
    UsersSort::Name,
    UsersSort::Address,
    UsersSort::SyncAccess,
    UsersSort::LastChecked,
    UsersSort::LastVerdict,
];
const DIRECTIONS: [SortDirection; 2] = [SortDirection::Ascending, SortDirection::Descending];

async fn fill(db: &Db) -> OrganizationId {
    write(db, |tx| {
        let first = organizations::add(tx, &new_organization("First"), NOW)?;
        let second = organizations::add(tx, &new_organization("Second"), NOW)?;
        for (organization, of) in [(first, 0..USERS - 500), (second, USERS - 500..USERS)] {
            let list: Vec<NewUser> = of.map(person).collect();
            users::import(tx, organization, &list, NOW)?;
        }
        Ok(first)
    })
    .await
}

fn person(number: u32) -> NewUser {
    let mixed = number.wrapping_mul(2_654_435_761);
    NewUser {
        name: format!("Name {}", mixed % 100),
        must_refuse: number.is_multiple_of(50),
        location: if number.is_multiple_of(20) {
            MailboxLocation::OnPremises
        } else {
            MailboxLocation::Unknown
        },
        ..user(&format!("user{mixed}@contoso.com"))
    }
}

fn compare(a: &UserRow, b: &UserRow, sort: UsersSort) -> Ordering {
    let by_sort = match sort {
        UsersSort::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        UsersSort::Address => a.address.cmp(&b.address),
        // Nobody was checked or activated.
        _ => Ordering::Equal,
    };
    by_sort.then(a.id.0.cmp(&b.id.0))
}

fn filters() -> Vec<UsersFilter> {
    vec![
        UsersFilter::default(),
        UsersFilter {
            search: Some("USER".to_owned()),
            ..UsersFilter::default()
        },
        UsersFilter {
            search: Some("77".to_owned()),
            ..UsersFilter::default()
        },
        UsersFilter {
            must_refuse: Some(true),
            ..UsersFilter::default()
        },
        UsersFilter {
            location: Some(MailboxLocation::Unknown),
            synchronization_disabled: Some(false),
            ..UsersFilter::default()
        },
        UsersFilter {
            search: Some("nobody".to_owned()),
            ..UsersFilter::default()
        },
    ]
}

fn matches(row: &UserRow, filter: &UsersFilter) -> bool {
    let search = filter.search.as_deref().unwrap_or_default().to_lowercase();
    (row.address.contains(&search) || row.name.to_lowercase().contains(&search))
        && filter
            .must_refuse
            .is_none_or(|wanted| row.must_refuse == wanted)
        && filter.location.is_none_or(|wanted| row.location == wanted)
}

#[tokio::test]
async fn every_page_holds_the_rows_of_its_place() {
    let (_folder, db) = database();
    let first = fill(&db).await;
    for organization in [Some(first), None] {
        let all = read(&db, move |tx| {
            users::each(
                tx,
                organization,
                &UsersFilter::default(),
                UserId(0),
                u64::from(USERS),
            )
        })
        .await;
        for filter in filters() {
            let mut expected: Vec<_> = all.iter().filter(|row| matches(row, &filter)).collect();
            for (sort, direction) in SORTS.into_iter().flat_map(|s| DIRECTIONS.map(|d| (s, d))) {
                expected.sort_by(|a, b| match direction {
                    SortDirection::Ascending => compare(a, b, sort),
                    SortDirection::Descending => compare(b, a, sort),
                });
                let total = expected.len();
                for offset in [
                    0,
                    total / 2,
                    total * 3 / 4,
                    total.saturating_sub(3),
                    total + 5,
                ] {
                    let query = UsersQuery {
                        organization,
                        filter: filter.clone(),
                        sort,
                        direction,
                        offset: offset as u64,
                        limit: 7,
                    };
                    let told = format!("{query:?}");
                    let page = read(&db, move |tx| users::page(tx, &query)).await;
                    assert_eq!(
                        (page.total, page.unfiltered),
                        (total as u64, all.len() as u64)
                    );
                    let ids = |rows: &[&UserRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
                    let place = offset.min(total)..(offset + 7).min(total);
                    let rows: Vec<_> = page.rows.iter().collect();
                    assert_eq!(ids(&rows), ids(&expected[place]), "{told}");
                }
            }
        }
    }
}
