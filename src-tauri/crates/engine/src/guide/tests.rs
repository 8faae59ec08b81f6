//! The guides as they ship: well written, safe to type, and carrying every correction.

mod registrations;

use std::collections::HashSet;

use contract::{ExchangeNames, Guide, ModernAuthentication, RemedyPurpose};
use jiff::civil::{Date, date};

use super::fill::{Known, PLACES, places};
use super::present::{Today, present};
use super::texts;

const TODAY: Date = date(2026, 11, 22);
const CLIENT: &str = "71487acd-ec93-476d-bd0e-6c8b31831053";

fn contoso() -> Known {
    Known {
        account: "CONTOSO\\svc-ews".to_owned(),
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        host: "mail.contoso.com".to_owned(),
        user: "anna@contoso.com".to_owned(),
        canary: "ceo@contoso.com".to_owned(),
        names: ExchangeNames {
            group: "EWS-Imp-Users".to_owned(),
            security_group: false,
            scope: "EWS-Imp-Scope".to_owned(),
            assignment: "EWS-Imp-App".to_owned(),
            server: "EX1".to_owned(),
            room_list: "Rooms".to_owned(),
        },
        modern: ModernAuthentication {
            tenant: "contoso.onmicrosoft.com".to_owned(),
            client_id: CLIENT.to_owned(),
            ..ModernAuthentication::default()
        },
    }
}

fn shown(id: &str, known: &Known, today: Date) -> Guide {
    let (id, text) = texts::guide(id).expect("a guide");
    let today = Today {
        date: today,
        server_version: None,
    };
    present(
        id,
        text,
        known,
        known.names.clone(),
        &today,
        &HashSet::new(),
    )
}

/// Every guide, for both kinds of group.
fn all() -> Vec<Guide> {
    let mut security = contoso();
    security.names.security_group = true;
    texts::guides()
        .iter()
        .flat_map(|(id, _)| [shown(id, &contoso(), TODAY), shown(id, &security, TODAY)])
        .collect()
}

/// All that is read of a guide.
fn prose(guide: &Guide) -> String {
    let steps = guide.steps.iter().map(|step| {
        let facts = step
            .facts
            .iter()
            .map(|f| format!("{}: {}", f.name, f.value));
        let facts: Vec<String> = facts.collect();
        let parts = [&step.title, &step.why, &step.notes.join("\n")];
        format!(
            "{}\n{}",
            parts.map(String::as_str).join("\n"),
            facts.join("\n")
        )
    });
    steps.collect::<Vec<_>>().join("\n")
}

fn commands(guide: &Guide) -> String {
    let blocks = guide.steps.iter().flat_map(|step| &step.blocks);
    let commands: Vec<&str> = blocks.map(|block| block.powershell.as_str()).collect();
    commands.join("\n")
}

#[test]
fn every_guide_is_well_written() {
    for (id, text) in texts::guides() {
        assert!(
            !text.subtitle.is_empty() && !text.sources.is_empty(),
            "{id}"
        );
        for step in &text.steps {
            let at = format!("{id}/{}", step.id);
            assert!(!step.why.is_empty(), "{at} says why");
            let numbered = step.title.starts_with(|c: char| c.is_ascii_digit());
            assert!(
                !numbered,
                "{at}: steps are numbered once, where they are shown"
            );
            let texts = step.why.iter().chain(&step.notes);
            let cells = step.facts.iter().map(|(_, value)| value);
            let blocks = step.blocks.iter().map(|block| &block.commands);
            for place in texts.chain(cells).chain(blocks).flat_map(|t| places(t)) {
                assert!(PLACES.contains(&place), "{at}: {place} is no name");
            }
        }
    }
}

