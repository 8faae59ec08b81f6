//! What is kept of a sign-in with OAuth.

use contract::OrganizationId;
use store::sealed_secrets::{self, SealedKind};
use store::sign_ins::{self, StoredSignIn};
use store::{Db, StoreError, organizations};

use crate::support::{LATER, NOW, contoso, database, read, write};

fn sign_in() -> StoredSignIn {
    StoredSignIn {
        account: Some("svc@contoso.com".to_owned()),
        tenant: Some("contoso".to_owned()),
        audience: Some("https://mail.contoso.com".to_owned()),
        scopes: vec!["EWS.AccessAsUser.All".to_owned()],
        roles: Vec::new(),
        expires_at: Some(LATER.to_owned()),
        signed_in_at: NOW.to_owned(),
        renewable: true,
        expired: false,
        asked_with: "one".to_owned(),
        accepted: Some("contoso\\svc".to_owned()),
    }
}

async fn sealed(db: &Db, organization: OrganizationId, kind: SealedKind) -> Option<Vec<u8>> {
    read(db, move |tx| sealed_secrets::load(tx, organization, kind)).await
}

#[tokio::test]
async fn a_sign_in_reads_back_and_is_forgotten() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    let kept = write(&db, move |tx| {
        sign_ins::save(
            tx,
            organization,
            &StoredSignIn {
                roles: vec!["old".into()],
                ..sign_in()
            },
        )?;
        sign_ins::save(tx, organization, &sign_in())?;
        sign_ins::load(tx, organization)
    })
    .await;
    assert_eq!(kept, Some(sign_in()), "the newer one stands");
    let kept = write(&db, move |tx| {
        sign_ins::forget(tx, organization)?;
        sign_ins::forget(tx, organization)?;
        sign_ins::load(tx, organization)
    })
    .await;
    assert_eq!(kept, None);
}

#[tokio::test]
async fn each_kind_is_sealed_by_itself() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    write(&db, move |tx| {
        sealed_secrets::store(tx, organization, SealedKind::Tokens, b"one", NOW)?;
        sealed_secrets::store(tx, organization, SealedKind::Tokens, b"two", LATER)?;
        sealed_secrets::store(tx, organization, SealedKind::AppCredential, b"app", NOW)?;
        assert_eq!(sealed_secrets::count(tx, organization)?, 2);
        sealed_secrets::forget(tx, organization, SealedKind::AppCredential)
    })
    .await;
    let tokens = sealed(&db, organization, SealedKind::Tokens).await;
    assert_eq!(tokens.as_deref(), Some(&b"two"[..]));
    assert_eq!(
        sealed(&db, organization, SealedKind::AppCredential).await,
        None
    );
}

#[tokio::test]
async fn nothing_is_kept_for_an_organization_that_is_gone() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    write(&db, move |tx| {
        sign_ins::save(tx, organization, &sign_in())?;
        sealed_secrets::store(tx, organization, SealedKind::Tokens, b"one", NOW)?;
        organizations::soft_delete(tx, organization, NOW)
    })
    .await;
    let tokens = SealedKind::Tokens;
    let late = db
        .write(move |tx| sealed_secrets::store(tx, organization, tokens, b"two", NOW))
        .await;
    assert!(matches!(late, Err(StoreError::NotFound)), "{late:?}");
    let late = db
        .write(move |tx| sign_ins::save(tx, organization, &sign_in()))
        .await;
    assert!(matches!(late, Err(StoreError::NotFound)), "{late:?}");
    write(&db, |tx| organizations::purge(tx, LATER)).await;
    assert_eq!(
        sealed(&db, organization, tokens).await,
        None,
        "purged with it"
    );
    let kept = read(&db, move |tx| sign_ins::load(tx, organization)).await;
    assert_eq!(kept, None, "purged with it");
}
