//! Opening the data folder, and what is said when it cannot be.

use std::fs;
use std::sync::Arc;

use contract::{
    CheckPassword, Code, OrganizationRef, OrganizationsQuery, ResumeRun, RunId, RunState, Settings,
};
use engine::{Engine, Options, VaultChoice};

use crate::support::{NOW, TestVault, World, form, no_args, options, save, store_password};

#[tokio::test]
async fn a_new_folder_has_the_default_organization() {
    let world = World::new().await;
    let rows = world
        .engine
        .organizations_list(OrganizationsQuery::default())
        .await
        .expect("listed");
    let names: Vec<(&str, bool)> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.is_default))
        .collect();
    assert_eq!(names, [("Default Organization", true)]);
    let state = world.engine.app_state(no_args()).await.expect("a state");
    assert_eq!(state.data_dir, world.data().display().to_string());
    assert!(state.key_store.available && state.practice.is_none() && !state.settings.work_offline);
}

#[tokio::test]
async fn a_second_window_is_refused_but_not_the_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Arc::new(TestVault::default());
    let window = || Options {
        exclusive: true,
        ..options(folder.path(), &vault, NOW)
    };
    let first = Engine::open(window()).await.expect("opens");
    let problem = Engine::open(window()).await.expect_err("taken");
    assert_eq!(problem.code, Code::DataFolder);
    assert_eq!(
        problem.message,
        "Understudy is already running on this data folder."
    );
    assert!(
        problem.hint.is_some_and(|hint| hint.contains("--data-dir")),
        "it says what to do"
    );
    Engine::open(options(folder.path(), &vault, NOW))
        .await
        .expect("the command line runs beside it");
    drop(first);
    Engine::open(window()).await.expect("free again");
}

#[tokio::test]
async fn a_newer_database_is_left_untouched() {
    let world = World::new().await;
    let (folder, vault) = (world.folder, world.vault);
    drop(world.engine);
    let path = folder.path().join("data/understudy.db");
    // The user_version stands at byte 60 (<https://www.sqlite.org/fileformat.html> §1.3).
    let mut bytes = fs::read(&path).expect("readable");
    bytes[60..64].copy_from_slice(&900_u32.to_be_bytes());
    fs::write(&path, &bytes).expect("writable");
    let problem = Engine::open(options(folder.path(), &vault, NOW))
        .await
        .expect_err("newer");
    assert_eq!(problem.code, Code::NewerDatabase);
    assert!(
        problem.message.contains("900") && problem.hint.is_some(),
        "{problem:?}"
    );
    assert_eq!(
        fs::read(&path).expect("readable"),
        bytes,
        "not a byte was changed"
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("data");
    fs::write(&file, "a file").expect("writable");
    for exclusive in [false, true] {
        let vault = Arc::new(TestVault::default());
        let options = Options {
            exclusive,
            ..options(folder.path(), &vault, NOW)
        };
        let problem = Engine::open(options)
            .await
            .expect_err("a file is no folder");
        assert_eq!(problem.code, Code::DataFolder);
        assert!(
            problem.message.contains(&file.display().to_string()),
            "{}",
            problem.message
        );
    }
    assert_eq!(fs::read_to_string(&file).expect("readable"), "a file");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    // Holds for root too, unlike permissions.
    let options = Options {
        data_dir: Some("/proc/understudy".into()),
        vault: VaultChoice::Memory,
        exclusive: true,
        ..Options::default()
    };
    let problem = Engine::open(options).await.expect_err("not writable");
    assert_eq!(problem.code, Code::DataFolder);
    assert!(
        problem.message.contains("/proc/understudy") && problem.hint.is_some(),
        "{problem:?}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data/understudy.db");
    fs::create_dir_all(path.parent().expect("a parent")).expect("made");
    fs::write(
        &path,
        "this is not a database, it only has its name".repeat(50),
    )
    .expect("written");
    let problem = Engine::open(options(folder.path(), &Arc::default(), NOW))
        .await
        .expect_err("no database");
    assert_eq!(problem.code, Code::DataFolder);
    assert!(
        problem.message.contains("understudy.db"),
        "{}",
        problem.message
    );
}

#[tokio::test]
async fn a_run_that_no_process_holds_is_interrupted() {
    let world = World::new().await;
    let id = world.default_organization().await;
    world
        .engine
        .email_configuration_save(save(id, form(), store_password("x")))
        .await
        .expect("saved");
    world.finished_run(id, "0198-run", &[]).await;
    let resume = |tx: &store::Tx<'_>| {
        let number = store::runs::number(tx, &RunId("0198-run".into()))?
            .ok_or(store::StoreError::NotFound)?;
        store::runs::update_header(tx, number, &store::runs::RunHeader::default())
    };
    world.db().write(resume).await.expect("there");
    let state = |world: &World| {
        let db = world.db();
        async move {
            let run = |tx: &store::Tx<'_>| store::runs::show(tx, &RunId("0198-new".into()));
            db.read(run)
                .await
                .expect("readable")
                .map(|run| run.row.state)
        }
    };
    let start = move |tx: &store::Tx<'_>| {
        let run = store::runs::NewRun {
            id: RunId("0198-new".into()),
            organization: Some(id),
            organization_name: None,
            started_at: NOW.into(),
            ews_url: String::new(),
            account: String::new(),
            auth: String::new(),
            scope: "all".into(),
            fingerprint: String::new(),
            draft: false,
            options: serde_json::Value::Null,
        };
        store::runs::create(tx, &run)
    };
    world.db().write(start).await.expect("started");
    // Another process holds it.
    let locks = world.data().join("runs");
    fs::create_dir_all(&locks).expect("made");
    let lock = fs::File::create(locks.join("0198-new.lock")).expect("made");
    lock.lock().expect("locked");
    let world = world.reopen(NOW).await;
    assert_eq!(
        state(&world).await,
        Some(RunState::Running),
        "it goes on elsewhere"
    );
    drop(lock);
    let world = world.reopen(NOW).await;
    assert_eq!(state(&world).await, Some(RunState::Interrupted));
    assert!(!locks.join("0198-new.lock").exists(), "no litter");
}