#[test]
fn a_change_comes_with_its_undo_and_its_proof_after_a_look() {
    for guide in all() {
        for step in &guide.steps {
            let has = |purpose| step.blocks.iter().any(|b| b.purpose == purpose);
            if !has(RemedyPurpose::Change) {
                continue;
            }
            let at = format!("{}/{}", guide.summary.id, step.id);
            for purpose in [RemedyPurpose::Undo, RemedyPurpose::Verify] {
                assert!(has(purpose), "{at} lacks {purpose:?}");
            }
            let first = step.blocks[0].purpose;
            let dead = step.blocks.iter().all(|block| !block.copyable);
            assert!(first == RemedyPurpose::Look || dead, "{at} looks first");
        }
    }
}

#[test]
fn nothing_is_missing_where_everything_is_known() {
    let guide = shown("exchange-server", &contoso(), TODAY);
    let missing: Vec<&String> = guide
        .steps
        .iter()
        .flat_map(|step| &step.blocks)
        .flat_map(|block| &block.missing)
        .collect();
    let unknowable = "user principal name of the account";
    assert!(
        missing.iter().all(|name| *name == unknowable),
        "{missing:?}"
    );
    let text = commands(&guide);
    for name in [
        "'CONTOSO\\svc-ews'",
        "'anna@contoso.com'",
        "'ceo@contoso.com'",
        "'EWS-Imp-Scope'",
    ] {
        assert!(text.contains(name), "{name}");
    }
}

#[test]
fn an_empty_organization_gets_placeholders_and_is_told_which() {
    let guide = shown("exchange-server", &Known::default(), TODAY);
    let step = guide.steps.iter().find(|step| step.id == "assignment");
    let blocks = &step.expect("the step").blocks;
    let change = blocks.iter().find(|b| b.purpose == RemedyPurpose::Change);
    let change = change.expect("a change");
    assert_eq!(change.missing, ["assignment", "account", "scope"]);
    assert!(
        change
            .powershell
            .contains("-CustomRecipientWriteScope '<scope>'")
    );
    assert!(commands(&guide).contains("(Get-DistributionGroup '<group>').DistinguishedName"));
}

/// Panel §14, one by one.
#[test]
fn every_correction_is_in_the_text() {
    let server = shown("exchange-server", &contoso(), TODAY);
    let (text, code) = (prose(&server), commands(&server));
    // No cloud portal, no cloud licenses on-premises.
    assert!(text.contains("the cloud portal has no part in it"));
    assert!(text.contains("no cloud license is needed"));
    // Group kinds headed properly.
    assert!(
        text.contains("Distribution group: ") && text.contains("Security group without mail: ")
    );
    let mut security = contoso();
    security.names.security_group = true;
    let security = commands(&shown("exchange-server", &security, TODAY));
    assert!(security.contains("(Get-Group 'EWS-Imp-Users').DistinguishedName"));
    assert!(!security.contains("Add-DistributionGroupMember"));
    assert!(code.contains("(Get-DistributionGroup 'EWS-Imp-Users').DistinguishedName"));
    assert!(!code.contains("ADGroup"));
    // `.DistinguishedName` everywhere, and why.
    assert!(text.contains(".DistinguishedName and nothing shorter"));
    // The parameter has its right name.
    assert!(code.contains("-CustomRecipientWriteScope 'EWS-Imp-Scope'"));
    assert!(text.contains("The parameter is -CustomRecipientWriteScope"));
    // Quotes inside of the filter.
    assert!(
        code.contains("\"Alias -like 'sharedmail*'\"")
            && text.contains("Alias -like 'sharedmail*'")
    );
    // Only direct members; the distinguished name goes stale.
    assert!(text.contains("Only direct members count"));
    assert!(text.contains("Rename or move the group and the scope matches nobody"));
    // Who signs in.
    for id in ["exchange-server", "microsoft-test", "results"] {
        let text = prose(&shown(id, &contoso(), TODAY)).replace('\n', " ");
        let said = text.contains("as the service account") && text.contains("never as the user");
        assert!(said, "{id} says who signs in");
    }
    // The dates of Office 365.
    let old = prose(&shown("old-route", &contoso(), TODAY));
    assert!(old.contains("from October 2022, for the last tenants in January 2023; not in 2021"));
}

