//! Mailboxes and addresses: what they are, where they live, what is wrong with them.

use contract::Alternative;

use super::Names;
use super::step::{Shell, Step, alternative, change, look, undo, verify};

/// The whole list, to be imported again.
pub(super) fn list() -> Vec<Step> {
    vec![
        look("Get-Mailbox -ResultSize Unlimited | Select-Object DisplayName,PrimarySmtpAddress,UserPrincipalName,RecipientTypeDetails,ExchangeGuid | Export-Csv users.csv -NoTypeInformation -Encoding UTF8")
            .note("Writes users.csv, which can be imported here."),
    ]
}

/// What an address is.
pub(super) fn recipients(names: &Names<'_>) -> Vec<Step> {
    let found = names
        .over
        .each(|who| format!("Get-Recipient {who} -ErrorAction Continue"));
    let mut steps = vec![
        look(format!(
            "{found} | Format-Table Name,RecipientTypeDetails,PrimarySmtpAddress,ServerName -AutoSize"
        ))
        .note("Not found: nobody here has this address. MailUser, MailContact, RemoteUserMailbox: there is no mailbox here."),
    ];
    steps.extend(list());
    steps
}

/// A mailbox of Exchange Online, or of another forest.
pub(super) fn elsewhere(names: &Names<'_>) -> Vec<Step> {
    let remote = names.over.each(|who| format!("Get-RemoteMailbox {who}"));
    let found = names.over.each(|who| format!("Get-Recipient {who}"));
    vec![
        look(format!(
            "{remote} | Format-List PrimarySmtpAddress,RemoteRoutingAddress,ExchangeGuid"
        ))
        .note(
            "RemoteRoutingAddress shows where it lives; mail.onmicrosoft.com is Exchange Online.",
        ),
        look(format!(
            "{found} | Format-Table Name,RecipientTypeDetails,PrimarySmtpAddress -AutoSize"
        )),
    ]
}

/// UPNs and SIDs that the directory doesn't know.
pub(super) fn identities(names: &Names<'_>) -> Vec<Step> {
    let users = names.over.each(|who| format!("Get-User {who}"));
    let mut steps = vec![look(format!(
        "{users} | Format-List UserPrincipalName,Sid,SamAccountName,WindowsEmailAddress"
    ))];
    steps.extend(list());
    steps
}

/// Only Exchange Online knows licenses: on premises the mailbox is a remote one.
pub(super) fn license(names: &Names<'_>) -> Vec<Step> {
    let licenses = names
        .over
        .each(|who| format!("Get-MgUserLicenseDetail -UserId {who}"));
    vec![
        look(format!("{licenses} | Format-Table SkuPartNumber"))
            .at(Shell::Graph)
            .note("Empty: no license. Licenses are given in the Microsoft 365 admin center."),
        look(format!(
            "{} | Format-Table Name,RecipientTypeDetails,PrimarySmtpAddress",
            names.over.each(|who| format!("Get-Recipient {who}"))
        )),
    ]
}

pub(super) fn moving(names: &Names<'_>) -> Vec<Step> {
    let moves = names
        .over
        .each(|who| format!("Get-MoveRequest -Identity {who}"));
    vec![
        look(format!(
            "{moves} | Get-MoveRequestStatistics | Format-List DisplayName,StatusDetail,PercentComplete,TargetDatabase"
        ))
        .note("Wait for Completed, then check these mailboxes again. A failed move says why with -IncludeReport."),
    ]
}

pub(super) fn databases(names: &Names<'_>) -> Vec<Step> {
    let of = names
        .over
        .each(|who| format!("(Get-Mailbox {who}).Database"));
    let shown = "Get-MailboxDatabase -Status | Format-Table Name,Server,Mounted";
    vec![
        look(shown),
        look("Get-MailboxDatabaseCopyStatus * | Format-Table Name,Status,CopyQueueLength,ContentIndexState"),
        look(format!("{of} | Group-Object | Format-Table Name,Count")).note("The databases these mailboxes are in."),
        change(format!("{of} | Sort-Object -Unique | ForEach-Object {{ Mount-Database -Identity $_ }}"))
            .note("Only where the look shows Mounted: False, and nobody took the database down on purpose."),
        undo(format!(
            "{of} | Sort-Object -Unique | ForEach-Object {{ Dismount-Database -Identity $_ -Confirm:$false }}"
        )),
        verify(names.over.each(|who| format!("Test-MAPIConnectivity -Identity {who}"))),
    ]
}

pub(super) fn attributes(names: &Names<'_>) -> Vec<Step> {
    let mailboxes = names.over.each(|who| format!("Get-Mailbox {who}"));
    let twins = names.over.each(|who| {
        format!("$dn = (Get-Mailbox {who}).LegacyExchangeDN -replace \"'\",\"''\"; Get-Recipient -Filter \"LegacyExchangeDN -eq '$dn'\"")
    });
    vec![
        look(format!(
            "{mailboxes} | Format-List PrimarySmtpAddress,EmailAddresses,Database,ExchangeGuid,LegacyExchangeDN,IsValid"
        ))
        .note("An empty Database or ExchangeGuid, IsValid: False, or no SMTP: among EmailAddresses is what is wrong."),
        look(format!("& {{ {twins} }} | Format-Table Name,RecipientTypeDetails,LegacyExchangeDN"))
            .note("Two lines with one LegacyExchangeDN are ErrorDuplicateLegacyDistinguishedName."),
        look(format!(
            "{} | Format-List UserPrincipalName,Sid,SamAccountName,UserAccountControl",
            names.over.each(|who| format!("Get-User {who}"))
        )),
    ]
}

