use contract::{Alternative, Cause, ExchangeNames, Remedy, RemedyPurpose};
use proptest::prelude::*;

use super::{Edition, Names, Over, alternatives, remedy};
use crate::diagnosis::names::filled;

fn with<T>(
    edition: Edition,
    over: Over<'_>,
    account: &str,
    use_them: impl Fn(&Names<'_>) -> T,
) -> T {
    let exchange = filled(&ExchangeNames::default(), None);
    use_them(&Names {
        account,
        over,
        host: "mail.contoso.com",
        port: 443,
        exchange: &exchange,
        edition,
        offered: &[],
        before_log_on: false,
        application: uuid::Uuid::try_parse(account).is_ok(),
        authority: None,
    })
}

const EDITIONS: [Edition; 7] = [
    Edition::Unknown,
    Edition::Ex2010,
    Edition::Ex2013,
    Edition::Ex2016,
    Edition::Ex2019,
    Edition::Subscription,
    Edition::Online,
];

/// Every list of commands there is: of causes and of their alternatives, for accounts and applications.
fn each(mut look_at: impl FnMut(Cause, Edition, &[Remedy], bool)) {
    each_of("CONTOSO\\svc-ews", &mut look_at);
    each_of("a1b2c3d4-0000-4000-8000-000000000001", &mut look_at);
}

fn each_of(account: &str, look_at: &mut impl FnMut(Cause, Edition, &[Remedy], bool)) {
    let names = [
        "anna@contoso.com".to_owned(),
        "o'brien@contoso.com".to_owned(),
    ];
    for cause in Cause::ALL {
        for edition in EDITIONS {
            for over in [
                Over::Nobody,
                Over::These(&names[..1]),
                Over::These(&names),
                Over::Variable,
            ] {
                with(edition, over, account, |names| {
                    (remedy(*cause, names), alternatives(*cause, names))
                })
                .into_lists()
                .into_iter()
                .for_each(|(list, default)| look_at(*cause, edition, &list, default));
            }
        }
    }
}

trait IntoLists {
    fn into_lists(self) -> Vec<(Vec<Remedy>, bool)>;
}

impl IntoLists for (Vec<Remedy>, Vec<Alternative>) {
    fn into_lists(self) -> Vec<(Vec<Remedy>, bool)> {
        let others = self.1.into_iter().map(|other| (other.remedy, false));
        std::iter::once((self.0, true)).chain(others).collect()
    }
}

#[test]
fn the_look_comes_first_and_every_change_has_its_undo_and_its_verify() {
    each(|cause, _, list, _| {
        let has = |purpose| list.iter().any(|step| step.purpose == purpose);
        if let Some(first) = list.first() {
            assert_eq!(first.purpose, RemedyPurpose::Look, "{cause}");
        }
        if has(RemedyPurpose::Change) {
            assert!(has(RemedyPurpose::Verify), "{cause}: {list:?}");
            let for_good = list
                .iter()
                .filter(|step| step.purpose == RemedyPurpose::Change)
                .all(|step| {
                    step.note
                        .as_ref()
                        .is_some_and(|note| note.contains("Can't be undone"))
                });
            assert!(has(RemedyPurpose::Undo) || for_good, "{cause}: {list:?}");
        } else {
            assert!(!has(RemedyPurpose::Undo), "{cause}");
        }
        let order: Vec<u8> = list.iter().map(|step| step.purpose as u8).collect();
        assert!(
            order.is_sorted(),
            "look, change, undo, verify: {cause} {list:?}"
        );
    });
}

#[test]
fn the_role_is_assigned_without_a_scope_only_where_that_is_picked() {
    let mut picked = 0;
    each_of("CONTOSO\\svc-ews", &mut |cause, edition, list, default| {
        for step in list {
            let assigns = step.powershell.contains("New-ManagementRoleAssignment");
            if assigns && !step.powershell.contains("-CustomRecipientWriteScope") {
                assert!(!default, "{cause}: {step:?}");
                picked += 1;
            }
            let role = step.powershell.contains("ManagementRole");
            assert!(!(role && edition == Edition::Online), "{cause}: {step:?}");
            assert!(
                !step.powershell.contains("ms-Exch-EPI"),
                "{cause}: {step:?}"
            );
        }
    });
    assert!(picked > 0, "the alternative is there");
}

#[test]
fn every_alternative_says_what_it_risks() {
    for cause in Cause::ALL {
        let others = with(Edition::Ex2019, Over::Nobody, "CONTOSO\\svc-ews", |names| {
            alternatives(*cause, names)
        });
        for other in others {
            assert!(other.warning.len() > 20, "{cause}: {other:?}");
            assert!(!other.remedy.is_empty(), "{cause}");
        }
    }
}

#[test]
fn commands_are_single_lines_and_say_what_is_to_be_filled_in() {
    each(|cause, _, list, _| {
        for step in list {
            assert_eq!(step.powershell.lines().count(), 1, "{cause}: {step:?}");
            let placeholder = [
                "<server>",
                "<object id>",
                "<request id>",
                "<new thumbprint>",
            ]
            .iter()
            .find(|placeholder| step.powershell.contains(**placeholder));
            if let Some(placeholder) = placeholder {
                assert!(step.note.is_some(), "{cause}: {placeholder} {step:?}");
            }
        }
    });
}

#[test]
fn only_what_nothing_can_be_typed_against_has_no_commands() {
    let without: Vec<&str> = Cause::ALL
        .iter()
        .filter(|cause| {
            with(Edition::Ex2019, Over::Nobody, "CONTOSO\\svc-ews", |names| {
                remedy(**cause, names).is_empty()
            })
        })
        .map(|cause| cause.as_str())
        .collect();
    assert_eq!(
        without,
        [
            "protocol.unexpected",
            "protocol.rejected",
            "oauth.sign_in_needed",
            "impersonation.header_rejected",
            "mailbox.system"
        ]
    );
}

#[test]
fn a_upn_is_looked_up_and_a_domain_is_cut_off() {
    let enable = |account: &str| {
        with(Edition::Ex2019, Over::Nobody, account, |names| {
            remedy(Cause::AccountDisabled, names)[1].powershell.clone()
        })
    };
    assert_eq!(
        enable("CONTOSO\\svc-ews"),
        "Enable-ADAccount -Identity 'svc-ews'"
    );
    assert_eq!(
        enable("svc@contoso.com"),
        "Enable-ADAccount -Identity (Get-ADUser -Filter { UserPrincipalName -eq 'svc@contoso.com' })"
    );
}

#[test]
fn an_application_gets_no_role_without_a_scope_and_no_consent() {
    each_of(
        "a1b2c3d4-0000-4000-8000-000000000001",
        &mut |cause, _, list, _| {
            for step in list {
                let typed = &step.powershell;
                assert!(
                    !typed.contains("New-ManagementRoleAssignment")
                        || typed.contains("-CustomResourceScope"),
                    "{cause}: {step:?}"
                );
                assert!(
                    !typed.contains("ApplicationImpersonation"),
                    "{cause}: {step:?}"
                );
                let consents = typed.contains("New-MgServicePrincipalAppRoleAssignment");
                assert!(
                    !consents || step.purpose == RemedyPurpose::Undo,
                    "{cause}: {step:?}"
                );
            }
        },
    );
}

#[test]
fn nothing_of_a_server_that_offers_windows_sign_ins_is_changed() {
    let exchange = filled(&ExchangeNames::default(), None);
    let offered = ["Negotiate".to_owned(), "NTLM".to_owned()];
    let names = Names {
        account: "CONTOSO\\svc-ews",
        over: Over::Nobody,
        host: "mail.contoso.com",
        port: 443,
        exchange: &exchange,
        edition: Edition::Ex2019,
        offered: &offered,
        before_log_on: false,
        application: false,
        authority: None,
    };
    let commands = remedy(Cause::AuthSchemeNotOffered, &names);
    assert!(
        commands
            .iter()
            .all(|step| step.purpose == RemedyPurpose::Look),
        "{commands:?}"
    );
    let blocked = Names {
        before_log_on: true,
        ..names
    };
    let commands = remedy(Cause::PolicyEwsBlocked, &blocked);
    assert!(
        commands
            .iter()
            .all(|step| step.purpose == RemedyPurpose::Look),
        "{commands:?}"
    );
}

/// What stands outside of single-quoted strings, as PowerShell's tokenizer sees it.
fn outside(text: &str) -> String {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}');
    let mut outside = String::new();
    let mut inside = false;
    for c in text.chars() {
        if is_quote(c) {
            inside = !inside;
        } else if !inside {
            outside.push(c);
        }
    }
    outside
}

proptest! {
    #[test]
    fn hostile_names_change_no_command(
        account in "[\\PC'\u{2018}-\u{201B}$`\"(){};|&#\n\r\u{2028}]{1,30}",
        mailbox in "[\\PC'\u{2018}-\u{201B}$`\"(){};|&#\n\r\u{2028}]{1,30}",
    ) {
        let hostile = [mailbox.clone(), mailbox];
        let harmless = ["a".to_owned(), "a".to_owned()];
        // The form of the name decides between two commands; its letters must decide nothing.
        let like = match (account.contains('\\'), account.contains('@')) {
            (true, _) => "D\\a",
            (false, true) => "a@b",
            (false, false) => "a",
        };
        for cause in Cause::ALL {
            let written = |account: &str, mailboxes: &[String]| {
                with(Edition::Ex2019, Over::These(mailboxes), account, |names| {
                    let others = alternatives(*cause, names);
                    let all = remedy(*cause, names).into_iter().chain(others.into_iter().flat_map(|o| o.remedy));
                    all.map(|step| outside(&step.powershell)).collect::<Vec<_>>()
                })
            };
            prop_assert_eq!(written(&account, &hostile), written(like, &harmless), "{}", cause);
        }
    }
}