#[test]
fn what_the_source_had_wrong_is_in_no_command() {
    for guide in all() {
        let code = commands(&guide);
        for wrong in [
            "-CustomRecipientScope",
            "-Credential",
            "-PSSessionOption",
            "New-PSSession",
            "Import-PSSession",
            "-Authentication Basic",
            "ApplicationAccessPolicy",
            "EPI-May-Impersonate",
            "-DistinguishedName",
            "portal.office.com",
            "AllPrincipals",
        ] {
            assert!(!code.contains(wrong), "{}: {wrong}", guide.summary.id);
        }
        let bare = |line: &&str| line.contains("$dn =") && !line.contains(").DistinguishedName");
        assert_eq!(code.lines().find(bare), None, "{}", guide.summary.id);
    }
}

#[test]
fn what_covers_everyone_is_flagged_and_nothing_dead_can_be_copied() {
    let mut unscoped = 0;
    for guide in all() {
        for block in guide.steps.iter().flat_map(|step| &step.blocks) {
            for line in block.powershell.lines() {
                let assigns = line.starts_with("New-ManagementRoleAssignment");
                let scoped = line.contains("-CustomRecipientWriteScope")
                    || line.contains("-CustomResourceScope");
                unscoped += usize::from(assigns && !scoped);
                assert!(!assigns || scoped || block.flagged.is_some(), "{line}");
                let everyone = ["Set-OrganizationConfig", "Set-AuthServer"];
                let flagged = block.flagged.is_some() || !everyone.iter().any(|c| line.contains(c));
                assert!(flagged, "{line} changes something for everyone");
            }
            let is_old = guide.summary.id == "old-route";
            assert_eq!(block.copyable, !is_old, "{}", block.powershell);
        }
    }
    assert_eq!(
        unscoped, 2,
        "the one unscoped assignment, once a kind of group"
    );
}

#[test]
fn badges_follow_the_calendar() {
    let badge = |id: &str, today: Date| {
        let guide = shown(id, &contoso(), today);
        guide
            .summary
            .badge
            .map(|badge| badge.text)
            .unwrap_or_default()
    };
    assert_eq!(badge("exchange-server", TODAY), "Works");
    assert_eq!(badge("old-route", TODAY), "Retired");
    assert_eq!(
        badge("exchange-online", date(2020, 1, 1)),
        "Check the clock of this computer."
    );
    let step = |today: Date| {
        let guide = shown("ews-app", &contoso(), today);
        let step = guide.steps.into_iter().find(|step| step.id == "role");
        step.and_then(|step| step.badge).map(|badge| badge.text)
    };
    assert_eq!(step(TODAY).as_deref(), Some("Works until 1 Apr 2027"));
    assert_eq!(
        step(date(2027, 3, 31)).as_deref(),
        Some("Works until 1 Apr 2027 (1 day)")
    );
    assert_eq!(step(date(2027, 4, 1)).as_deref(), Some("Retired"));
}

#[test]
fn every_verdict_and_every_cause_is_explained() {
    let guide = shown("results", &contoso(), TODAY);
    let facts: Vec<&str> = guide
        .steps
        .iter()
        .flat_map(|step| &step.facts)
        .map(|fact| fact.name.as_str())
        .collect();
    for cause in contract::Cause::ALL {
        let ending = format!("({cause})");
        let times = facts.iter().filter(|name| name.ends_with(&ending)).count();
        assert_eq!(times, 1, "{cause}");
    }
    for verdict in [
        "granted",
        "refused",
        "no_mailbox",
        "unusable",
        "undetermined",
        "not_checked",
    ] {
        assert!(facts.contains(&verdict), "{verdict}");
    }
}

