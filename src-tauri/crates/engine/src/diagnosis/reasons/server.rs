//! The Exchange server and what stands in front of it.

use super::Ranked;
use crate::diagnosis::facts::Facts;
use crate::diagnosis::remedy::Edition;

pub(super) fn not_ews(facts: &Facts<'_>) -> Ranked {
    let missing = facts.has_status(404);
    let page = facts.told("a web page");
    let log_on =
        facts.told("log-on") || facts.told("logon") || facts.told("login") || facts.has_status(440);
    Ranked::default()
        .or_first_if(missing, "The path of the EWS URL is wrong: it is /EWS/Exchange.asmx.")
        .or_first_if(
            log_on,
            "A gateway, or Outlook on the web, signs people in before EWS is reached: EWS must be published without a sign-in page.",
        )
        .or_first_if(page, "What answers is a web page: another server, a captive portal, or a wrong path.")
        .only_if(facts.has_status(405), "A gateway turned the request into another kind (405).")
        .unless(log_on, "The server has no EWS virtual directory.")
}

pub(super) fn redirected(facts: &Facts<'_>) -> Ranked {
    let gateway = facts.told("internalsite");
    Ranked::default()
        .or("The EWS URL names an old host, and the new one is where it redirects to.")
        .only_if(
            gateway,
            "The gateway in front (UAG, TMG) has a fault of its own and shows its error page.",
        )
        .or_first_if(
            facts.told("/owa"),
            "The site redirects to Outlook on the web, and the directory EWS has inherited that.",
        )
        .or("The EWS URL leaves something out that the server adds: a slash, another spelling.")
}

pub(super) fn rejected(facts: &Facts<'_>) -> Ranked {
    let kerberos = facts.auth == "negotiate"
        || facts
            .authentication
            .tried
            .iter()
            .any(|tried| tried.mechanism == "kerberos");
    let client = facts.has_status(413);
    Ranked::default()
        .or_first_if(
            client,
            "IIS asks for a client certificate in mid-request, which ends in 413: set SSL settings of the directory EWS to Ignore.",
        )
        .or_first_if(kerberos, "The Kerberos ticket is too large for IIS: the account is in many groups.")
        .only_if(
            facts.summary.granted > 0,
            "Other requests went through: a wrong InternalNLBBypassUrl makes requests fail at random.",
        )
        .or("A gateway refuses the request as malformed or too large.")
}

pub(super) fn gateway(_: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("The load balancer or gateway gets no answer from Exchange: the server is down, in maintenance or overloaded.")
        .or("The health check of the load balancer takes good servers out.")
        .or("The gateway gives up sooner than Exchange answers.")
}

pub(super) fn slow(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or_first_if(
            facts.summary.granted > 0,
            "The server is overloaded, or the database of these mailboxes is slow: others answered in time.",
        )
        .or("The application pool of EWS hangs.")
        .or("The time limit of this check is shorter than this server needs.")
}

pub(super) fn closed(facts: &Facts<'_>) -> Ranked {
    let log_on = facts.told("log-on") || facts.told("sign-in");
    Ranked::default()
        .or("The server or a load balancer restarts, or drops connections under load.")
        .or_first_if(
            log_on,
            "A load balancer or proxy doesn't keep one connection to one server, which NTLM and Negotiate need.",
        )
        .or("A firewall or antivirus program cuts the answer off.")
        .unless(log_on, "The application pool of EWS crashed while it answered.")
}

pub(super) fn altered(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .only_if(
            facts.proxy.is_some(),
            "The HTTP proxy on the way alters requests or answers.",
        )
        .or("Something between this computer and Exchange alters requests or answers.")
        .or("A fault of this program: report it with the evidence.")
}

pub(super) fn version(facts: &Facts<'_>) -> Ranked {
    let old = facts.edition == Edition::Ex2010;
    Ranked::default()
        .or_first_if(old, "The server is older than Exchange 2010 SP2, which is the oldest this program speaks to.")
        .unless(old, "What answers isn't Exchange, or a version that isn't known yet.")
}

pub(super) fn busy(facts: &Facts<'_>) -> Ranked {
    let many = facts.has_code("ErrorExceededConnectionCount");
    let gateway = facts.has_status(503) || facts.has_status(429);
    Ranked::default()
        .or("Other programs use up the same account's budget at the same time.")
        .or_first_if(
            many,
            "The account has more requests at a time than its throttling policy allows: use fewer connections.",
        )
        .or_first_if(
            gateway,
            "IIS or the load balancer queues requests, or the server is in maintenance (503).",
        )
        .unless(many, "The throttling policy of the account is narrower than a check of this size needs.")
}

pub(super) fn transient(facts: &Facts<'_>) -> Ranked {
    let memory =
        facts.has_code("ErrorInsufficientResources") || facts.has_code("ErrorNotEnoughMemory");
    Ranked::default()
        .or("The server was busy with something else for a while: a restart, a failover, a backup.")
        .or_first_if(
            memory,
            "The server is short of memory or of other resources.",
        )
        .only_if(
            facts.has_code("ErrorTooManyObjectsOpened"),
            "Sessions of the store pile up: some program doesn't close them.",
        )
}

pub(super) fn directory(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("No domain controller or global catalog that Exchange uses can be reached.")
        .or_first_if(
            facts.has_code("ErrorADOperation"),
            "A domain controller answers with an error: replication, permissions, load.",
        )
        .or("The server has lost its trust with the domain.")
}

pub(super) fn routing(facts: &Facts<'_>) -> Ranked {
    let older = [
        "ErrorWrongServerVersion",
        "ErrorWrongServerVersionDelegate",
        "ErrorInvalidSchemaVersionForMailboxVersion",
    ]
    .iter()
    .any(|code| facts.has_code(code));
    Ranked::default()
        .or("The InternalUrl of the other site is missing or wrong.")
        .or_first_if(older, "These mailboxes are on a server of another version, to which this one passes nothing on: use that server's URL.")
        .only_if(
            facts.has_code("ErrorProxyGroupSidLimitExceeded"),
            "The account is in more than 3,000 groups, which can't be passed on to another server.",
        )
        .or_first_if(
            facts.has_code("ErrorNoRespondingCASInDestinationSite"),
            "No server of the site that holds these mailboxes answers.",
        )
        .or_first_if(
            facts.has_code("ErrorCrossSiteRequest"),
            "This front end may not serve the site of these mailboxes: use the URL that Autodiscover names for them.",
        )
        .or("A gateway takes X-AnchorMailbox out of the requests.")
}

pub(super) fn error(facts: &Facts<'_>) -> Ranked {
    let page = facts
        .codes
        .iter()
        .any(|seen| seen.ews_code.is_none() && seen.http_status == Some(500));
    Ranked::default()
        .or("Data of these mailboxes is damaged.")
        .or_first_if(page, "The application pool of EWS fails before it reads the request: its event log says why.")
        .only_if(
            facts.summary.granted == 0,
            "Not one request worked: after an update, the workers of EWS may crash until the next one.",
        )
        .or("A gateway takes X-AnchorMailbox out of the requests.")
}