/// Where the mailbox has no usable address.
pub(super) fn address_policy(names: &Names<'_>) -> Vec<Alternative> {
    let each = |on: &str| {
        names
            .over
            .each(|who| format!("Set-Mailbox -Identity {who} -EmailAddressPolicyEnabled {on}"))
    };
    let shown = format!(
        "{} | Format-List PrimarySmtpAddress,EmailAddresses,EmailAddressPolicyEnabled",
        names.over.each(|who| format!("Get-Mailbox {who}"))
    );
    vec![alternative(
        "The mailbox has no SMTP address",
        "The address policy may give these mailboxes other addresses than they have now.",
        vec![
            look(shown.clone()).note("Keep what it shows: addresses that the policy adds are not taken back by the undo."),
            change(each("$true")),
            undo(each("$false")),
            verify(shown),
        ],
    )]
}

pub(super) fn folders(names: &Names<'_>) -> Vec<Step> {
    let each = names
        .over
        .each(|who| format!("Get-MailboxFolderStatistics -Identity {who}"));
    vec![
        look(format!(
            "{each} | Where-Object {{ $_.FolderType -in 'Inbox','Calendar','Contacts','Tasks' }} | Format-Table Identity,FolderType,ItemsInFolder"
        ))
        .note("Default folders are made when the owner signs in for the first time."),
    ]
}

pub(super) fn permissions(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!(
            "{} | Format-Table FolderName,User,AccessRights",
            names
                .over
                .each(|who| format!("Get-MailboxFolderPermission -Identity ({who} + ':\\')"))
        )),
        look(format!(
            "{} | Format-Table Name,EwsEnabled,EwsApplicationAccessPolicy,EwsAllowList,EwsBlockList",
            names.over.each(|who| format!("Get-CASMailbox {who}"))
        )),
        look(format!(
            "{} | Format-Table EffectiveUserName,Name",
            names.over.each(|who| format!(
                "Get-ManagementRoleAssignment -Role ApplicationImpersonation -WritableRecipient {who} -GetEffectiveUsers"
            ))
        )),
    ]
}

pub(super) fn disabled(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!(
            "{} | Format-Table Name,UserPrincipalName,UserAccountControl,RecipientTypeDetails",
            names.over.each(|who| format!("Get-User {who}"))
        ))
        .note("Shared, room and equipment mailboxes have disabled accounts on purpose. Take people who have left off the list."),
    ]
}

/// Where the person is still there.
pub(super) fn enabled_again(names: &Names<'_>) -> Vec<Alternative> {
    let each = |verb: &str| {
        names
            .over
            .each(|who| format!("{verb}-ADAccount -Identity (Get-User {who}).SamAccountName"))
    };
    let shell = "In the Exchange Management Shell of a computer with the ActiveDirectory module.";
    let shown = format!(
        "{} | Format-Table Name,UserAccountControl",
        names.over.each(|who| format!("Get-User {who}"))
    );
    vec![alternative(
        "The account was disabled by mistake",
        "Lets the person sign in everywhere again: ask who disabled the account first.",
        vec![
            look(shown.clone()),
            change(each("Enable")).note(shell),
            undo(each("Disable")).note(shell),
            verify(shown),
        ],
    )]
}

pub(super) fn quota(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!(
            "{} | Format-Table DisplayName,TotalItemSize,StorageLimitStatus",
            names
                .over
                .each(|who| format!("Get-MailboxStatistics {who}"))
        )),
        look(format!(
            "{} | Format-Table Name,UseDatabaseQuotaDefaults,IssueWarningQuota,ProhibitSendQuota,ProhibitSendReceiveQuota",
            names.over.each(|who| format!("Get-Mailbox {who}"))
        )),
    ]
}

/// More room.
pub(super) fn larger_quota(names: &Names<'_>) -> Vec<Alternative> {
    let shown = format!(
        "{} | Format-Table Name,UseDatabaseQuotaDefaults,IssueWarningQuota,ProhibitSendQuota,ProhibitSendReceiveQuota",
        names.over.each(|who| format!("Get-Mailbox {who}"))
    );
    vec![alternative(
        "A larger quota",
        "Takes room in the database, and backups with it.",
        vec![
            look(shown.clone()).note("Keep what it shows: the undo needs it."),
            change(names.over.each(|who| {
                format!("Set-Mailbox -Identity {who} -UseDatabaseQuotaDefaults $false -IssueWarningQuota 19GB -ProhibitSendQuota 20GB -ProhibitSendReceiveQuota 21GB")
            }))
            .note("Put the sizes you want in."),
            undo(names.over.each(|who| {
                format!("Set-Mailbox -Identity {who} -UseDatabaseQuotaDefaults $true")
            }))
            .note("Where the look showed True; else set the sizes it showed."),
            verify(shown),
        ],
    )]
}
