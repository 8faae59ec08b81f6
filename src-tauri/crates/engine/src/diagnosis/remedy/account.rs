//! The service account: its password, its state in the directory, its mailbox, its access to EWS.
//!
//! <https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-control-access-to-ews-in-exchange>

use contract::Alternative;

use super::step::{Shell, Step, alternative, change, look, undo, verify};
use super::{Edition, Names, quoted};

const NO_UNDO_PASSWORD: &str = "Can't be undone: the old password is gone. Enter the new one here and wherever else the account signs in.";

fn state(names: &Names<'_>) -> String {
    format!(
        "Get-ADUser {} -Properties Enabled,LockedOut,PasswordExpired,PasswordLastSet,LastBadPasswordAttempt | Format-List SamAccountName,UserPrincipalName,Enabled,LockedOut,PasswordExpired,PasswordLastSet,LastBadPasswordAttempt",
        names.directory_user()
    )
}

fn policy(names: &Names<'_>) -> Step {
    look(format!(
        "Get-User {} | Format-List UserPrincipalName,AuthenticationPolicy",
        names.account()
    ))
}

/// 401: which of the reasons it was, only the server's log tells.
pub(super) fn refused(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(state(names)).at(Shell::Directory),
        look("Get-WinEvent -FilterHashtable @{LogName='Security';Id=4625;StartTime=(Get-Date).AddMinutes(-15)} | Select-Object TimeCreated,@{n='Account';e={$_.Properties[5].Value}},@{n='Status';e={'0x{0:X8}' -f $_.Properties[7].Value}},@{n='SubStatus';e={'0x{0:X8}' -f $_.Properties[9].Value}}")
            .at(Shell::Server)
            .note("0xC000006A is the password, 0xC0000064 the name, 0xC0000234 a locked account, 0xC000035B the channel binding."),
        look("Get-WebServicesVirtualDirectory | Format-List Server,ExtendedProtectionTokenChecking,ExtendedProtectionFlags,ExtendedProtectionSPNList,*Authentication*"),
        policy(names),
    ]
}

/// What to do when the log says that it was not a mistyped password.
pub(super) fn if_not_the_password(names: &Names<'_>) -> Vec<Alternative> {
    vec![
        alternative(
            "The account is locked (0xC0000234)",
            "Whoever uses an old password will lock it again: find that first.",
            locked(names),
        ),
        alternative(
            "The password isn't known any more (0xC000006A)",
            "Whatever else signs in with the old password stops working.",
            new_password(names, false),
        ),
        alternative(
            "A load balancer shows another certificate (0xC000035B)",
            "Loosens the protection against relayed sign-ins for that server; the same certificate on the load balancer and on Exchange is the better way.",
            vec![
                look("Get-WebServicesVirtualDirectory | Format-List Server,ExtendedProtectionTokenChecking,ExtendedProtectionFlags"),
                change(format!(
                    "Set-WebServicesVirtualDirectory {} -ExtendedProtectionTokenChecking Allow",
                    names.virtual_directory()
                ))
                .note("Allow is what Microsoft recommends for the EWS front end: a client that sends no binding gets in, one that sends a wrong binding doesn't."),
                undo(format!(
                    "Set-WebServicesVirtualDirectory {} -ExtendedProtectionTokenChecking Require",
                    names.virtual_directory()
                ))
                .note("What the look showed before, if it was something else."),
                verify("Get-WebServicesVirtualDirectory | Format-List Server,ExtendedProtectionTokenChecking"),
            ],
        ),
    ]
}

/// It worked, and was then refused.
pub(super) fn lost(names: &Names<'_>) -> Vec<Step> {
    let mut steps = vec![
        look(state(names))
            .at(Shell::Directory)
            .note("A PasswordLastSet of today says that the password was changed meanwhile."),
    ];
    steps.extend(unlock(names));
    steps
}

/// Locked out, and who did it.
pub(super) fn locked(names: &Names<'_>) -> Vec<Step> {
    let mut steps = vec![
        look(state(names)).at(Shell::Directory),
        look(format!(
            "Get-WinEvent -ComputerName (Get-ADDomain).PDCEmulator -FilterHashtable @{{LogName='Security';Id=4740}} -MaxEvents 200 | Where-Object {{ $_.Properties[0].Value -eq {} }} | Select-Object TimeCreated,@{{n='From';e={{$_.Properties[1].Value}}}}",
            names.bare_user()
        ))
        .at(Shell::Directory)
        .note("Names the computers that locked it: an old password sits there."),
    ];
    steps.extend(unlock(names));
    steps
}

fn unlock(names: &Names<'_>) -> Vec<Step> {
    let user = names.directory_user();
    vec![
        change(format!("Unlock-ADAccount -Identity {user}"))
            .at(Shell::Directory)
            .note("Can't be undone, and needs no undo: a lock ends by itself."),
        verify(format!(
            "Get-ADUser {user} -Properties LockedOut | Format-List SamAccountName,LockedOut"
        ))
        .at(Shell::Directory),
    ]
}

