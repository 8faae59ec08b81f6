//! Runs: header, end, history, and what a killed process leaves.

use contract::{
    Cause, CertificateInfo, EmailConfigurationForm, RunId, RunState, RunsQuery, Step, StepStatus,
    Summary, Verdict,
};
use store::runs::{NewRun, RunFinish, RunHeader, RunNumber};
use store::{StoreError, email_configurations, run_results, runs};

use crate::support::{
    LATER, NOW, contoso, database, new_run, outcome, read, rows_of, run_over, write,
};

fn finish(state: RunState) -> RunFinish {
    RunFinish {
        state,
        cause: None,
        message: None,
        finished_at: LATER.to_owned(),
        summary: Summary {
            total: 3,
            requests: 4,
            ..Summary::default()
        },
        steps: Vec::new(),
        warnings: vec!["Scope not proven.".to_owned()],
    }
}

#[tokio::test]
async fn a_run_keeps_what_it_was_told() {
    let (_folder, db) = database();
    let step = Step {
        id: "dns".to_owned(),
        status: StepStatus::Pass,
        cause: None,
        message: "resolves".to_owned(),
        elapsed_ms: Some(3),
        title: "Name resolves".to_owned(),
        blame: None,
        next: None,
        evidence: vec!["one line".to_owned()],
    };
    let header = RunHeader {
        auth: Some("ntlm".to_owned()),
        server_version: Some("15.2.2562.17".to_owned()),
        certificates: Some(vec![CertificateInfo {
            subject: "CN=mail".to_owned(),
            ..CertificateInfo::default()
        }]),
        offered: Some(vec!["NTLM".to_owned()]),
        ..RunHeader::default()
    };
    let stopped = RunFinish {
        cause: Some(Cause::AuthLost),
        message: Some("The password changed.".to_owned()),
        steps: vec![step.clone()],
        ..finish(RunState::Stopped)
    };
    let (number, shown) = write(&db, move |tx| {
        let number = runs::create(tx, &new_run("run-1", None))?;
        runs::update_header(tx, number, &header)?;
        let steps = RunHeader {
            steps: Some(vec![]),
            ..RunHeader::default()
        };
        runs::update_header(tx, number, &steps)?;
        runs::finish(tx, number, &stopped)?;
        Ok((number, runs::show(tx, &RunId("run-1".to_owned()))?))
    })
    .await;
    let run = shown.expect("it is there");
    assert_eq!((number, run.number()), (RunNumber(1), RunNumber(1)));
    assert_eq!(
        (run.row.state, run.row.cause),
        (RunState::Stopped, Some(Cause::AuthLost))
    );
    assert_eq!(run.row.auth, "ntlm");
    assert_eq!(run.row.server_version.as_deref(), Some("15.2.2562.17"));
    assert_eq!(
        run.certificates[0].subject, "CN=mail",
        "what is left out stays"
    );
    assert_eq!(
        (run.offered, run.steps),
        (vec!["NTLM".to_owned()], vec![step])
    );
    assert_eq!(run.row.warnings, ["Scope not proven."]);
    assert_eq!(run.row.summary.requests, 4);
    assert_eq!(run.options, serde_json::json!({ "folders": ["inbox"] }));
}

