//! Hosts that may be sent the password.

use store::confirmed_hosts::{self, ConfirmedHost};
use store::{StoreError, organizations};

use crate::support::{LATER, NOW, database, read, write};

fn host(host: &str, sha256: &str, at: &str) -> ConfirmedHost {
    ConfirmedHost {
        host: host.to_owned(),
        sha256: sha256.to_owned(),
        confirmed_at: at.to_owned(),
    }
}

#[tokio::test]
async fn a_host_is_confirmed_once_with_its_newest_certificate() {
    let (_folder, db) = database();
    let organization = write(&db, |tx| organizations::ensure_default(tx, NOW)).await;
    write(&db, move |tx| {
        confirmed_hosts::confirm(tx, organization, &host("Mail.contoso.com", "aa", NOW))?;
        confirmed_hosts::confirm(
            tx,
            organization,
            &host("autodiscover.contoso.com", "BB", NOW),
        )?;
        confirmed_hosts::confirm(tx, organization, &host("mail.contoso.com", "CC", LATER))
    })
    .await;
    let known = read(&db, move |tx| confirmed_hosts::list(tx, organization)).await;
    assert_eq!(
        known,
        [
            host("autodiscover.contoso.com", "BB", NOW),
            host("mail.contoso.com", "CC", LATER)
        ]
    );
    let forgotten = write(&db, move |tx| confirmed_hosts::forget(tx, organization)).await;
    let left = read(&db, move |tx| confirmed_hosts::list(tx, organization)).await;
    assert_eq!((forgotten, left), (2, Vec::new()));
}

#[tokio::test]
async fn nobody_confirms_for_an_organization_that_is_gone() {
    let (_folder, db) = database();
    let nobody = contract::OrganizationId(4_711);
    let refused = db
        .write(move |tx| confirmed_hosts::confirm(tx, nobody, &host("a", "AA", NOW)))
        .await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
}
