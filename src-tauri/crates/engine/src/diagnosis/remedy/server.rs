//! The Exchange server: its virtual directories, its health, its throttling, its way to the directory.
//!
//! <https://learn.microsoft.com/exchange/clients/default-virtual-directory-settings>

use contract::Alternative;

use super::step::{Shell, Step, alternative, change, look, undo, verify};
use super::{Edition, Names};

const DIRECTORIES: &str = "Get-WebServicesVirtualDirectory | Format-List Server,InternalUrl,ExternalUrl,InternalNLBBypassUrl,*Authentication*,ExtendedProtection*";
const REDIRECT: &str =
    r"-PSPath 'IIS:\Sites\Default Web Site\EWS' -Filter system.webServer/httpRedirect";
const HTTP_SYS: &str = r"HKLM:\SYSTEM\CurrentControlSet\Services\HTTP\Parameters";

/// Something else than EWS answers, or it sends us away: very often a redirect of the site to /owa that its
/// directories inherit.
pub(super) fn redirects(_: &Names<'_>) -> Vec<Step> {
    let shown = format!(
        "Import-Module WebAdministration; Get-WebConfigurationProperty {REDIRECT} -Name enabled,destination,childOnly | Format-List ItemXPath,Value"
    );
    vec![
        look(DIRECTORIES)
            .note("The right address ends in /EWS/Exchange.asmx; only Windows, OAuth and WS-Security authentication belong there."),
        look(shown.clone()).at(Shell::Server),
        change(format!(
            "Import-Module WebAdministration; Set-WebConfigurationProperty {REDIRECT} -Name enabled -Value $false"
        ))
        .at(Shell::Server)
        .note("Where the look shows that the directory EWS redirects: it has that from its site."),
        undo(format!(
            "Import-Module WebAdministration; Set-WebConfigurationProperty {REDIRECT} -Name enabled -Value $true"
        ))
        .at(Shell::Server),
        verify(shown).at(Shell::Server),
    ]
}

/// 400 and 413: what was too large, or which certificate was asked for.
pub(super) fn request_limits(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!(
            "Get-ADAccountAuthorizationGroup {} | Measure-Object | Format-List Count",
            names.directory_user()
        ))
        .at(Shell::Directory)
        .note("Every group makes the Kerberos ticket larger; take the account out of those it needs not be in."),
        look(format!("Get-ItemProperty '{HTTP_SYS}' | Format-List MaxFieldLength,MaxRequestBytes"))
            .at(Shell::Server)
            .note("Empty: the defaults of Windows, 16,384 bytes."),
        look("Import-Module WebAdministration; Get-WebConfigurationProperty -PSPath 'MACHINE/WEBROOT/APPHOST' -Location 'Default Web Site/EWS' -Filter system.webServer/security/access -Name sslFlags")
            .at(Shell::Server)
            .note("SslNegotiateCert makes IIS ask for a client certificate in mid-request, which ends in 413."),
        look(DIRECTORIES).note("A wrong InternalNLBBypassUrl makes requests fail at random."),
        look(r"Get-Content C:\Windows\System32\LogFiles\HTTPERR\httperr*.log -Tail 50").at(Shell::Server),
    ]
}

/// Room for a large ticket.
pub(super) fn larger_requests(_: &Names<'_>) -> Vec<Alternative> {
    let shown =
        format!("Get-ItemProperty '{HTTP_SYS}' | Format-List MaxFieldLength,MaxRequestBytes");
    vec![alternative(
        "Larger Kerberos tickets",
        "Holds for every web site of that server and needs a restart; fewer groups for the account are the better way.",
        vec![
            look(shown.clone()).at(Shell::Server),
            change(format!(
                "New-ItemProperty '{HTTP_SYS}' -Name MaxFieldLength -Value 65534 -PropertyType DWord -Force | Out-Null; New-ItemProperty '{HTTP_SYS}' -Name MaxRequestBytes -Value 65536 -PropertyType DWord -Force | Out-Null"
            ))
            .at(Shell::Server),
            undo(format!(
                "Remove-ItemProperty '{HTTP_SYS}' -Name MaxFieldLength,MaxRequestBytes"
            ))
            .at(Shell::Server)
            .note("Back to the defaults; where the look showed values before, set those."),
            verify(shown).at(Shell::Server),
        ],
    )]
}

