//! Organizations: what is accepted, what is refused, and that a refusal changes nothing.

use contract::{
    AddOrganization, Code, DuplicateOrganization, EditOrganization, OrganizationRef,
    OrganizationSettings, OrganizationsQuery, Platform, SaveOrganizationSettings, SetEnabled, Undo,
    Verdict,
};

use crate::support::{World, form, new_organization, no_args, refused, save, store_password};

#[tokio::test]
async fn names_and_external_ids_are_unique_and_refused_in_the_words_of_the_panel() {
    let world = World::new().await;
    world.organization("Contoso").await;
    let with_id = |name: &str, id: &str| AddOrganization {
        external_id: Some(id.to_owned()),
        ..new_organization(name)
    };
    for (request, code, message, field) in [
        (
            new_organization(" "),
            Code::Invalid,
            "Enter a name.",
            "name",
        ),
        (
            new_organization(&"x".repeat(121)),
            Code::Invalid,
            "Use at most 120 characters.",
            "name",
        ),
        (
            new_organization("CONTOSO"),
            Code::Taken,
            "An organization named \"Contoso\" already exists.",
            "name",
        ),
        (
            with_id("Other", "contoso"),
            Code::Taken,
            "This External Id belongs to \"Contoso\".",
            "externalId",
        ),
        (
            with_id("Other", "a b"),
            Code::Invalid,
            "Use letters, digits, dot, dash or underscore.",
            "externalId",
        ),
    ] {
        let answer = refused(world.engine.organization_add(request).await);
        assert_eq!(answer, (code, message.to_owned(), Some(field.to_owned())));
    }
    let rows = world
        .engine
        .organizations_list(OrganizationsQuery::default())
        .await
        .expect("listed");
    assert_eq!(rows.len(), 2, "nothing was added");
    assert_eq!(
        world.kinds().await,
        ["organization_created"],
        "and nothing was noted"
    );
}

#[tokio::test]
async fn an_edit_notes_before_and_after() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let edit = EditOrganization {
        organization: id,
        name: Some("Contoso AG".into()),
        platform: Some(Platform::Hybrid),
    };
    let row = world.engine.organization_edit(edit).await.expect("edited");
    assert_eq!(
        (row.name.as_str(), row.platform, row.external_id.as_str()),
        ("Contoso AG", Platform::Hybrid, "contoso")
    );
    let page = world
        .engine
        .activity_page(contract::ActivityQuery::default())
        .await
        .expect("a page");
    assert_eq!(
        page.rows[0].details,
        "Name: \"Contoso\" to \"Contoso AG\". Platform: On-premises to Hybrid."
    );
    let again = EditOrganization {
        organization: id,
        name: Some("Default Organization".into()),
        platform: None,
    };
    assert_eq!(
        refused(world.engine.organization_edit(again).await).0,
        Code::Taken
    );
}

#[tokio::test]
async fn the_default_organization_and_active_users_are_safe_from_deletion() {
    let world = World::new().await;
    let default = world.default_organization().await;
    let answer = refused(
        world
            .engine
            .organization_remove(OrganizationRef {
                organization: default,
            })
            .await,
    );
    assert_eq!(answer.1, "The default organization can't be deleted.");

    let id = world.organization("Contoso").await.id;
    for name in ["anna", "ben"] {
        world.user(id, &format!("{name}@contoso.com")).await;
    }
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("x")))
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
        .email_configuration_save(save(id, form(), contract::PasswordChange::Keep))
        .await
        .expect("applied");
    let reference = OrganizationRef { organization: id };
    let answer = refused(world.engine.organization_remove(reference).await);
    assert_eq!(
        (answer.0, answer.1.as_str()),
        (
            Code::NotAllowed,
            "2 users have sync access. Deactivate them first."
        )
    );
    assert_eq!(
        world.vault.password(id).as_deref(),
        Some("x"),
        "the password stays with the organization"
    );

    let row = world
        .engine
        .organization_deactivate(reference)
        .await
        .expect("deactivated");
    assert_eq!((row.counts.active, row.counts.not_activated), (0, 2));
    let removed = world
        .engine
        .organization_remove(reference)
        .await
        .expect("removed");
    assert_eq!(removed.removed, 2);
    assert_eq!(
        world.vault.password(id),
        None,
        "the password is removed now"
    );

    let done = world
        .engine
        .activity_undo(Undo {
            activity: removed.undo,
        })
        .await
        .expect("restored");
    assert_eq!(
        done.message,
        "Restored \"Contoso\" and its 2 users, without the password."
    );
    let shown = world
        .engine
        .email_configuration_show(reference)
        .await
        .expect("shown");
    assert!(shown.saved && !shown.password.has_password);
    assert!(
        !shown.last_run_matches,
        "what was proven with the old password is not proven any more"
    );
    assert_eq!(
        refused(
            world
                .engine
                .activity_undo(Undo {
                    activity: removed.undo
                })
                .await
        )
        .0,
        Code::NotAllowed
    );
}

