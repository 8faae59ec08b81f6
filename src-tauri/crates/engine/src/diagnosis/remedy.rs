//! What to type: commands for the Exchange Management Shell, with this organization's names. The
//! read-only look first, then change, undo, verify; never an assignment without a scope.
//!
//! Sources: the cmdlet pages under <https://learn.microsoft.com/powershell/module/exchange/>.

use contract::{Cause, Remedy, RemedyPurpose};

/// Names that commands are filled in with.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Account Logon.
    pub account: &'a str,
    /// One of the mailboxes; absent for a cause of the whole run.
    pub mailbox: Option<&'a str>,
    /// Host of the EWS URL.
    pub host: &'a str,
    /// Port of the EWS URL.
    pub port: u16,
}

/// The commands for a cause; empty where nothing is to be typed.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one table, an arm a cause")]
pub fn remedy(cause: Cause, names: &Names<'_>) -> Vec<Remedy> {
    use Cause as C;
    use RemedyPurpose::{Change, Look, Undo, Verify};
    let account = quoted(names.account);
    let user = quoted(short(names.account));
    let mailbox = quoted(names.mailbox.unwrap_or("user@contoso.com"));
    let host = quoted(names.host);
    let port = names.port;
    let ews = quoted(&format!("https://{}:{port}/EWS/Exchange.asmx", names.host));
    let commands: Vec<(RemedyPurpose, String)> = match cause {
        C::ImpersonationRoleMissing | C::ImpersonationRefused => role(&account, &mailbox),
        C::ImpersonationOutOfScope => vec![
            (Look, "Get-ManagementRoleAssignment -Role ApplicationImpersonation -GetEffectiveUsers | Format-Table Name,RoleAssigneeName,EffectiveUserName,CustomRecipientWriteScope,Enabled".to_owned()),
            (Look, "Get-ManagementScope | Format-List Name,RecipientRoot,RecipientFilter,Exclusive".to_owned()),
            (Change, format!("Add-DistributionGroupMember -Identity 'EWS-Imp-Users' -Member {mailbox}")),
            (Undo, format!("Remove-DistributionGroupMember -Identity 'EWS-Imp-Users' -Member {mailbox} -Confirm:$false")),
            (Verify, effective(&mailbox)),
        ],
        C::ImpersonationExposed => vec![
            (Look, effective(&mailbox)),
            (Look, "Get-ManagementRoleAssignment -Role ApplicationImpersonation | Format-Table Name,RoleAssigneeName,RecipientWriteScope,CustomRecipientWriteScope,Enabled".to_owned()),
            (Change, "Set-ManagementRoleAssignment 'EWS-Imp-App' -CustomRecipientWriteScope 'EWS-Imp-Scope'".to_owned()),
            (Verify, effective(&mailbox)),
        ],
        C::ImpersonationServerCannot | C::ServerDirectoryUnavailable => vec![
            (Look, "Test-ServiceHealth".to_owned()),
            (Look, "Get-ExchangeServer -Status | Format-List Name,*DomainControllers*,*GlobalCatalogs*".to_owned()),
        ],
        C::MailboxNotFound | C::MailboxAlias | C::MailboxAddressInvalid => vec![
            (Look, format!("Get-Recipient {mailbox} | Format-List RecipientTypeDetails,PrimarySmtpAddress,EmailAddresses")),
        ],
        C::MailboxRemote => vec![
            (Look, format!("Get-RemoteMailbox {mailbox} | Format-List RemoteRoutingAddress,ExchangeGuid")),
        ],
        C::MailboxIdentityUnknown => vec![
            (Look, format!("Get-User {mailbox} | Format-List UserPrincipalName,Sid,SamAccountName")),
        ],
        C::MailboxMoving => vec![
            (Look, format!("Get-MoveRequest -Identity {mailbox} | Get-MoveRequestStatistics | Format-List StatusDetail,PercentComplete")),
        ],
        C::MailboxStoreUnavailable => vec![
            (Look, "Get-MailboxDatabase -Status | Format-Table Name,Server,Mounted".to_owned()),
            (Look, "Get-MailboxDatabaseCopyStatus * | Format-Table Name,Status,CopyQueueLength".to_owned()),
        ],
        C::MailboxMisconfigured => vec![
            (Look, format!("Get-Mailbox {mailbox} | Format-List Database,ExchangeGuid,LegacyExchangeDN,IsValid")),
        ],
        C::MailboxFolderMissing | C::MailboxAccessDenied => vec![
            (Look, format!("Get-MailboxFolderStatistics {mailbox} -FolderScope Inbox")),
            (Look, format!("Get-CASMailbox {mailbox} | Format-List EwsEnabled,EwsApplicationAccessPolicy,EwsAllowList,EwsBlockList")),
        ],
        C::MailboxDisabled => vec![
            (Look, format!("Get-User {mailbox} | Format-List UserAccountControl,AccountDisabled")),
        ],
        C::MailboxOverQuota => vec![
            (Look, format!("Get-MailboxStatistics {mailbox} | Format-List TotalItemSize,StorageLimitStatus")),
        ],
        C::ServerBusy => vec![
            (Look, format!("Get-ThrottlingPolicyAssociation {account} | Format-List ThrottlingPolicyId")),
            (Look, "Get-ThrottlingPolicy | Where-Object {$_.ThrottlingPolicyScope -eq 'Global'} | Format-List Ews*".to_owned()),
        ],
        C::ServerError | C::ServerTransient | C::HttpGateway | C::HttpTimeout | C::HttpClosed => vec![
            (Look, "Get-ServerComponentState $env:COMPUTERNAME | Where-Object {$_.Component -like '*Proxy*'}".to_owned()),
            (Look, "Get-HealthReport $env:COMPUTERNAME -HaImpactOnly:$false | Where-Object {$_.HealthSet -like 'EWS*'}".to_owned()),
        ],
        C::ServerRouting | C::AuthSchemeNotOffered | C::HttpNotEws | C::HttpRedirected => vec![
            (Look, "Get-WebServicesVirtualDirectory | Format-List Server,InternalUrl,ExternalUrl,InternalNLBBypassUrl,*Authentication*,ExtendedProtection*".to_owned()),
        ],
        C::PolicyEwsBlocked => vec![
            (Look, "Get-OrganizationConfig | Format-List EwsEnabled,EwsApplicationAccessPolicy,EwsAllowList,EwsBlockList".to_owned()),
            (Look, format!("Get-CASMailbox {user} | Format-List EwsEnabled,EwsApplicationAccessPolicy,EwsAllowList,EwsBlockList")),
        ],
        C::AccountLocked | C::AuthLost => vec![
            (Look, format!("Get-ADUser {user} -Properties LockedOut,PasswordExpired,Enabled")),
            (Change, format!("Unlock-ADAccount {user}")),
            (Verify, format!("Get-ADUser {user} -Properties LockedOut")),
        ],
        C::AuthRejected => vec![
            (Look, format!("Get-ADUser {user} -Properties LockedOut,PasswordExpired,Enabled,LastBadPasswordAttempt")),
            // Sub status: 0xC000006A password, 0xC0000234 locked, 0xC000035B channel binding, 0xC0000064 name.
            (Look, "Get-WinEvent -FilterHashtable @{LogName='Security';Id=4625;StartTime=(Get-Date).AddMinutes(-15)} | Select-Object TimeCreated,@{n='Account';e={$_.Properties[5].Value}},@{n='Status';e={'0x{0:X8}' -f $_.Properties[7].Value}},@{n='SubStatus';e={'0x{0:X8}' -f $_.Properties[9].Value}}".to_owned()),
            (Look, "Get-WebServicesVirtualDirectory | Format-List Server,ExtendedProtectionTokenChecking,ExtendedProtectionFlags,ExtendedProtectionSPNList,*Authentication*".to_owned()),
            (Look, format!("Get-User {user} | Format-List UserPrincipalName,AuthenticationPolicy")),
        ],
        C::AccountPasswordExpired | C::AccountNotInDirectory | C::AccountNotAuthorized => vec![
            (Look, format!("Get-ADUser {user} -Properties LockedOut,PasswordExpired,Enabled")),
            (Look, format!("Get-User {user} | Format-List UserPrincipalName,AuthenticationPolicy")),
        ],
        C::AccountDisabled => vec![
            (Look, format!("Get-ADUser {user} -Properties Enabled")),
            (Change, format!("Enable-ADAccount {user}")),
            (Undo, format!("Disable-ADAccount {user}")),
            (Verify, format!("Get-ADUser {user} -Properties Enabled")),
        ],
        C::AccountNoMailbox => vec![
            (Look, format!("Get-Recipient {account} | Format-List RecipientTypeDetails")),
            (Change, format!("Enable-Mailbox {account}")),
            (Undo, format!("Disable-Mailbox {account} -Confirm:$false")),
            (Verify, format!("Get-Mailbox {account} | Format-List PrimarySmtpAddress")),
        ],
        C::DnsNotFound => vec![(Look, format!("Resolve-DnsName {host}"))],
        C::TcpRefused | C::TcpTimeout => {
            vec![(Look, format!("Test-NetConnection {host} -Port {port}"))]
        }
        // Which proxy Windows itself would take, scripts included; whether it goes without one.
        C::ProxyFailed => vec![
            (Look, format!("[System.Net.WebRequest]::GetSystemWebProxy().GetProxy({ews}).AbsoluteUri")),
            (Look, format!("Test-NetConnection {host} -Port {port}")),
        ],
        // Versions that SCHANNEL was told about (nothing listed: the defaults), suites it offers.
        C::TlsProtocol => vec![
            (Look, "Get-ChildItem 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols' -Recurse | Get-ItemProperty | Format-Table PSParentPath,PSChildName,Enabled,DisabledByDefault".to_owned()),
            (Look, "Get-TlsCipherSuite | Format-Table Name,Exchange,Certificate".to_owned()),
            (Look, "Get-ExchangeCertificate | Format-List Subject,CertificateDomains,Services,PublicKeySize,NotAfter,Thumbprint".to_owned()),
        ],
        C::TlsUntrusted | C::TlsNameMismatch | C::TlsExpired | C::TlsPinMismatch => vec![
            (Look, "Get-ExchangeCertificate | Format-List Subject,CertificateDomains,Services,NotAfter,Thumbprint".to_owned()),
            // Thumbprints are SHA-1; what is shown and pinned here is SHA-256.
            (Look, r"Get-ChildItem Cert:\LocalMachine\My | Format-List Subject,NotAfter,@{n='SHA256';e={$_.GetCertHashString('SHA256')}}".to_owned()),
        ],
        _ => Vec::new(),
    };
    commands
        .into_iter()
        .map(|(purpose, powershell)| Remedy {
            purpose,
            powershell,
            note: None,
        })
        .collect()
}