fn components(names: &Names<'_>) -> Step {
    look(format!(
        "Get-ServerComponentState {} | Where-Object {{ $_.Component -like '*Proxy*' -or $_.Component -eq 'ServerWideOffline' }} | Format-Table Component,State",
        names.server()
    ))
    .note("Inactive: the server is in maintenance.")
}

fn report(names: &Names<'_>) -> String {
    format!(
        "Get-HealthReport {} -HaImpactOnly:$false | Where-Object {{ $_.HealthSet -like 'EWS*' }} | Format-Table HealthSet,AlertValue,State",
        names.server()
    )
}

/// A gateway in front of Exchange gets no answer.
pub(super) fn health(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!("Test-NetConnection {} -Port 443", names.server()))
            .at(Shell::Here)
            .note("Past the load balancer: does the server itself answer?"),
        components(names),
        look(report(names)),
        look("Get-WebAppPoolState MSExchangeServicesAppPool | Format-List Value").at(Shell::Server),
    ]
}

/// Only for a server that somebody left in maintenance.
pub(super) fn out_of_maintenance(names: &Names<'_>) -> Vec<Alternative> {
    let server = names.server();
    let set = |state: &str| {
        format!(
            "Set-ServerComponentState {server} -Component ServerWideOffline -State {state} -Requester Maintenance"
        )
    };
    let shown = format!("Get-ServerComponentState {server} | Format-Table Component,State");
    vec![alternative(
        "The server was left in maintenance",
        "Sends all clients to that server again: ask who took it out of service.",
        vec![
            look(shown.clone()),
            change(set("Active")),
            undo(set("Inactive")),
            verify(shown),
        ],
    )]
}

/// The server itself fails: what it wrote about that, and a fresh start of EWS.
pub(super) fn application_pool(names: &Names<'_>) -> Vec<Step> {
    let mut steps = vec![components(names), look(report(names))];
    steps.extend(logs());
    steps.extend([
        change("Restart-WebAppPool MSExchangeServicesAppPool")
            .at(Shell::Server)
            .note("Ends the requests of all EWS clients of that server. Can't be undone, and needs no undo: the pool starts by itself."),
        verify(report(names)),
    ]);
    steps
}

/// What the server wrote about a request.
pub(super) fn logs() -> Vec<Step> {
    vec![
        look("Get-WinEvent -FilterHashtable @{LogName='Application';ProviderName='MSExchange Web Services';StartTime=(Get-Date).AddHours(-1)} | Format-List TimeCreated,Id,Message")
            .at(Shell::Server),
        look("Get-ChildItem (Join-Path $env:ExchangeInstallPath 'Logging\\Ews') -Recurse -Filter *.log | Sort-Object LastWriteTime -Descending | Select-Object -First 5 | Select-String '<request id>'")
            .at(Shell::Server)
            .note("Put in the request ID that a mailbox shows in its details."),
    ]
}

pub(super) fn versions() -> Vec<Step> {
    vec![look(
        "Get-ExchangeServer | Format-Table Name,AdminDisplayVersion,Site",
    )]
}

/// What EWS offers, and Windows authentication where that was switched off.
pub(super) fn schemes(names: &Names<'_>) -> Vec<Step> {
    let shown = look(DIRECTORIES);
    if names.offers("NTLM") || names.offers("Negotiate") {
        // The server is as it is made: the choice here is what has to change.
        return vec![shown.note("As Exchange is set up: nothing is to be changed on the server.")];
    }
    let directory = names.virtual_directory();
    vec![
        shown,
        change(format!(
            "Set-WebServicesVirtualDirectory {directory} -WindowsAuthentication $true"
        ))
        .note("The default of Exchange. Run iisreset on that server afterwards; a gateway in front of it must let NTLM and Negotiate through."),
        undo(format!(
            "Set-WebServicesVirtualDirectory {directory} -WindowsAuthentication $false"
        )),
        verify(DIRECTORIES),
    ]
}

