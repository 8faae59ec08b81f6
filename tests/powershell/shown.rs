//! Everything that is shown to be typed: guides, remedies of every cause, scripts of clusters.

use contract::{
    Cause, ClusterRef, ExchangeNames, Guide, GuideRef, GuidesQuery, OrganizationsQuery, Remedy,
    SaveExchangeNames,
};
use engine::diagnosis::names::filled;
use engine::diagnosis::remedy::{Edition, Names, Over, alternatives, remedy};
use exchange_sim::{Account, Role};
use support::{Check, engine, server, start};

/// Commands, and where they stand.
pub(crate) struct Shown {
    pub(crate) place: String,
    pub(crate) commands: String,
}

/// The guides without an organization, and with each kind of group.
pub(crate) async fn guides() -> Vec<Shown> {
    let engine = engine().await;
    let listed = engine.organizations_list(OrganizationsQuery::default());
    let organization = listed.await.expect("a list")[0].id;
    let mut all = Vec::new();
    for (whose, security_group) in [
        (None, false),
        (Some(organization), false),
        (Some(organization), true),
    ] {
        let names = ExchangeNames {
            group: "O'Brien's \"all\" $users".to_owned(),
            security_group,
            ..ExchangeNames::default()
        };
        let save = SaveExchangeNames {
            organization,
            names,
        };
        engine.exchange_names_save(save).await.expect("saved");
        let query = GuidesQuery {
            organization: whose,
        };
        for summary in engine.guides_list(query).await.expect("guides") {
            let request = GuideRef {
                organization: whose,
                guide: summary.id,
            };
            let guide = engine.guide_show(request).await.expect("a guide");
            all.extend(blocks(&guide));
        }
    }
    all
}

fn blocks(guide: &Guide) -> Vec<Shown> {
    let steps = guide.steps.iter();
    let blocks = steps.flat_map(|step| step.blocks.iter().map(move |block| (step, block)));
    blocks
        .map(|(step, block)| Shown {
            place: format!("guide {}/{}", guide.summary.id, step.id),
            commands: block.powershell.clone(),
        })
        .collect()
}

/// Every remedy and every alternative, for every edition, for nobody, one, two, and many mailboxes.
pub(crate) fn remedies() -> Vec<Shown> {
    let exchange = filled(&ExchangeNames::default(), None);
    let two = [
        "o'brien@contoso.com".to_owned(),
        "anna@contoso.com".to_owned(),
    ];
    let over = [
        Over::Nobody,
        Over::These(&two[..1]),
        Over::These(&two),
        Over::Variable,
    ];
    let editions = [
        Edition::Unknown,
        Edition::Ex2010,
        Edition::Ex2013,
        Edition::Ex2019,
        Edition::Subscription,
        Edition::Online,
    ];
    let mut all = Vec::new();
    let application = "a1b2c3d4-0000-4000-8000-000000000001";
    for account in ["CONTOSO\\svc-ews", "svc-ews@contoso.com", application] {
        for (over, edition) in over
            .iter()
            .flat_map(|over| editions.map(|edition| (*over, edition)))
        {
            for before_log_on in [false, true] {
                let names = Names {
                    account,
                    over,
                    host: "mail.contoso.com",
                    port: 443,
                    exchange: &exchange,
                    edition,
                    offered: &[],
                    before_log_on,
                    application: account == application,
                    authority: None,
                };
                for cause in Cause::ALL {
                    all.extend(of_cause(*cause, &names));
                }
            }
        }
    }
    all
}

fn of_cause(cause: Cause, names: &Names<'_>) -> Vec<Shown> {
    let shown = |commands: Vec<Remedy>| {
        commands.into_iter().map(move |command| Shown {
            place: format!("remedy of {cause}"),
            commands: command.powershell,
        })
    };
    let others = alternatives(cause, names);
    shown(remedy(cause, names))
        .chain(others.into_iter().flat_map(|other| shown(other.remedy)))
        .collect()
}

/// The script of a cluster of a real run: as it is, and with its changes uncommented.
pub(crate) async fn cluster_scripts() -> Vec<Shown> {
    let mut options = server(6);
    options.accounts = vec![Account {
        role: Role::AllBut(
            ["user1@contoso.com", "user2@contoso.com"]
                .map(str::to_owned)
                .into(),
        ),
        ..Account::default()
    }];
    let server = start(options).await;
    let engine = engine().await;
    let outcome = Check::on(&server).users(6).with(&engine).run(&server).await;
    let request = ClusterRef {
        run: outcome.page.row.id.clone(),
        cause: Cause::ImpersonationOutOfScope,
    };
    let script = engine.cluster_script(request).await.expect("a script").text;
    assert!(script.contains("user1@contoso.com"), "{script}");
    vec![
        Shown {
            place: "cluster script".to_owned(),
            commands: uncommented(&script),
        },
        Shown {
            place: "cluster script as it is".to_owned(),
            commands: script,
        },
    ]
}

/// Comments that hold a command become that command.
fn uncommented(script: &str) -> String {
    let line = |line: &str| {
        let bare = line.trim_start_matches(['#', ' ']);
        let verb = bare.split(['-', ' ', '=']).next().unwrap_or_default();
        let is_command = ["Add", "Remove", "Set", "New", "Get", "$mailboxes"].contains(&verb);
        if is_command { bare } else { line }.to_owned()
    };
    script.lines().map(line).collect::<Vec<_>>().join("\n")
}