fn role(account: &str, mailbox: &str) -> Vec<(RemedyPurpose, String)> {
    use RemedyPurpose::{Change, Look, Undo, Verify};
    vec![
        (Look, "Get-ManagementRoleAssignment -Role ApplicationImpersonation -GetEffectiveUsers | Format-Table Name,RoleAssigneeName,EffectiveUserName,RecipientWriteScope,CustomRecipientWriteScope,Enabled".to_owned()),
        (Change, "$dn = (Get-DistributionGroup 'EWS-Imp-Users').DistinguishedName; New-ManagementScope -Name 'EWS-Imp-Scope' -RecipientRestrictionFilter \"MemberOfGroup -eq '$dn'\"".to_owned()),
        (Change, format!("New-ManagementRoleAssignment -Name 'EWS-Imp-App' -Role ApplicationImpersonation -User {account} -CustomRecipientWriteScope 'EWS-Imp-Scope'")),
        (Undo, "Remove-ManagementRoleAssignment 'EWS-Imp-App' -Confirm:$false; Remove-ManagementScope 'EWS-Imp-Scope' -Confirm:$false".to_owned()),
        (Verify, effective(mailbox)),
    ]
}

fn effective(mailbox: &str) -> String {
    format!(
        "Get-ManagementRoleAssignment -Role ApplicationImpersonation -WritableRecipient {mailbox} -GetEffectiveUsers | Format-Table EffectiveUserName,Name"
    )
}