#[test]
fn the_fields_of_microsofts_page_are_filled_in_without_the_password() {
    let guide = shown("microsoft-test", &contoso(), TODAY);
    let step = guide.steps.iter().find(|step| step.id == "fields");
    let facts = &step.expect("the step").facts;
    let value = |name: &str| {
        let fact = facts.iter().find(|fact| fact.name == name);
        fact.map_or("", |fact| fact.value.as_str())
    };
    assert_eq!(value("Target mailbox email address"), "anna@contoso.com");
    assert_eq!(
        value("Specify Exchange Web Services URL"),
        "https://mail.contoso.com/EWS/Exchange.asmx"
    );
    assert_eq!(value("Impersonated user identifier"), "SmtpAddress");
    assert!(value("Ignore Trust for SSL").starts_with("not ticked"));
    assert!(value("Password, Confirm password").contains("never copies it"));
}

/// A browser that only remembers.
#[derive(Default)]
struct Remembering(std::sync::Mutex<Vec<String>>);

impl crate::ports::Browser for Remembering {
    fn open(&self, page: &super::WebPage) -> Result<(), contract::Problem> {
        let mut opened = self.0.lock().expect("not poisoned");
        opened.push(page.as_str().to_owned());
        Ok(())
    }
}

#[tokio::test]
async fn pages_open_in_the_browser_and_never_offline_and_marks_are_kept() {
    use contract::{
        Code, GuidePage, GuideRef, MarkGuideStep, OpenPage, SaveExchangeNames, Settings,
    };

    let browser = std::sync::Arc::new(Remembering::default());
    let options = crate::Options {
        vault: crate::VaultChoice::Memory,
        browser: Some(browser.clone()),
        ..crate::Options::default()
    };
    let engine = crate::Engine::temporary(options).await.expect("space");
    let listed = engine.organizations_list(contract::OrganizationsQuery::default());
    let organization = listed.await.expect("a list")[0].id;
    let open = |page| OpenPage {
        organization: Some(organization),
        page,
    };
    let unknown = engine.page_open(open(GuidePage::AdminCenter)).await;
    assert_eq!(unknown.expect_err("no server").code, Code::NotAllowed);
    let names = ExchangeNames {
        server: "EX1".to_owned(),
        ..ExchangeNames::default()
    };
    let save = SaveExchangeNames {
        organization,
        names,
    };
    let saved = engine.exchange_names_save(save).await.expect("saved");
    assert_eq!(
        (saved.server.as_str(), saved.group.as_str()),
        ("EX1", "EWS-Imp-Users")
    );
    for page in [
        GuidePage::AdminCenter,
        GuidePage::MicrosoftTest,
        GuidePage::EntraAdminCenter,
    ] {
        engine.page_open(open(page)).await.expect("opened");
    }
    let opened = browser.0.lock().expect("not poisoned").clone();
    let expected = [
        "https://EX1/ecp",
        "https://testconnectivity.microsoft.com/tests/O365EwsAccess/input",
        "https://entra.microsoft.com/",
    ];
    assert_eq!(opened, expected);
    let offline = Settings {
        work_offline: true,
        ..Settings::default()
    };
    engine.settings_save(offline).await.expect("saved");
    let refused = engine.page_open(open(GuidePage::MicrosoftTest)).await;
    assert_eq!(refused.expect_err("offline").code, Code::Offline);
    assert_eq!(
        browser.0.lock().expect("not poisoned").len(),
        3,
        "nothing more"
    );

    let mark = |done| MarkGuideStep {
        organization,
        guide: "rooms".to_owned(),
        step: "list".to_owned(),
        done,
    };
    engine.guide_mark(mark(true)).await.expect("marked");
    let show = || GuideRef {
        organization: Some(organization),
        guide: "rooms".to_owned(),
    };
    let guide = engine.guide_show(show()).await.expect("a guide");
    assert_eq!((guide.summary.done, guide.steps[1].done), (1, true));
    engine.guide_mark(mark(false)).await.expect("unmarked");
    let guide = engine.guide_show(show()).await.expect("a guide");
    assert_eq!(guide.summary.done, 0);
}
