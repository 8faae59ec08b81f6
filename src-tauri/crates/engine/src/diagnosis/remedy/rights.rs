//! The role `ApplicationImpersonation`, its assignment and its scope. From Exchange 2010 SP1 on it is a
//! management role; the rights of Exchange 2007 are never named.
//!
//! <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-configure-impersonation>

use contract::Alternative;

use super::step::{Step, alternative, change, look, undo, verify};
use super::{Names, quoted};

const ASSIGNMENTS: &str = "Get-ManagementRoleAssignment -Role ApplicationImpersonation -GetEffectiveUsers | Format-Table Name,RoleAssigneeName,EffectiveUserName,RecipientWriteScope,CustomRecipientWriteScope,Enabled";
const CACHED: &str = "Servers keep the role for a while: check again after 15 to 30 minutes.";
const DIRECT: &str = "Only direct members of the group are in the scope.";

/// Nobody may be impersonated, or it is not known whether anybody may.
pub(super) fn missing(names: &Names<'_>) -> Vec<Step> {
    let (scope, assignment) = (scope(names), assignment(names));
    vec![
        look(ASSIGNMENTS),
        look(format!("Get-ManagementScope {scope} | Format-List Name,RecipientRoot,RecipientFilter,Exclusive")),
        look(members(names)),
        add(names),
        change(format!(
            "$dn = (Get-{} {}).DistinguishedName -replace \"'\",\"''\"; New-ManagementScope -Name {scope} -RecipientRestrictionFilter \"MemberOfGroup -eq '$dn'\"",
            kind(names), group(names)
        ))
        .note("Skip it where the look shows this scope already. It keeps the group's distinguished name: make it anew when the group is moved or renamed."),
        change(format!(
            "New-ManagementRoleAssignment -Name {assignment} -Role ApplicationImpersonation -User {} -CustomRecipientWriteScope {scope}",
            names.account()
        ))
        .note(CACHED),
        undo(format!(
            "Remove-ManagementRoleAssignment {assignment} -Confirm:$false; Remove-ManagementScope {scope} -Confirm:$false"
        ))
        .note("Only what was made by the change."),
        remove(names),
        verify(effective(names)),
    ]
}

/// Others may be impersonated, these not.
pub(super) fn out_of_scope(names: &Names<'_>) -> Vec<Step> {
    let scope = scope(names);
    vec![
        look(ASSIGNMENTS),
        look("Get-ManagementScope | Format-List Name,RecipientRoot,RecipientFilter,Exclusive")
            .note("A scope with Exclusive: True takes its mailboxes from everyone who doesn't have that very scope."),
        look(format!(
            "Get-Recipient -ResultSize Unlimited -RecipientPreviewFilter (Get-ManagementScope {scope}).RecipientFilter | Format-Table Name,PrimarySmtpAddress"
        )),
        add(names),
        remove(names),
        verify(effective(names)).note(CACHED),
    ]
}

/// A mailbox opened that must not.
pub(super) fn exposed(names: &Names<'_>) -> Vec<Step> {
    let (scope, assignment) = (scope(names), assignment(names));
    vec![
        look(effective(names)),
        look("Get-ManagementRoleAssignment -Role ApplicationImpersonation | Format-Table Name,RoleAssigneeName,RecipientWriteScope,CustomRecipientWriteScope,Enabled")
            .note("An assignment without CustomRecipientWriteScope covers every mailbox; the account may have it through a role group, such as Hygiene Management."),
        change(format!(
            "Set-ManagementRoleAssignment {assignment} -CustomRecipientWriteScope {scope}"
        ))
        .note("Name the assignment that the look shows; one of a role group is narrowed or removed in the same way."),
        undo(format!(
            "Set-ManagementRoleAssignment {assignment} -RecipientRelativeWriteScope Organization"
        ))
        .note("This opens every mailbox again: only where the assignment had no scope before."),
        verify(effective(names)).note(format!(
            "The account must not be named any more. {CACHED}"
        )),
    ]
}

/// Never the default: everybody.
pub(super) fn whole_organization(names: &Names<'_>) -> Vec<Alternative> {
    let assignment = assignment(names);
    let title = "The whole organization, without a scope";
    let warning = "Lets the account open every mailbox of the organization, of executives and of mailboxes to come too; anyone who gets hold of its password can read them all.";
    vec![alternative(
        title,
        warning,
        vec![
            look(ASSIGNMENTS),
            change(format!(
                "New-ManagementRoleAssignment -Name {assignment} -Role ApplicationImpersonation -User {}",
                names.account()
            ))
            .note(CACHED),
            undo(format!(
                "Remove-ManagementRoleAssignment {assignment} -Confirm:$false"
            )),
            verify(effective(names)),
        ],
    )]
}

