//! An application and the mailboxes it may open: RBAC for Applications, and consents for the whole tenant,
//! which undo every scope. Grants no consent: a role with its scope is the least that helps.
//!
//! <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>

use super::step::{Shell, Step, change, look, undo, verify};
use super::{Names, quoted};
use crate::diagnosis::edition::is_graph;

const SLOW: &str = "Takes effect after 30 minutes to 2 hours; the test shows it at once.";

/// It may open none of them, or it is not known whether any.
pub(super) fn missing(names: &Names<'_>) -> Vec<Step> {
    let (scope, assignment) = (
        quoted(&names.exchange.scope),
        quoted(&names.exchange.assignment),
    );
    vec![
        known(names),
        test(names, look),
        look(format!(
            "Get-ManagementScope {scope} | Format-List Name,RecipientFilter"
        ))
        .at(Shell::Online),
        change(format!(
            "New-ManagementRoleAssignment -Name {assignment} -App {} -Role '{}' -CustomResourceScope {scope}",
            object_id(names),
            role(names)
        ))
        .at(Shell::Online)
        .note(format!("Where the looks show no assignment; the Guide shows how the scope is made. {SLOW}")),
        undo(format!(
            "Remove-ManagementRoleAssignment {assignment} -Confirm:$false"
        ))
        .at(Shell::Online)
        .note("Only what was made by the change."),
        test(names, verify),
    ]
}

/// It may open others, these not.
pub(super) fn out_of_scope(names: &Names<'_>) -> Vec<Step> {
    let (scope, group) = (quoted(&names.exchange.scope), quoted(&names.exchange.group));
    let member = |verb: &str, quietly: &str| {
        names.over.each(|who| {
            format!("{verb}-DistributionGroupMember -Identity {group} -Member {who} -BypassSecurityGroupManagerCheck{quietly}")
        })
    };
    vec![
        test(names, look),
        look(format!(
            "Get-ManagementScope {scope} | Format-List Name,RecipientFilter"
        ))
        .at(Shell::Online),
        change(member("Add", ""))
            .at(Shell::Online)
            .note(format!("Where the scope goes by this group. {SLOW}")),
        undo(member("Remove", " -Confirm:$false"))
            .at(Shell::Online)
            .note("Only those who were no members before."),
        test(names, verify),
    ]
}

/// A mailbox opened that must not: mostly a consent for the whole tenant, which adds to the scope.
pub(super) fn exposed(names: &Names<'_>) -> Vec<Step> {
    let principal = format!(
        "(Get-MgServicePrincipal -Filter \"appId eq '{}'\").Id",
        names.account.trim()
    );
    let consents = format!(
        "Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId {principal} | Format-Table Id,ResourceDisplayName,ResourceId,AppRoleId"
    );
    vec![
        test(names, look).note("InScope False here, and it opened all the same: a consent for the whole tenant lets it in."),
        look(consents.clone()).at(Shell::Graph),
        change(format!(
            "Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId {principal} -AppRoleAssignmentId '<Id of the assignment>'"
        ))
        .at(Shell::Graph)
        .note("Put in the Id of the assignment that the look shows for mail: without it the scope counts alone. Whatever else uses the application by it stops."),
        undo(format!(
            "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId {principal} -PrincipalId {principal} -ResourceId '<ResourceId>' -AppRoleId '<AppRoleId>'"
        ))
        .at(Shell::Graph)
        .note("As the look showed them; this opens every mailbox again."),
        verify(consents).at(Shell::Graph),
    ]
}

/// The token was refused, or none could be had.
pub(super) fn token(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!(
            "Get-MgServicePrincipal -Filter \"appId eq '{}'\" | Format-List DisplayName,AccountEnabled,AppId,Id",
            names.account.trim()
        ))
        .at(Shell::Graph)
        .note("Nothing at all: the application isn't in this tenant. AccountEnabled False: it may not sign in."),
        known(names),
    ]
}

fn known(names: &Names<'_>) -> Step {
    look(format!(
        "Get-ServicePrincipal | Where-Object AppId -eq {} | Format-List DisplayName,AppId,ObjectId",
        names.account()
    ))
    .at(Shell::Online)
    .note("Nothing: Exchange doesn't know the application yet; the Guide shows how it is told.")
}

fn test(names: &Names<'_>, step: impl Fn(String) -> Step) -> Step {
    let id = object_id(names);
    let each = names
        .over
        .each(|who| format!("Test-ServicePrincipalAuthorization -Identity {id} -Resource {who}"));
    step(format!(
        "{each} | Format-Table RoleName,AllowedResourceScope,InScope"
    ))
    .at(Shell::Online)
}

fn object_id(names: &Names<'_>) -> String {
    format!(
        "(Get-ServicePrincipal | Where-Object AppId -eq {}).ObjectId",
        names.account()
    )
}

/// The least that opens an Inbox.
fn role(names: &Names<'_>) -> &'static str {
    if is_graph(names.host) {
        "Application Mail.Read"
    } else {
        "Application EWS.AccessAsApp"
    }
}