/// Expired, or to be changed at the next log-on. EWS can't change a password.
pub(super) fn password_expired(names: &Names<'_>) -> Vec<Step> {
    new_password(names, true)
}

fn new_password(names: &Names<'_>, at_log_on: bool) -> Vec<Step> {
    let user = names.directory_user();
    let flag = if at_log_on {
        format!("; Set-ADUser -Identity {user} -ChangePasswordAtLogon $false")
    } else {
        String::new()
    };
    vec![
        look(format!(
            "Get-ADUser {user} -Properties PasswordExpired,PasswordLastSet,PasswordNeverExpires,msDS-UserPasswordExpiryTimeComputed | Format-List SamAccountName,PasswordExpired,PasswordLastSet,PasswordNeverExpires,@{{n='Expires';e={{[datetime]::FromFileTime($_.'msDS-UserPasswordExpiryTimeComputed')}}}}"
        ))
        .at(Shell::Directory),
        change(format!(
            "Set-ADAccountPassword -Identity {user} -Reset -NewPassword (Read-Host 'New password' -AsSecureString){flag}"
        ))
        .at(Shell::Directory)
        .note(NO_UNDO_PASSWORD),
        verify(format!(
            "Get-ADUser {user} -Properties PasswordExpired,PasswordLastSet | Format-List SamAccountName,PasswordExpired,PasswordLastSet"
        ))
        .at(Shell::Directory),
    ]
}

/// A service account whose password stays.
pub(super) fn without_expiry(names: &Names<'_>) -> Vec<Alternative> {
    let user = names.directory_user();
    let verify_it = format!(
        "Get-ADUser {user} -Properties PasswordNeverExpires | Format-List SamAccountName,PasswordNeverExpires"
    );
    vec![alternative(
        "A password that never expires",
        "Many policies forbid it: an old password that leaked stays good. A long random one, and a date to change it, are needed instead.",
        vec![
            look(verify_it.clone()).at(Shell::Directory),
            change(format!(
                "Set-ADUser -Identity {user} -PasswordNeverExpires $true"
            ))
            .at(Shell::Directory),
            undo(format!(
                "Set-ADUser -Identity {user} -PasswordNeverExpires $false"
            ))
            .at(Shell::Directory),
            verify(verify_it).at(Shell::Directory),
        ],
    )]
}

pub(super) fn disabled(names: &Names<'_>) -> Vec<Step> {
    let user = names.directory_user();
    let enabled = format!(
        "Get-ADUser {user} -Properties Enabled,whenChanged | Format-List SamAccountName,Enabled,whenChanged"
    );
    vec![
        look(enabled.clone()).at(Shell::Directory),
        change(format!("Enable-ADAccount -Identity {user}"))
            .at(Shell::Directory)
            .note("Ask first who disabled it, and why."),
        undo(format!("Disable-ADAccount -Identity {user}")).at(Shell::Directory),
        verify(enabled).at(Shell::Directory),
    ]
}

/// A local account, or one of a directory that Exchange doesn't look into.
pub(super) fn not_in_directory(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!(
            "Get-User {} | Format-List Name,RecipientTypeDetails,UserPrincipalName,SamAccountName,OrganizationalUnit",
            names.account()
        ))
        .note("Only accounts of the forest that Exchange is in can use EWS; a local account of a server never can."),
        look("Get-ADTrust -Filter * | Format-Table Name,Direction,ForestTransitive").at(Shell::Directory),
    ]
}

/// An account of the right forest.
pub(super) fn new_account(names: &Names<'_>) -> Vec<Alternative> {
    let user = names.bare_user();
    vec![alternative(
        "A new account in the Exchange forest",
        "A new account has no role yet: give it ApplicationImpersonation with a scope afterwards, and enter it here.",
        vec![
            look(format!(
                "Get-ADUser -Filter {{ SamAccountName -eq {user} }} | Format-Table SamAccountName,UserPrincipalName,Enabled"
            ))
            .at(Shell::Directory),
            change(format!(
                "New-ADUser -Name {user} -SamAccountName {user} -UserPrincipalName ({user} + '@' + (Get-ADDomain).DNSRoot) -Enabled $true -AccountPassword (Read-Host 'Password' -AsSecureString)"
            ))
            .at(Shell::Directory),
            undo(format!("Remove-ADUser -Identity {user} -Confirm:$false"))
                .at(Shell::Directory)
                .note("Only the one that was made by the change."),
            verify(format!(
                "Get-ADUser {user} | Format-List SamAccountName,UserPrincipalName,Enabled"
            ))
            .at(Shell::Directory),
        ],
    )]
}