/// By attribute instead of by group.
pub(super) fn another_scope(names: &Names<'_>) -> Vec<Alternative> {
    let scope = scope(names);
    vec![alternative(
        "A scope by attribute instead of by group",
        "Replaces the filter of the scope: who was in it by the group and doesn't carry the attribute drops out.",
        vec![
            look(format!(
                "Get-ManagementScope {scope} | Format-List Name,RecipientRoot,RecipientFilter"
            ))
            .note("Keep what it shows: the undo needs it."),
            change(names.over.each(|who| {
                format!("Set-Mailbox -Identity {who} -CustomAttribute1 'ews'")
            }))
            .note("Give the attribute to everyone who is to stay in the scope, before its filter is set."),
            change(format!(
                "Set-ManagementScope {scope} -RecipientRestrictionFilter \"CustomAttribute1 -eq 'ews'\""
            )),
            undo(format!(
                "$dn = (Get-{} {}).DistinguishedName -replace \"'\",\"''\"; Set-ManagementScope {scope} -RecipientRestrictionFilter \"MemberOfGroup -eq '$dn'\"",
                kind(names), group(names)
            )),
            undo(names.over.each(|who| {
                format!("Set-Mailbox -Identity {who} -CustomAttribute1 $null")
            })),
            verify(effective(names)).note(CACHED),
        ],
    )]
}

/// The scope is right, and holds one mailbox too many.
pub(super) fn out_of_the_group(names: &Names<'_>) -> Vec<Alternative> {
    vec![alternative(
        "The scope is right, and these mailboxes are in its group",
        "They can't be opened through the service account any more: right only where that is what you want.",
        vec![
            look(members(names)),
            change(
                names
                    .over
                    .each(|who| membership(names, "Remove", who, true)),
            ),
            undo(names.over.each(|who| membership(names, "Add", who, false))),
            verify(effective(names))
                .note(format!("The account must not be named any more. {CACHED}")),
        ],
    )]
}

fn add(names: &Names<'_>) -> Step {
    let step = change(names.over.each(|who| membership(names, "Add", who, false)));
    step.note(where_groups_are(names, DIRECT))
}

fn remove(names: &Names<'_>) -> Step {
    let step = undo(
        names
            .over
            .each(|who| membership(names, "Remove", who, true)),
    );
    step.note(where_groups_are(
        names,
        "Only those who were no members before.",
    ))
}

fn where_groups_are(names: &Names<'_>, note: &str) -> String {
    if names.exchange.security_group {
        format!(
            "In the Exchange Management Shell of a computer with the ActiveDirectory module. {note}"
        )
    } else {
        note.to_owned()
    }
}

/// Puts one into the group, or takes one out.
fn membership(names: &Names<'_>, verb: &str, who: &str, ask: bool) -> String {
    let group = group(names);
    let quietly = if ask { " -Confirm:$false" } else { "" };
    if names.exchange.security_group {
        format!(
            "{verb}-ADGroupMember -Identity {group} -Members (Get-User {who}).SamAccountName{quietly}"
        )
    } else {
        format!(
            "{verb}-DistributionGroupMember -Identity {group} -Member {who} -BypassSecurityGroupManagerCheck{quietly}"
        )
    }
}

fn members(names: &Names<'_>) -> String {
    let group = group(names);
    if names.exchange.security_group {
        format!("(Get-Group {group}).Members")
    } else {
        format!(
            "Get-DistributionGroupMember {group} -ResultSize Unlimited | Format-Table Name,PrimarySmtpAddress"
        )
    }
}

/// The precise proof on paper: whether an assignment reaches these mailboxes.
fn effective(names: &Names<'_>) -> String {
    let each = names.over.each(|who| {
        format!("Get-ManagementRoleAssignment -Role ApplicationImpersonation -WritableRecipient {who} -GetEffectiveUsers")
    });
    format!("{each} | Format-Table EffectiveUserName,Name")
}

fn kind(names: &Names<'_>) -> &'static str {
    if names.exchange.security_group {
        "Group"
    } else {
        "DistributionGroup"
    }
}

fn group(names: &Names<'_>) -> String {
    quoted(&names.exchange.group)
}

fn scope(names: &Names<'_>) -> String {
    quoted(&names.exchange.scope)
}

fn assignment(names: &Names<'_>) -> String {
    quoted(&names.exchange.assignment)
}
