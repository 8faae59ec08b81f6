//! The service account, the way it signs in, and what EWS lets it do at all.

use contract::{RunAuthentication, SchemeOutcome};

use super::Ranked;
use crate::diagnosis::facts::Facts;
use crate::diagnosis::refusal::{self, Circumstances};
use crate::diagnosis::remedy::Edition;

pub(super) fn scheme(facts: &Facts<'_>) -> Ranked {
    let windows = facts.offers("NTLM") || facts.offers("Negotiate");
    let impossible = facts
        .authentication
        .tried
        .iter()
        .any(|tried| tried.outcome == SchemeOutcome::NotPossible);
    let offered = facts.offered.join(", ");
    Ranked::default()
        .only_if(
            impossible,
            "No Kerberos ticket can be had on this computer, and the server offers no other way: choose NTLM where it is offered.",
        )
        .only_if(
            windows && facts.auth == "basic",
            format!("The server offers {offered}, as Exchange is set up, and Basic was chosen: choose Automatic."),
        )
        .only_if(
            !windows && facts.offers("Basic") && facts.auth != "basic",
            "Only Basic is offered: Windows authentication is switched off, or a gateway takes it away. Basic is used only by choice.",
        )
        .only_if(
            facts.offers("Bearer") && !windows && !facts.offers("Basic"),
            "Only tokens are accepted there (OAuth): the account's password is no way in.",
        )
        .unless(windows, "Windows authentication is switched off on the EWS virtual directory.")
        .unless(windows, "A gateway or load balancer in front of Exchange signs people in by itself and takes the schemes away.")
}

/// The circumstances in which a sign-in was refused, as they were kept of the run.
fn circumstances<'a>(facts: &Facts<'a>, seen: &'a RunAuthentication) -> Circumstances<'a> {
    let refused = seen
        .tried
        .iter()
        .rev()
        .find(|tried| tried.outcome == SchemeOutcome::Refused);
    Circumstances {
        mechanism: refused.map_or("basic", |tried| tried.mechanism.as_str()),
        bound: seen
            .channel_binding
            .as_ref()
            .is_some_and(|binding| binding.sent),
        issuer: facts.leaf.map(|leaf| leaf.issuer.as_str()),
        proxied: facts.proxy.is_some(),
        skew: seen.clock_skew_seconds,
        account_domain: facts.account.split_once('\\').map(|(domain, _)| domain),
        server_domain: seen.domain.as_ref().and_then(|domain| {
            Some((
                domain.netbios.as_deref()?,
                domain.dns.as_deref().unwrap_or_default(),
            ))
        }),
    }
}

pub(super) fn rejected(facts: &Facts<'_>) -> Ranked {
    let seen = facts.authentication;
    if facts.told("before Exchange was asked") {
        return Ranked::default()
            .or("The password is wrong: the domain controller itself refused it.")
            .or("The name is no account of that domain.");
    }
    let mut listed = refusal::listed(&circumstances(facts, seen));
    let at = listed.len().min(1);
    listed.insert(
        at,
        "The account is locked, disabled or expired, which a server doesn't tell.".to_owned(),
    );
    Ranked::default().then(listed)
}

pub(super) fn lost(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("The password was changed while the check went on.")
        .or("Somebody else's wrong attempts locked the account meanwhile.")
        .or("The account was disabled, or its log-on hours ended.")
        .only_if(
            facts.proxy.is_some(),
            "A gateway sent a later request to another server, which doesn't know the sign-in.",
        )
}

pub(super) fn locked(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .only_if(
            facts.has_status(456),
            "The server answered 456: the account is blocked, and its owner must unblock it at the address it names.",
        )
        .or("A service or device goes on using an old password of this account.")
        .or("Somebody tries passwords against it.")
}

pub(super) fn expired(facts: &Facts<'_>) -> Ranked {
    let change = facts.has_code("ErrorPasswordChangeRequired");
    Ranked::default()
        .or_first_if(!change, "The password reached its age limit.")
        .or("The account is marked so that its password must be changed at the next log-on: usual for a new one.")
}

pub(super) fn disabled(_: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("Somebody disabled the account, or a clean-up of unused accounts did.")
        .or("It is the account of a shared or room mailbox, which is disabled on purpose: use one of its own.")
}