pub(super) fn not_authorized(names: &Names<'_>) -> Vec<Step> {
    let account = names.account();
    vec![
        look(format!(
            "Get-ManagementRoleAssignment -Role ApplicationImpersonation -GetEffectiveUsers | Where-Object {{ $_.EffectiveUserName -eq (Get-User {account}).Name }} | Format-Table Name,RoleAssigneeName,RecipientWriteScope,CustomRecipientWriteScope,Enabled"
        )),
        policy(names)
            .note("An authentication policy that blocks EWS for this account shows here: Get-AuthenticationPolicy | Format-List *WebServices*."),
        look(format!(
            "Get-ADAccountAuthorizationGroup {} | Measure-Object | Format-List Count",
            names.directory_user()
        ))
        .at(Shell::Directory)
        .note("An account in more than about 1,000 groups gets no usable token."),
        look(state(names)).at(Shell::Directory),
    ]
}

/// Exchange 2013 wants the one who impersonates to have a mailbox.
pub(super) fn no_mailbox(names: &Names<'_>) -> Vec<Step> {
    let account = names.account();
    let newer = match names.edition {
        Edition::Ex2016 | Edition::Ex2019 | Edition::Subscription => {
            "This server is newer than Exchange 2013; a mailbox of the account helps wherever a part of the organization still runs 2013."
        }
        _ => "Uses the next free database; -Database names another.",
    };
    vec![
        look(format!(
            "Get-User {account} | Format-List Name,RecipientTypeDetails"
        )),
        look("Get-ExchangeServer | Format-Table Name,AdminDisplayVersion,Site"),
        change(format!("Enable-Mailbox -Identity {account}")).note(newer),
        undo(format!(
            "Disable-Mailbox -Identity {account} -Confirm:$false"
        ))
        .note("Takes the mailbox away again, with whatever came to it meanwhile."),
        verify(format!(
            "Get-Mailbox {account} | Format-List PrimarySmtpAddress,Database"
        )),
    ]
}

/// OAuth on premises (Hybrid Modern Authentication).
pub(super) fn tokens() -> Vec<Step> {
    vec![
        look("Get-AuthServer | Format-List Name,Realm,Enabled,IsDefaultAuthorizationEndpoint"),
        look("Get-OrganizationConfig | Format-List OAuth2ClientProfileEnabled"),
        look(
            "Get-WebServicesVirtualDirectory | Format-List Server,OAuthAuthentication,InternalUrl,ExternalUrl",
        ),
    ]
}

const SWITCHES: &str = "EwsEnabled,EwsApplicationAccessPolicy,EwsAllowList,EwsBlockList";

/// 403: who switched EWS off, and where.
pub(super) fn blocked(names: &Names<'_>) -> Vec<Step> {
    let account = names.account();
    let of_account = format!("Get-CASMailbox {account} | Format-List {SWITCHES}");
    let mut steps = vec![
        look(format!("Get-OrganizationConfig | Format-List {SWITCHES}")),
        look("Import-Module WebAdministration; Get-WebConfiguration -PSPath 'IIS:\\Sites\\Default Web Site\\EWS' -Filter system.webServer/security/ipSecurity | Format-List allowUnlisted,Collection")
            .at(Shell::Server)
            .note("Addresses that IIS lets in or keeps out."),
    ];
    if names.before_log_on {
        // Nobody was signed in yet: no switch of the account can be the reason.
        return steps;
    }
    steps.insert(
        1,
        look(of_account.clone()).note(
            "Fails where the account has no mailbox: then only the organization's switches count.",
        ),
    );
    steps.extend([
        change(format!("Set-CASMailbox {account} -EwsEnabled $true"))
            .note("Where the look shows EwsEnabled: False for the account."),
        undo(format!("Set-CASMailbox {account} -EwsEnabled $false"))
            .note("What the look showed before; $null stands for empty."),
        verify(of_account),
    ]);
    steps
}

/// Switches that hold for everybody.
pub(super) fn wider_switches(names: &Names<'_>) -> Vec<Alternative> {
    if names.before_log_on {
        return Vec::new();
    }
    let agent = quoted("Understudy/*");
    let show = format!("Get-OrganizationConfig | Format-List {SWITCHES}");
    vec![
        alternative(
            "EWS is switched off for the whole organization",
            "Switches EWS on for every mailbox and every program of the organization.",
            vec![
                look(show.clone()),
                change("Set-OrganizationConfig -EwsEnabled $true"),
                undo("Set-OrganizationConfig -EwsEnabled $false")
                    .note("What the look showed before; $null stands for empty."),
                verify(show.clone()),
            ],
        ),
        alternative(
            "A list of allowed programs is in force (EnforceAllowList)",
            "Lets a program in by the name it gives itself, which any program can give itself.",
            vec![
                look(show.clone()),
                change(format!(
                    "Set-OrganizationConfig -EwsAllowList @{{Add={agent}}}"
                )),
                undo(format!(
                    "Set-OrganizationConfig -EwsAllowList @{{Remove={agent}}}"
                )),
                verify(show),
            ],
        ),
    ]
}