/// The account without its domain, for the cmdlets of Active Directory.
fn short(account: &str) -> &str {
    let user = account.rsplit_once('\\').map_or(account, |(_, user)| user);
    user.split('@').next().unwrap_or(user)
}

/// A PowerShell string: single quotes, doubled inside, no line breaks. PowerShell takes typographic
/// quotes for quotes as well.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars().filter(|c| !c.is_control()) {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use contract::{Cause, RemedyPurpose};

    use super::{Names, quoted, remedy};

    const NAMES: Names<'_> = Names {
        account: "CONTOSO\\svc-ews",
        mailbox: Some("o'brien@contoso.com"),
        host: "mail.contoso.com",
        port: 443,
    };

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(quoted("o'brien@contoso.com"), "'o''brien@contoso.com'");
        assert_eq!(
            quoted("a\u{2019}; Remove-Mailbox x"),
            "'a\u{2019}\u{2019}; Remove-Mailbox x'"
        );
        assert_eq!(quoted("a\nb"), "'ab'");
    }

    #[test]
    fn the_role_is_never_assigned_without_a_scope() {
        for cause in Cause::ALL {
            for command in remedy(*cause, &NAMES) {
                let assigns = command.powershell.contains("New-ManagementRoleAssignment");
                assert!(
                    !assigns || command.powershell.contains("-CustomRecipientWriteScope"),
                    "{command:?}"
                );
            }
        }
    }

    #[test]
    fn the_look_comes_first_and_changes_can_be_undone_or_verified() {
        for cause in Cause::ALL {
            let commands = remedy(*cause, &NAMES);
            if let Some(first) = commands.first() {
                assert_eq!(first.purpose, RemedyPurpose::Look, "{cause}");
            }
            if commands.iter().any(|c| c.purpose == RemedyPurpose::Change) {
                assert_eq!(
                    commands.last().map(|c| c.purpose),
                    Some(RemedyPurpose::Verify),
                    "{cause}"
                );
            }
        }
    }
}