pub(super) fn not_in_directory(facts: &Facts<'_>) -> Ranked {
    let local = facts.account.starts_with(".\\") || !facts.account.contains(['\\', '@']);
    Ranked::default()
        .or_first_if(
            local,
            "It is a local account of the server: only accounts of the domain can use EWS.",
        )
        .or("It is an account of another forest: use one of the forest that Exchange is in.")
        .or("It was made minutes ago, and the server's domain controller doesn't know it yet.")
}

pub(super) fn not_authorized(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("An authentication policy keeps the account from EWS.")
        .or_first_if(
            facts.has_code("ErrorTokenSerializationDenied"),
            "Servers may not pass the account's token on to one another: service permissions of the Exchange servers are missing.",
        )
        .or("The account is in so many groups that its token can't be built.")
        .or("The account comes from a forest that isn't trusted.")
}

pub(super) fn no_mailbox(facts: &Facts<'_>) -> Ranked {
    let old = matches!(facts.edition, Edition::Ex2013 | Edition::Ex2010);
    Ranked::default()
        .or_first_if(
            old,
            "Exchange 2013 lets only accounts with a mailbox impersonate; from Exchange 2016 on none is needed.",
        )
        .unless(old, "A part of the organization still runs Exchange 2013, where the one who impersonates needs a mailbox.")
        .or("The mailbox of the account was made minutes ago, or lies in Exchange Online.")
}

/// There was no token to send.
pub(super) fn sign_in(facts: &Facts<'_>) -> Ranked {
    let app = facts.application;
    Ranked::default()
        .only_if(facts.told("Nobody is signed in"), "Nobody has signed in for this organization yet, or the sign-in wasn't kept when the program ended.")
        .only_if(facts.told("expected"), "Somebody else than Account Logon is signed in, and wasn't allowed for it.")
        .only_if(app, "The application's secret or certificate has expired, or another one is registered.")
        .only_if(app, "The application isn't in this tenant, is disabled there, or has no consent.")
        .unless(app, "The sign-in reached its end: it was not kept, or the directory asks for a new one after some time.")
        .unless(app, "The password was changed or the sign-in was withdrawn, which ends every token.")
        .unless(app, "A policy of the directory (Conditional Access) asks for more, or refuses this computer.")
}

/// A token was refused.
pub(super) fn token(facts: &Facts<'_>) -> Ranked {
    let said = |category: &str| facts.told(category);
    let header = facts.answer.header("x-ms-diagnostics");
    Ranked::default()
        .only_if(
            header.is_some(),
            format!("The server says: {}.", header.unwrap_or_default()),
        )
        .or_first_if(
            said("invalid_resource") || said("The token is for") || said("audience"),
            "The token was made for another address than this server's.",
        )
        .or_first_if(
            said("expired"),
            "The token has expired; right after a sign-in: the clocks of server and computer differ.",
        )
        .or_first_if(
            said("names no place to sign in"),
            "Modern authentication isn't switched on there (OAuth2ClientProfileEnabled, default authorization endpoint).",
        )
        .or_first_if(
            said("invalid_tenant"),
            "The token is of another tenant than the server's.",
        )
        .or_first_if(
            said("invalid_user"),
            "No account of this server belongs to the token.",
        )
        .or_first_if(
            said("oauth_not_available"),
            "An authentication policy blocks modern authentication for the account.",
        )
        .or("The server isn't set up for tokens of this authority.")
}

pub(super) fn blocked(facts: &Facts<'_>) -> Ranked {
    if facts.before_log_on() {
        return Ranked::default()
            .or("A firewall or web application firewall refuses EWS from this computer's address.")
            .or("An IP rule of IIS keeps this computer out.")
            .or("A gateway publishes other services of Exchange, and not EWS.");
    }
    Ranked::default()
        .only_if(
            facts.answer.header("x-ews-policy-reason").is_some(),
            "The server names its own policy as the reason.",
        )
        .or("EwsEnabled is False for the account, or for the organization.")
        .or("A list of allowed or blocked programs is in force, and Understudy isn't allowed by it.")
        .or("A web application firewall in front of Exchange refuses the request.")
        .or("IIS lets this computer's address in for some services, not for EWS.")
}

pub(super) fn retired(facts: &Facts<'_>) -> Ranked {
    let online = facts.edition == Edition::Online;
    Ranked::default()
        .only_if(
            facts.told("disabled"),
            "EWS is switched off for the user or the whole organization (EwsEnabled).",
        )
        .unless(online, "This host leads to Exchange Online, not to a server of your own.")
        .or("Since 1 October 2026 EWS is off there unless switched on, and then only for listed apps.")
        .or("A token of a person can't impersonate there: only one of an app can.")
}