#[tokio::test]
async fn what_was_deleted_is_purged_after_thirty_days() {
    let world = World::new().await;
    let id = world.organization("Fabrikam").await.id;
    world.user(id, "anna@fabrikam.com").await;
    let removed = world
        .engine
        .organization_remove(OrganizationRef { organization: id })
        .await
        .expect("removed");
    let undo = contract::Undo {
        activity: removed.undo,
    };
    let world = world.reopen("2026-12-21T12:00:00Z").await;
    world
        .engine
        .activity_undo(undo)
        .await
        .expect("29 days later it can be restored");
    world
        .engine
        .organization_remove(OrganizationRef { organization: id })
        .await
        .expect("removed again");
    let world = world.reopen("2027-01-25T12:00:00Z").await;
    let rows = world
        .db()
        .read(store::users::counts_of_all)
        .await
        .expect("counted");
    assert_eq!(rows.users, 0);
    let problem = world
        .engine
        .organization_show(OrganizationRef { organization: id })
        .await
        .expect_err("gone");
    assert_eq!(problem.code, Code::NotFound);
}

#[tokio::test]
async fn a_temporary_engine_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        data_dir: Some(folder.path().join("never")),
        vault: VaultChoice::Memory,
        ..Options::default()
    };
    let engine = Engine::temporary(options).await.expect("opens");
    let rows = engine
        .organizations_list(OrganizationsQuery::default())
        .await
        .expect("listed");
    assert_eq!(rows.len(), 1);
    assert!(!folder.path().join("never").exists());
    assert_eq!(
        engine.app_state(no_args()).await.expect("a state").data_dir,
        ""
    );
}

#[tokio::test]
async fn organizations_are_found_by_name_or_external_id() {
    let world = World::new().await;
    let id = world.organization("Contoso EU").await.id;
    for text in ["contoso eu", "CONTOSO-EU", " Contoso EU "] {
        assert_eq!(
            world
                .engine
                .find_organization(text)
                .await
                .expect("found")
                .id,
            id,
            "{text}"
        );
    }
    let problem = world
        .engine
        .find_organization("nobody")
        .await
        .expect_err("not there");
    assert_eq!(problem.code, Code::NotFound);
}

#[tokio::test]
async fn working_offline_nothing_is_gone_on_with() {
    let world = World::new().await;
    let state = world.engine.app_state(no_args()).await.expect("a state");
    let offline = Settings {
        work_offline: true,
        ..state.settings
    };
    world.engine.settings_save(offline).await.expect("saved");
    let resume = ResumeRun {
        run: RunId("any".to_owned()),
        password: CheckPassword::Stored,
        send_again: false,
        proxy_password: None,
        app_credential: None,
    };
    let problem = world.engine.run_resume(resume).await.expect_err("offline");
    assert_eq!(problem.code, Code::Offline);
}