#[tokio::test]
async fn history_is_newest_first_and_marks_old_settings() {
    let (_folder, db) = database();
    let (organization, _) = contoso(&db, &[]).await;
    write(&db, move |tx| {
        for (id, fingerprint) in [("a", "one"), ("b", "two"), ("c", "one")] {
            let run = NewRun {
                fingerprint: fingerprint.to_owned(),
                ..new_run(id, Some(organization))
            };
            let number = runs::create(tx, &run)?;
            runs::finish(tx, number, &finish(RunState::Complete))?;
        }
        runs::create(tx, &new_run("audit", None))
    })
    .await;
    let list = |organization, limit| {
        let db = db.clone();
        async move {
            read(&db, move |tx| {
                runs::list(
                    tx,
                    &RunsQuery {
                        organization,
                        limit,
                    },
                )
            })
            .await
            .into_iter()
            .map(|run| format!("{}{}", run.id, if run.old_settings { " old" } else { "" }))
            .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        list(None, 0).await,
        ["audit", "c", "b", "a"],
        "nothing saved: nothing is old"
    );
    write(&db, move |tx| {
        email_configurations::save(
            tx,
            organization,
            &EmailConfigurationForm::default(),
            "two",
            NOW,
        )
    })
    .await;
    assert_eq!(list(Some(organization), 2).await, ["c old", "b"]);
    read(&db, move |tx| {
        assert_eq!(
            runs::latest(tx, Some(organization))?,
            Some(RunId("c".to_owned()))
        );
        assert_eq!(runs::latest(tx, None)?, Some(RunId("audit".to_owned())));
        assert_eq!(
            runs::waiting(tx, organization, "one")?,
            Some(RunId("c".to_owned()))
        );
        assert_eq!(runs::waiting(tx, organization, "three")?, None);
        assert_eq!(runs::running(tx, organization)?, []);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_run_takes_its_results_along() {
    let (_folder, db) = database();
    let run = run_over(&db, &["a@x.com"]).await;
    write(&db, |tx| runs::remove(tx, &RunId("run-1".to_owned()))).await;
    assert_eq!(read(&db, move |tx| rows_of(tx, run, -1, 10)).await, []);
    let again = db
        .write(|tx| runs::remove(tx, &RunId("run-1".to_owned())))
        .await;
    assert!(matches!(again, Err(StoreError::NotFound)));
    let next = write(&db, |tx| runs::create(tx, &new_run("run-2", None))).await;
    assert_eq!(next, RunNumber(2), "numbers are not used twice");
    let twice = db
        .write(|tx| runs::create(tx, &new_run("run-2", None)))
        .await;
    assert!(matches!(twice, Err(StoreError::Taken { .. })), "{twice:?}");
}

#[tokio::test]
async fn a_killed_run_is_interrupted_and_can_go_on() {
    let (_folder, db) = database();
    let run = run_over(&db, &["a@x.com", "b@x.com"]).await;
    write(&db, move |tx| {
        run_results::record(tx, run, &[outcome(0, Verdict::Granted)])?;
        let summary = Summary {
            requests: 7,
            ..Summary::default()
        };
        runs::update_header(
            tx,
            run,
            &RunHeader {
                summary: Some(summary),
                ..RunHeader::default()
            },
        )?;
        runs::create(tx, &new_run("mine", None))?;
        let done = runs::create(tx, &new_run("done", None))?;
        runs::finish(tx, done, &finish(RunState::Complete))
    })
    .await;
    let marked = write(&db, |tx| {
        runs::mark_interrupted(tx, &[RunId("mine".to_owned())])
    })
    .await;
    assert_eq!(marked, [RunId("run-1".to_owned())]);
    let state = |id: &str| {
        let (db, id) = (db.clone(), RunId(id.to_owned()));
        async move {
            read(&db, move |tx| runs::show(tx, &id))
                .await
                .expect("it is there")
                .row
        }
    };
    let row = state("run-1").await;
    assert_eq!(row.state, RunState::Interrupted);
    assert_eq!(
        (row.summary.total, row.summary.granted, row.summary.requests),
        (2, 1, 7),
        "counted from what is saved"
    );
    assert_eq!(state("mine").await.state, RunState::Running);
    assert_eq!(state("done").await.state, RunState::Complete);

    write(&db, move |tx| runs::resume(tx, run)).await;
    assert_eq!(state("run-1").await.state, RunState::Running);
    let twice = db.write(move |tx| runs::resume(tx, run)).await;
    assert!(
        matches!(twice, Err(StoreError::NotFound)),
        "a running run cannot be resumed"
    );
}