#[tokio::test]
async fn a_key_store_that_keeps_the_password_keeps_the_organization() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("x")))
        .await
        .expect("saved");
    world
        .vault
        .refuses
        .store(true, std::sync::atomic::Ordering::SeqCst);
    let answer = refused(
        world
            .engine
            .organization_remove(OrganizationRef { organization: id })
            .await,
    );
    assert_eq!(answer.0, Code::KeyStore);
    world
        .engine
        .organization_show(OrganizationRef { organization: id })
        .await
        .expect("still there");
}

#[tokio::test]
async fn a_copy_has_settings_and_users_but_no_secret_and_no_activation() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    world.user(id, "anna@contoso.com").await;
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("x")))
        .await
        .expect("saved");
    world
        .finished_run(id, "r1", &[("anna@contoso.com", Verdict::Granted)])
        .await;
    world
        .engine
        .email_configuration_save(save(id, form(), contract::PasswordChange::Keep))
        .await
        .expect("applied");
    let copy = |with_users| DuplicateOrganization {
        organization: id,
        name: None,
        with_users,
    };
    let one = world
        .engine
        .organization_duplicate(copy(true))
        .await
        .expect("copied");
    let two = world
        .engine
        .organization_duplicate(copy(false))
        .await
        .expect("copied again");
    assert_eq!(
        (one.name.as_str(), two.name.as_str()),
        ("Contoso (copy)", "Contoso (copy 2)")
    );
    assert_eq!(
        (
            one.external_id.as_str(),
            one.counts.users,
            one.counts.active
        ),
        ("contoso-copy", 1, 0)
    );
    assert_eq!(two.counts.users, 0);
    let shown = world
        .engine
        .email_configuration_show(OrganizationRef {
            organization: one.id,
        })
        .await
        .expect("shown");
    assert_eq!(shown.form, form());
    assert!(
        !shown.password.has_password && shown.last_run.is_none() && shown.waiting_run.is_none()
    );
    assert_eq!(world.vault.password(one.id), None);
}

#[tokio::test]
async fn the_next_step_leads_from_users_to_watching() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let next = || async {
        let page = world
            .engine
            .organization_show(OrganizationRef { organization: id })
            .await
            .expect("shown");
        page.next_step
    };
    assert_eq!(next().await, "add_users");
    world.user(id, "anna@contoso.com").await;
    assert_eq!(next().await, "fill_configuration");
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("x")))
        .await
        .expect("saved");
    assert_eq!(next().await, "check");
    world
        .finished_run(id, "r1", &[("anna@contoso.com", Verdict::Granted)])
        .await;
    assert_eq!(next().await, "save");
    world
        .engine
        .email_configuration_save(save(id, form(), contract::PasswordChange::Keep))
        .await
        .expect("applied");
    assert_eq!(next().await, "watch");
}

#[tokio::test]
async fn settings_and_the_switch_are_kept_and_noted() {
    let world = World::new().await;
    let id = world.organization("Contoso").await.id;
    let row = world
        .engine
        .organization_set_enabled(SetEnabled {
            organization: id,
            enabled: false,
        })
        .await
        .expect("off");
    assert!(!row.enabled);
    let settings = OrganizationSettings {
        concurrency: 27,
        timeout_seconds: 60,
        folders: vec!["inbox".into(), "calendar".into()],
        host_pattern: "ews.{domain}".into(),
        notes: "by hand".into(),
    };
    let save = SaveOrganizationSettings {
        organization: id,
        settings: settings.clone(),
    };
    world
        .engine
        .organization_settings_save(save)
        .await
        .expect("saved");
    let page = world
        .engine
        .organization_show(OrganizationRef { organization: id })
        .await
        .expect("shown");
    assert_eq!(page.settings, settings);
    assert_eq!(
        world.kinds().await,
        [
            "settings_changed",
            "organization_disabled",
            "organization_created"
        ]
    );
    let draft = world
        .engine
        .organization_draft(no_args())
        .await
        .expect("a draft");
    assert_eq!(
        (draft.name.as_str(), draft.external_id.as_str()),
        ("", "organization-1")
    );
}
