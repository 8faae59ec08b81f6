//! Names, ports, proxies, certificates.

use super::Ranked;
use crate::diagnosis::facts::Facts;
use crate::diagnosis::refusal::inspector;

pub(super) fn name(facts: &Facts<'_>) -> Ranked {
    let host = facts.host;
    let bare = !host.contains('.');
    Ranked::default()
        .only_if(bare, format!("{host} is a name without a domain, which resolves only inside its own network."))
        .only_if(
            facts.summary.granted > 0,
            "The name resolved earlier in this run: the name server, or the way to it, failed meanwhile.",
        )
        .or("The host in the EWS URL is mistyped.")
        .or("The name exists only inside the company's network, and this computer isn't in it: no VPN, or name servers of another network.")
        .or("The name server doesn't answer.")
}

pub(super) fn refused(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .only_if(
            facts.summary.granted > 0,
            "The server took connections earlier in this run: IIS or the load balancer was stopped meanwhile.",
        )
        .or("The port in the EWS URL is another than the one that IIS listens on.")
        .or("IIS, or the site on the server, is stopped.")
        .or("The name leads to a computer that isn't Exchange.")
        .or("A firewall refuses the connection instead of dropping it.")
}

pub(super) fn silent(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .only_if(
            facts.proxy.is_some(),
            "The HTTP proxy accepts the connection and gets none to the server itself.",
        )
        .or("A firewall between this computer and the server drops the connection.")
        .or("The name leads to an address of another network, such as the external one from inside.")
        .or("The server or its load balancer is switched off.")
}

pub(super) fn proxy(facts: &Facts<'_>) -> Ranked {
    let says = |words: &[&str]| words.iter().any(|words| facts.told(words));
    let asks = says(&["407", "sign-in"]);
    let denied = says(&["doesn't allow", "makes no tunnels", "refuses the tunnel"]);
    let beyond = says(&["couldn't connect", "has no way to", "waited in vain"]);
    Ranked::default()
        .only_if(
            facts.summary.granted > 0,
            "Connections through the proxy worked earlier in this run: it asks for a sign-in by now, or limits connections.",
        )
        .or_first_if(
            asks,
            "The proxy asks for a sign-in of its own, and has got none or a wrong one: give it its user and password.",
        )
        .or_first_if(
            denied,
            format!("The proxy's rules don't allow CONNECT to {}.", facts.host),
        )
        .or_first_if(
            beyond,
            "The proxy can't reach the server: seen from it the name isn't found, or the port is closed.",
        )
        .unless(
            asks || denied || beyond,
            "The proxy itself can't be reached: its address or port is wrong, or it is switched off.",
        )
        .or("No proxy is needed for a server inside the network: connect directly.")
}

fn inspected(facts: &Facts<'_>) -> Option<String> {
    let leaf = facts.leaf?;
    let product = inspector(&leaf.issuer)?;
    Some(format!(
        "{product} ends TLS on the way to look inside (the certificate was issued by {}): exempt {} from inspection.",
        leaf.issuer, facts.host
    ))
}

fn self_signed(facts: &Facts<'_>) -> bool {
    facts.leaf.is_some_and(|leaf| leaf.issuer == leaf.subject)
}

pub(super) fn untrusted(facts: &Facts<'_>) -> Ranked {
    let inspected = inspected(facts);
    let known = inspected.is_some();
    Ranked::default()
        .then(inspected.into_iter().collect())
        .or_first_if(
            self_signed(facts),
            "It is the self-signed certificate that Exchange installs: compare its fingerprint on the server, then pin it here, or install one of your CA.",
        )
        .or("It comes from the company's own CA, which this computer doesn't trust: choose the CA's file here.")
        .or("The server doesn't send the certificates in between: install them on it.")
        .unless(known, "A TLS-inspecting proxy or antivirus program shows a certificate of its own.")
}

pub(super) fn pin(facts: &Facts<'_>) -> Ranked {
    let inspected = inspected(facts);
    let known = inspected.is_some();
    Ranked::default()
        .then(inspected.into_iter().collect())
        .or("The certificate was renewed: compare the new fingerprint on the server, then pin it.")
        .or("Another server of the same name answers, with a certificate of its own.")
        .unless(
            known,
            "Something in between shows a certificate of its own: somebody looks inside.",
        )
}

pub(super) fn another_name(facts: &Facts<'_>) -> Ranked {
    let host = facts.host;
    let names = facts
        .leaf
        .map(|leaf| leaf.names.join(", "))
        .filter(|names| !names.is_empty());
    let ip = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[');
    Ranked::default()
        .only_if(
            ip,
            "The EWS URL names an address; certificates name hosts. Use the host's name.",
        )
        .then(
            names
                .map(|names| {
                    format!("The EWS URL should use one of the certificate's names: {names}.")
                })
                .into_iter()
                .collect(),
        )
        .or(format!(
            "The certificate was made without {host}: renew it with that name."
        ))
        .or("The name leads to another server or load balancer than was meant.")
}

pub(super) fn dates(facts: &Facts<'_>) -> Ranked {
    let skew = facts.authentication.clock_skew_seconds.unwrap_or_default();
    let until = facts
        .leaf
        .map(|leaf| {
            format!(
                ": it is valid from {} to {}",
                leaf.not_before, leaf.not_after
            )
        })
        .unwrap_or_default();
    Ranked::default()
        .only_if(
            skew.abs() > 86_400,
            "This computer's clock differs from the server's by more than a day: set it first.",
        )
        .or(format!("The certificate wasn't renewed in time{until}."))
        .or("A renewed certificate is on the server, and IIS still uses the old one.")
        .unless(skew.abs() > 86_400, "This computer's clock is wrong.")
}

pub(super) fn protocol(facts: &Facts<'_>) -> Ranked {
    let no_tls = facts.told("not TLS");
    let client = facts.told("client certificate");
    let known = no_tls || client;
    Ranked::default()
        .or_first_if(
            facts.told("no version of TLS"),
            "The server speaks TLS 1.0 or 1.1 only, as old Windows does: switch TLS 1.2 on.",
        )
        .or_first_if(
            facts.told("no cipher suite"),
            "The server offers no cipher suite with ECDHE and AES-GCM.",
        )
        .or_first_if(
            no_tls,
            "The port in the EWS URL doesn't speak TLS: https is usually 443.",
        )
        .or_first_if(
            client,
            "The server demands a client certificate, which EWS must not: set SSL settings of the directory EWS to Ignore.",
        )
        .unless(known, "A firewall or gateway cuts the handshake off.")
}