/// Never first.
pub(super) fn basic_authentication(names: &Names<'_>) -> Vec<Alternative> {
    if names.offers("Basic") {
        return Vec::new();
    }
    let directory = names.virtual_directory();
    vec![alternative(
        "Basic authentication, as a last resort",
        "Every request then carries the password itself, and anyone can try passwords against EWS. Windows authentication needs neither.",
        vec![
            look(DIRECTORIES),
            change(format!(
                "Set-WebServicesVirtualDirectory {directory} -BasicAuthentication $true"
            ))
            .note("Run iisreset on that server afterwards."),
            undo(format!(
                "Set-WebServicesVirtualDirectory {directory} -BasicAuthentication $false"
            )),
            verify(DIRECTORIES),
        ],
    )]
}

/// Servers don't trust each other, or don't reach a domain controller.
pub(super) fn directory(names: &Names<'_>) -> Vec<Step> {
    let server = names.server();
    vec![
        look(format!("Test-ServiceHealth {server}")),
        look(format!(
            "Get-ExchangeServer {server} -Status | Format-List Name,*DomainControllers*,*GlobalCatalogs*"
        )),
        look("Test-ComputerSecureChannel").at(Shell::Server).note("False: the server has lost its trust with the domain."),
        look("Get-ADGroupMember 'Windows Authorization Access Group' | Format-Table Name")
            .at(Shell::Directory)
            .note("Exchange Servers must be among its members."),
        look("Get-WinEvent -FilterHashtable @{LogName='Application';ProviderName='MSExchange ADAccess';StartTime=(Get-Date).AddHours(-1)} | Format-List TimeCreated,Id,Message")
            .at(Shell::Server),
    ]
}

/// Something on the way drops the header, or another server answers.
pub(super) fn ignored(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(DIRECTORIES),
        look(format!("Resolve-DnsName {}", names.host()))
            .at(Shell::Here)
            .note("Does the name lead to Exchange itself, or to a gateway that rewrites requests?"),
    ]
}

const POLICY: &str = "EWS-Service";

/// A policy of the service account alone.
pub(super) fn throttling(names: &Names<'_>) -> Vec<Step> {
    let account = names.account();
    let shown =
        format!("Get-ThrottlingPolicyAssociation {account} | Format-List ThrottlingPolicyId");
    vec![
        look(shown.clone()).note("Empty: the default policy."),
        look("Get-ThrottlingPolicy | Where-Object { $_.ThrottlingPolicyScope -eq 'Global' } | Format-List Ews*"),
        change(format!(
            "New-ThrottlingPolicy -Name '{POLICY}' -ThrottlingPolicyScope Regular -EwsMaxConcurrency 50; Set-ThrottlingPolicyAssociation {account} -ThrottlingPolicy '{POLICY}'"
        ))
        .note("For this account alone. Fewer connections in the settings here may be enough."),
        undo(format!(
            "Set-ThrottlingPolicyAssociation {account} -ThrottlingPolicy $null; Remove-ThrottlingPolicy '{POLICY}' -Confirm:$false"
        ))
        .note("$null is the default policy; where the look showed another, name that."),
        verify(shown),
    ]
}

/// From one server to another.
pub(super) fn routing(names: &Names<'_>) -> Vec<Step> {
    let mut steps = vec![
        look(format!(
            "{} | Format-Table Name,Database,ServerName,AdminDisplayVersion",
            names.over.each(|who| format!("Get-Mailbox {who}"))
        )),
        look("Get-ExchangeServer | Format-Table Name,AdminDisplayVersion,Site"),
        look(DIRECTORIES).note("Every site needs an InternalUrl that the others reach."),
        components(names),
        look(format!(
            "Get-ADAccountAuthorizationGroup {} | Measure-Object | Format-List Count",
            names.directory_user()
        ))
        .at(Shell::Directory)
        .note("More than 3,000 groups can't be passed on to another server (ErrorProxyGroupSidLimitExceeded)."),
    ];
    if names.edition == Edition::Ex2010 {
        steps.truncate(3);
    }
    steps
}
