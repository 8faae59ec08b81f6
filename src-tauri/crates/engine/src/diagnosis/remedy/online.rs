//! Exchange Online, where EWS and the role `ApplicationImpersonation` are being retired: nothing here
//! assigns the role, which is not there any more.
//!
//! <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-control-access-to-ews-in-exchange>

use contract::{Blame, Cause};

use super::Names;
use super::step::{Shell, Step, look};

/// Why EWS is no way there.
pub(crate) const RETIRED: &str = "Exchange Online removed the role ApplicationImpersonation in February 2025, blocks EWS by default since 1 October 2026 and ends it on 1 April 2027: use an app-only access type over Microsoft Graph.";

/// Whether the commands for Exchange Server are of no use there: no server, no directory, no role is the
/// customer's own.
pub(super) fn has_its_own(cause: Cause) -> bool {
    matches!(cause.blame(), Blame::Exchange | Blame::Identity)
        || matches!(
            cause,
            Cause::TlsUntrusted | Cause::TlsNameMismatch | Cause::TlsExpired
        )
}

pub(super) fn steps(cause: Cause, names: &Names<'_>) -> Vec<Step> {
    use Cause as C;
    match cause {
        C::PolicyExchangeOnlineRetired | C::PolicyEwsBlocked | C::PolicyOrganizationBlocked => {
            switches(names)
        }
        C::ImpersonationRoleMissing
        | C::ImpersonationOutOfScope
        | C::ImpersonationRefused
        | C::ImpersonationExposed
        | C::ImpersonationServerCannot
        | C::MailboxAccessDenied => authorization(names),
        C::AuthRejected
        | C::AuthLost
        | C::AccountLocked
        | C::AccountDisabled
        | C::AccountPasswordExpired
        | C::AccountNotInDirectory
        | C::AccountNotAuthorized
        | C::AccountNoMailbox
        | C::OauthTokenRejected => account(names),
        C::MailboxLicense => super::mailbox::license(names),
        C::MailboxMisconfigured | C::MailboxOverQuota | C::MailboxMoving => {
            vec![
            look(format!(
                "{} | Format-List DisplayName,RecipientTypeDetails,PrimarySmtpAddress,ExchangeGuid",
                names.over.each(|who| format!("Get-EXOMailbox -Identity {who}"))
            ))
            .at(Shell::Online),
        ]
        }
        _ => Vec::new(),
    }
}

fn switches(names: &Names<'_>) -> Vec<Step> {
    vec![
        look("Get-OrganizationConfig | Format-List Ews*")
            .at(Shell::Online)
            .note("EwsEnabled: $true lets in the listed apps only, and ends on 1 April 2027."),
        look("Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy | Format-List EwsAllowedAppIDs")
            .at(Shell::Online),
        look(format!(
            "{} | Format-Table Name,EwsEnabled",
            names.over.each(|who| format!("Get-CASMailbox {who}"))
        ))
        .at(Shell::Online),
    ]
}

fn authorization(names: &Names<'_>) -> Vec<Step> {
    vec![
        look("Get-ServicePrincipal | Format-Table DisplayName,AppId,ObjectId")
            .at(Shell::Online)
            .note(RETIRED),
        look(format!(
            "{} | Format-Table RoleName,AllowedResourceScope,InScope",
            names.over.each(|who| format!(
                "Test-ServicePrincipalAuthorization -Identity '<object id>' -Resource {who}"
            ))
        ))
        .at(Shell::Online)
        .note("Put the app's ObjectId in for <object id>: InScope says whether it may open the mailbox."),
    ]
}

fn account(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!(
            "Get-MgUser -UserId {} -Property UserPrincipalName,AccountEnabled,OnPremisesSyncEnabled,LastPasswordChangeDateTime | Format-List UserPrincipalName,AccountEnabled,OnPremisesSyncEnabled,LastPasswordChangeDateTime",
            names.account()
        ))
        .at(Shell::Graph)
        .note("Exchange Online takes no password for EWS since October 2022."),
    ]
}
