//! Cause clusters: many rows become few cards, each with one script, one hand-off card and a way to ask
//! its mailboxes again.

use std::collections::{BTreeMap, HashSet};

use contract::{
    AddUser, Authentication, Cause, CauseCard, CheckScope, ClusterRef, Code, IdentifyBy,
    OrganizationsQuery, Remedy, RemedyPurpose, RunId, Secret, TlsTrust,
};
use engine::Engine;
use engine::checks::{Audit, Mailboxes, Plan, ProxyChoice};
use exchange_sim::practice::causes::twelve;
use support::{ACCOUNT, Check, Live, Outcome, PASSWORD, engine, server, start};

use crate::causes::{card, cause_of, checked, meet, no_powershell, of_its_card, of_its_rows};

#[tokio::test]
async fn forty_mailboxes_with_twelve_causes_become_twelve_cards() {
    let case = twelve();
    let engine = engine().await;
    let exchange = start(case.options.clone()).await;
    let run = checked(&case, exchange, &engine).await;
    let mut wrong = Vec::new();
    of_its_rows(&case, &run, &mut |holds, what| {
        if !holds {
            wrong.push(what);
        }
    });
    let mut expected: BTreeMap<Cause, u64> = BTreeMap::new();
    for (_, id) in &case.rows {
        *expected.entry(cause_of(id)).or_default() += 1;
    }
    let told: BTreeMap<Cause, u64> = run
        .page
        .causes
        .iter()
        .map(|card| (card.cause, card.count))
        .collect();
    assert_eq!(told, expected, "one card a cause, with its count");
    for card in &run.page.causes {
        of_its_card(card, &mut |holds, what| {
            if !holds {
                wrong.push(format!("{}: {what}", card.cause));
            }
        });
        handed_off(&engine, &run, card).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Card and script of a cluster: all of its mailboxes, and nothing that changes anything as it stands.
async fn handed_off(engine: &Engine, run: &Outcome, card: &CauseCard) {
    let request = ClusterRef {
        run: run.page.row.id.clone(),
        cause: card.cause,
    };
    let hand_off = engine.hand_off_card(request.clone()).await.expect("a card");
    assert_eq!((hand_off.count, hand_off.blame), (card.count, card.blame));
    assert_eq!(hand_off.remedy, card.remedy);
    for mailbox in &hand_off.mailboxes {
        assert!(hand_off.markdown.contains(mailbox.as_str()), "{mailbox}");
    }
    let script = engine.cluster_script(request).await.expect("a script").text;
    let live: Vec<&str> = script
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    for verb in [
        "Add-", "Set-", "New-", "Remove-", "Enable-", "Disable-", "Mount-", "Restart-",
    ] {
        let changes = live.iter().find(|line| line.contains(verb));
        assert_eq!(
            changes, None,
            "{}: as it stands it changes something",
            card.cause
        );
    }
    let step = Remedy {
        purpose: RemedyPurpose::Look,
        powershell: script,
        note: None,
    };
    assert_eq!(no_powershell(&step), None, "{}", card.cause);
}

#[tokio::test]
async fn a_script_goes_over_every_mailbox_of_its_cause_and_over_no_canary() {
    let mut options = server(45);
    options.accounts[0].role = exchange_sim::Role::Only(HashSet::from([
        "user1@contoso.com".to_owned(),
        "svc-ews@contoso.com".to_owned(),
    ]));
    let exchange = start(options).await;
    let engine = engine().await;
    let run = Check::on(&exchange)
        .list((1..=40).map(|n| format!("user{n}@contoso.com")))
        .canary("user45@contoso.com")
        .with(&engine)
        .run(&exchange)
        .await;
    assert_eq!(
        run.line("user45@contoso.com"),
        "refused impersonation.out_of_scope",
        "as it must be"
    );
    let told = card(&run, Cause::ImpersonationOutOfScope).expect("a card");
    assert_eq!(told.count, 39);
    let add = told
        .remedy
        .iter()
        .find(|step| step.powershell.contains("Add-DistributionGroupMember"))
        .expect("they are put into the group");
    assert!(
        add.powershell
            .starts_with("@('user2@contoso.com','user3@contoso.com',"),
        "{add:?}"
    );
    let note = add.note.as_deref().unwrap_or_default();
    assert!(note.contains("the first 20 of 39"), "{note}");
    let request = ClusterRef {
        run: run.page.row.id.clone(),
        cause: Cause::ImpersonationOutOfScope,
    };
    let script = engine
        .cluster_script(request.clone())
        .await
        .expect("a script")
        .text;
    for n in 2..=40 {
        assert!(
            script.contains(&format!("'user{n}@contoso.com'")),
            "user{n}"
        );
    }
    assert!(
        !script.contains("user45"),
        "a canary is never put into the scope:\n{script}"
    );
    let hand_off = engine.hand_off_card(request).await.expect("a card");
    assert!(
        !hand_off.markdown.contains("user45"),
        "nor handed to anybody"
    );
    let canary = run.row("user45@contoso.com").seq;
    let shown = contract::ResultRef {
        run: run.page.row.id.clone(),
        seq: canary,
    };
    let detail = engine.result_show(shown).await.expect("it is there");
    assert!(
        detail.remedy.is_empty() && detail.reasons.is_empty(),
        "{detail:?}"
    );
}

#[tokio::test]
async fn a_stopped_run_is_handed_off_as_well_and_a_cause_it_lacks_is_not() {
    let ended = {
        let engine = engine().await;
        let ended = meet("account.locked", &engine).await;
        let of = |cause| ClusterRef {
            run: ended.run.page.row.id.clone(),
            cause,
        };
        let hand_off = engine
            .hand_off_card(of(Cause::AccountLocked))
            .await
            .expect("a card");
        assert!(hand_off.what.contains("locked out"), "{}", hand_off.what);
        assert!(
            hand_off
                .remedy
                .iter()
                .any(|step| step.powershell.starts_with("Unlock-ADAccount")),
            "{:?}",
            hand_off.remedy
        );
        let none = engine.hand_off_card(of(Cause::MailboxMoving)).await;
        assert_eq!(
            none.map(|_| ()).map_err(|problem| problem.code),
            Err(Code::NotFound)
        );
        let script = engine
            .cluster_script(of(Cause::AccountLocked))
            .await
            .expect("a script");
        assert!(
            script.text.contains("\n# Unlock-ADAccount"),
            "{}",
            script.text
        );
        ended
    };
    assert_eq!(ended.run.end(), "stopped account.locked");
}

#[tokio::test]
async fn the_mailboxes_of_a_cause_are_asked_again_and_no_others() {
    let mut options = server(4);
    options.accounts[0].role = exchange_sim::Role::Only(HashSet::from([
        "user1@contoso.com".to_owned(),
        "user2@contoso.com".to_owned(),
    ]));
    let exchange = start(options).await;
    let engine = engine().await;
    let all = engine.organizations_list(OrganizationsQuery::default());
    let home = all.await.expect("organizations")[0].clone();
    for n in 1..=3 {
        let user = AddUser {
            organization: home.id,
            address: format!("user{n}@contoso.com"),
            name: String::new(),
            upn: None,
            sid: None,
            must_refuse: false,
            tags: String::new(),
        };
        engine.user_add(user).await.expect("a user");
    }
    let check = Check::on(&exchange).users(4).with(&engine);
    let first = check.of(home.id, &home.name).run(&exchange).await;
    assert_eq!(first.summary().refused, 2, "{:?}", first.lines());
    let again = |run: &RunId, cause| Audit {
        plan: Plan {
            ews_url: exchange.ews_url(),
            account: ACCOUNT.to_owned(),
            authentication: Authentication::Basic,
            tls_trust: TlsTrust::System,
            identify_by: IdentifyBy::Smtp,
            folders: Vec::new(),
            concurrency: None,
            timeout_seconds: 10,
            resolve: Vec::new(),
            proxy: ProxyChoice::None,
            approach: engine::checks::Approach::default(),
        },
        password: Secret::new(PASSWORD.to_owned()),
        mailboxes: Mailboxes::Scope(CheckScope::Cause {
            run: run.clone(),
            cause,
        }),
        canaries: Vec::new(),
        organization: Some((home.id, home.name.clone())),
        fingerprint: String::new(),
        draft: false,
        stream: true,
    };
    let run = first.page.row.id.clone();
    exchange.update(|options| options.accounts[0].role = exchange_sim::Role::Everyone);
    let started = engine
        .start_audit(again(&run, Cause::ImpersonationOutOfScope))
        .await
        .expect("it starts");
    let second = Live::new(engine.clone(), started, false).ended(None).await;
    let asked: Vec<&str> = second
        .rows
        .iter()
        .map(|(row, _)| row.mailbox.as_str())
        .collect();
    assert_eq!(asked, ["user3@contoso.com"], "user4 is on no list any more");
    assert_eq!(second.user(3), "granted");
    assert_eq!(second.page.row.scope, "cause");
    for (run, cause, code) in [
        (run, Cause::MailboxMoving, Code::Invalid),
        (
            RunId("no-such-run".to_owned()),
            Cause::MailboxMoving,
            Code::NotFound,
        ),
    ] {
        let refused = engine.start_audit(again(&run, cause)).await.map(|_| ());
        assert_eq!(refused.map_err(|problem| problem.code), Err(code));
    }
}
