//! Saving applies the results of a run with just these settings; other settings need renewal.

use contract::{EmailConfigurationForm, OrganizationRef, PasswordChange, SyncAccess, Verdict};

use crate::support::{World, form, save, store_password};

#[tokio::test]
async fn saving_applies_the_run_with_these_settings_and_no_other() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    for name in ["anna", "ben", "carl"] {
        world.user(id, &format!("{name}@contoso.com")).await;
    }
    let saved = world
        .engine
        .email_configuration_save(save(id, form(), store_password("one")))
        .await
        .expect("saved");
    assert!(saved.applied_run.is_none(), "saved, never checked");
    world
        .finished_run(
            id,
            "r1",
            &[
                ("anna@contoso.com", Verdict::Granted),
                ("ben@contoso.com", Verdict::Refused),
                ("carl@contoso.com", Verdict::Undetermined),
            ],
        )
        .await;
    let shown = world
        .engine
        .email_configuration_show(OrganizationRef { organization: id })
        .await
        .expect("shown");
    assert!(
        shown.last_run_matches
            && shown.waiting_run == shown.last_run
            && shown.waiting_run.is_some()
    );
    // Another URL: the run does not prove it.
    let other = EmailConfigurationForm {
        ews_url: "https://ews.contoso.com/EWS/Exchange.asmx".into(),
        ..form()
    };
    let saved = world
        .engine
        .email_configuration_save(save(id, other, PasswordChange::Keep))
        .await
        .expect("saved");
    assert_eq!((saved.activated, saved.applied_run.is_some()), (0, false));
    let saved = world
        .engine
        .email_configuration_save(save(id, form(), PasswordChange::Keep))
        .await
        .expect("back");
    assert_eq!(
        (
            saved.activated,
            saved.renewed,
            saved.failed,
            saved.unchanged
        ),
        (1, 0, 1, 1)
    );
    let access: Vec<SyncAccess> = world
        .users(id)
        .await
        .rows
        .iter()
        .map(|row| row.sync_access)
        .collect();
    assert_eq!(
        access,
        [
            SyncAccess::Active,
            SyncAccess::Failed,
            SyncAccess::NotActivated
        ]
    );
    assert_eq!(world.kinds().await[0], "activated");
    let saved = world
        .engine
        .email_configuration_save(save(id, form(), PasswordChange::Keep))
        .await
        .expect("again");
    assert!(saved.applied_run.is_none(), "a run is applied once");
}

#[tokio::test]
async fn changed_settings_need_renewal_and_a_new_run_gives_it() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    for name in ["anna", "ben"] {
        world.user(id, &format!("{name}@contoso.com")).await;
    }
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("one")))
        .await
        .expect("saved");
    world
        .finished_run(
            id,
            "r1",
            &[
                ("anna@contoso.com", Verdict::Granted),
                ("ben@contoso.com", Verdict::Granted),
            ],
        )
        .await;
    world
        .engine
        .email_configuration_save(save(id, form(), PasswordChange::Keep))
        .await
        .expect("applied");
    let same = world
        .engine
        .email_configuration_save(save(id, form(), store_password("one")))
        .await
        .expect("saved");
    assert_eq!(
        same.needs_renewal, 0,
        "the same password again changes nothing"
    );
    let saved = world
        .engine
        .email_configuration_save(save(id, form(), store_password("two")))
        .await
        .expect("saved");
    assert_eq!(saved.needs_renewal, 2, "a new password");
    assert!(!saved.configuration.last_run_matches);
    world
        .finished_run(id, "r2", &[("anna@contoso.com", Verdict::Granted)])
        .await;
    let saved = world
        .engine
        .email_configuration_save(save(id, form(), PasswordChange::Keep))
        .await
        .expect("applied");
    assert_eq!((saved.activated, saved.renewed), (0, 1));
    let access: Vec<SyncAccess> = world
        .users(id)
        .await
        .rows
        .iter()
        .map(|row| row.sync_access)
        .collect();
    assert_eq!(access, [SyncAccess::Active, SyncAccess::NeedsRenewal]);
}
