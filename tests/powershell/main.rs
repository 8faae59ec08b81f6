//! The commands that Understudy shows: every one is parsed by a PowerShell grammar, and every cmdlet and
//! parameter stands in `cmdlets.toml` with the page that documents it. None of them is ever run.

mod grammar;
mod manual;
mod shown;

use crate::grammar::{Call, calls, faults};
use crate::manual::Manual;
use crate::shown::{Shown, cluster_scripts, guides, remedies};

/// All that Understudy shows.
async fn everything() -> Vec<Shown> {
    let mut all = guides().await;
    all.extend(remedies());
    all.extend(cluster_scripts().await);
    all
}

#[tokio::test]
async fn every_command_is_powershell() {
    let all = everything().await;
    assert!(all.len() > 300, "they are there: {}", all.len());
    for shown in &all {
        let faults = faults(&shown.commands);
        assert!(
            faults.is_empty(),
            "{}: {faults:?}\n{}",
            shown.place,
            shown.commands
        );
    }
}

#[tokio::test]
async fn every_cmdlet_and_parameter_is_documented() {
    let manual = Manual::shipped();
    let mut wrong = Vec::new();
    for shown in everything().await {
        for call in calls(&shown.commands) {
            wrong.extend(
                manual
                    .complaint(&call)
                    .map(|why| format!("{}: {why}", shown.place)),
            );
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_manual_holds_nothing_that_is_not_shown() {
    let mut shown: Vec<Call> = Vec::new();
    for all in everything().await {
        shown.extend(calls(&all.commands));
    }
    let unused = Manual::shipped().unused(&shown);
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn a_planted_syntax_error_is_found() {
    for bad in [
        "Get-Mailbox 'anna",
        "Get-Mailbox -Identity 'a' | ",
        "Get-Mailbox | Where-Object {$_.Name -eq 'a'",
        "$dn = (Get-Group 'a'.DistinguishedName",
        "New-ManagementScope -Name \"a",
    ] {
        assert!(!faults(bad).is_empty(), "{bad}");
    }
    for good in [
        "Get-Mailbox 'o''brien'",
        "Get-Recipient -ResultSize Unlimited -RecipientPreviewFilter \"Alias -like 'a*'\" | Format-Table Name,Alias",
        "$dn = (Get-Group 'a').DistinguishedName\nNew-ManagementScope -Name '<scope>' -RecipientRestrictionFilter \"MemberOfGroup -eq '$dn'\"",
    ] {
        assert_eq!(faults(good), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn an_unknown_parameter_and_an_unknown_cmdlet_are_found() {
    let manual = Manual::shipped();
    let complaints = |text: &str| -> Vec<String> {
        let calls = calls(text);
        assert!(!calls.is_empty(), "{text}");
        calls
            .iter()
            .filter_map(|call| manual.complaint(call))
            .collect()
    };
    assert_eq!(complaints("Get-ManagementScope 'a'"), Vec::<String>::new());
    for bad in [
        "New-ManagementRoleAssignment -Name 'a' -CustomRecipientScope 'b'",
        "Get-ManagementScopes",
        "Get-Group 'a' | ForEach-Object { Remove-Everything $_ }",
        "$x = (Get-Group 'a' -Nonsense 1).DistinguishedName",
    ] {
        assert_eq!(complaints(bad).len(), 1, "{bad}");
    }
}
