//! The way to the server: names, ports, proxies, certificates.

use contract::Alternative;

use super::step::{Shell, Step, alternative, change, look, undo, verify};
use super::{Names, quoted};

fn urls() -> Step {
    look("Get-WebServicesVirtualDirectory | Format-List Server,InternalUrl,ExternalUrl")
        .note("The hosts that the servers themselves are set to.")
}

fn reach(names: &Names<'_>) -> String {
    format!("Test-NetConnection {} -Port {}", names.host(), names.port)
}

pub(super) fn name(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!("Resolve-DnsName {}", names.host())).at(Shell::Here),
        look("Get-DnsClientServerAddress | Where-Object { $_.ServerAddresses } | Format-Table InterfaceAlias,ServerAddresses")
            .at(Shell::Here)
            .note("Away from the company's network its names resolve only through the VPN's name servers."),
        urls(),
    ]
}

/// The host answers, the port doesn't.
pub(super) fn refused(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(reach(names)).at(Shell::Here),
        look("Get-Service W3SVC,MSExchangeServiceHost | Format-Table Name,Status,StartType").at(Shell::Server),
        look(format!(
            "Get-NetTCPConnection -State Listen -LocalPort {} | Format-Table LocalAddress,LocalPort,OwningProcess",
            names.port
        ))
        .at(Shell::Server),
        urls(),
        change("Start-Service W3SVC")
            .at(Shell::Server)
            .note("Where the look shows W3SVC stopped."),
        undo("Stop-Service W3SVC").at(Shell::Server),
        verify(reach(names)).at(Shell::Here),
    ]
}

/// Nothing comes back: a firewall, or a wrong address.
pub(super) fn silent(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(format!("{} -InformationLevel Detailed", reach(names))).at(Shell::Here),
        look(format!("Resolve-DnsName {}", names.host()))
            .at(Shell::Here)
            .note("The address must be one of Exchange, or of its load balancer."),
        look(format!(
            "Get-NetFirewallRule -Direction Inbound -Enabled True | Get-NetFirewallPortFilter | Where-Object {{ $_.LocalPort -eq '{}' }} | Format-Table InstanceID,Protocol,LocalPort",
            names.port
        ))
        .at(Shell::Server),
        urls(),
    ]
}

/// Which proxy Windows itself would take, scripts included; whether it goes without one.
pub(super) fn proxy(names: &Names<'_>) -> Vec<Step> {
    let ews = quoted(&format!(
        "https://{}:{}/EWS/Exchange.asmx",
        names.host, names.port
    ));
    vec![
        look(format!(
            "[System.Net.WebRequest]::GetSystemWebProxy().GetProxy({ews}).AbsoluteUri"
        ))
        .at(Shell::Here)
        .note("The proxy that Windows takes; the EWS address itself stands for none."),
        look("netsh winhttp show proxy").at(Shell::Here),
        look(reach(names)).at(Shell::Here).note(
            "Whether it goes without a proxy: then choose Direct in the proxy settings here.",
        ),
    ]
}

pub(super) fn certificates() -> Vec<Step> {
    vec![
        look("Get-ExchangeCertificate | Format-List Subject,Issuer,CertificateDomains,Services,NotAfter,Thumbprint"),
        // Thumbprints are SHA-1; what is shown and pinned here is SHA-256.
        look(r"Get-ChildItem Cert:\LocalMachine\My | Format-List Subject,NotAfter,@{n='SHA256';e={$_.GetCertHashString('SHA256')}}")
            .at(Shell::Server)
            .note("Compare the SHA256 with the one that is shown here: only on the server itself it proves anything."),
    ]
}

/// Another certificate of the server is the right one.
pub(super) fn other_certificate(names: &Names<'_>) -> Vec<Step> {
    let mut steps = certificates();
    steps.extend([
        change("Enable-ExchangeCertificate -Thumbprint '<new thumbprint>' -Services IIS").note(format!(
            "Put in the thumbprint of a valid certificate that names {}; where there is none, get one from your CA first. Takes effect at once for every client of the server.",
            names.host
        )),
        undo("Enable-ExchangeCertificate -Thumbprint '<old thumbprint>' -Services IIS")
            .note("The one that had IIS among its Services before."),
        verify("Get-ExchangeCertificate | Where-Object { $_.Services -match 'IIS' } | Format-List Subject,CertificateDomains,NotAfter,Thumbprint"),
    ]);
    steps
}

/// The certificate is right, the URL is not.
pub(super) fn url_of_the_certificate(names: &Names<'_>) -> Vec<Alternative> {
    let directory = names.virtual_directory();
    let old = quoted(&format!(
        "https://{}:{}/EWS/Exchange.asmx",
        names.host, names.port
    ));
    vec![alternative(
        "The certificate is right, and the servers are set to another host",
        "Every client that finds its server by Autodiscover goes to the new address; the name must resolve for all of them.",
        vec![
            look("Get-WebServicesVirtualDirectory | Format-List Server,InternalUrl,ExternalUrl"),
            change(format!(
                "Set-WebServicesVirtualDirectory {directory} -ExternalUrl 'https://<host of the certificate>/EWS/Exchange.asmx'"
            ))
            .note("Put in one of the names that the certificate is for."),
            undo(format!(
                "Set-WebServicesVirtualDirectory {directory} -ExternalUrl {old}"
            ))
            .note("What the look showed before, if it was something else."),
            verify("Get-WebServicesVirtualDirectory | Format-List Server,InternalUrl,ExternalUrl"),
        ],
    )]
}

const TLS_12: &str =
    r"HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server";

/// Versions that SCHANNEL was told about (nothing listed: the defaults), suites it offers.
pub(super) fn protocol(names: &Names<'_>) -> Vec<Step> {
    vec![
        look(r"Get-ChildItem 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols' -Recurse | Get-ItemProperty | Format-Table PSParentPath,PSChildName,Enabled,DisabledByDefault")
            .at(Shell::Server)
            .note("Versions that are not listed have the defaults of Windows."),
        look("Get-TlsCipherSuite | Format-Table Name,Exchange,Certificate").at(Shell::Server),
        look("Get-ExchangeCertificate | Format-List Subject,CertificateDomains,Services,PublicKeySize,NotAfter,Thumbprint"),
        look("Import-Module WebAdministration; Get-WebConfigurationProperty -PSPath 'MACHINE/WEBROOT/APPHOST' -Location 'Default Web Site/EWS' -Filter system.webServer/security/access -Name sslFlags")
            .at(Shell::Server)
            .note("SslRequireCert demands a client certificate, which EWS must not."),
        change(format!(
            "if (-not (Test-Path '{TLS_12}')) {{ New-Item '{TLS_12}' -Force | Out-Null }}; New-ItemProperty '{TLS_12}' -Name Enabled -Value 1 -PropertyType DWord -Force | Out-Null; New-ItemProperty '{TLS_12}' -Name DisabledByDefault -Value 0 -PropertyType DWord -Force | Out-Null"
        ))
        .at(Shell::Server)
        .note("Switches TLS 1.2 on where it was switched off; takes effect with the next restart of Windows."),
        undo(format!(
            "Remove-ItemProperty '{TLS_12}' -Name Enabled,DisabledByDefault"
        ))
        .at(Shell::Server)
        .note("Back to the defaults of Windows; where the look showed values before, set those."),
        verify(format!("Get-ItemProperty '{TLS_12}' | Format-List Enabled,DisabledByDefault")).at(Shell::Server),
        verify(reach(names)).at(Shell::Here),
    ]
}
