//! Impersonation.

use super::Ranked;
use crate::diagnosis::facts::Facts;
use crate::diagnosis::remedy::Edition;

const FRESH: &str =
    "The assignment is minutes old: servers keep the role for a while, 15 to 30 minutes.";
const SLOW: &str = "It was granted lately: for applications that takes 30 minutes to 2 hours.";
const ADMIN: &str = "The account is a member of Domain Admins, Enterprise Admins or Schema Admins, which are denied impersonation: use a plain account.";
const EXCLUSIVE: &str = "An exclusive scope holds these mailboxes and takes them from everyone without that very scope.";
const DIRECT: &str = "The scope goes by a group, and these mailboxes are members of a group in the group: only direct members count.";
const MOVED: &str =
    "The group of the scope was moved or renamed: the scope keeps its old distinguished name.";

fn online(facts: &Facts<'_>) -> bool {
    facts.edition == Edition::Online || facts.application
}

pub(super) fn role_missing(facts: &Facts<'_>) -> Ranked {
    if online(facts) {
        return Ranked::default()
            .or("The app has no permission for these mailboxes: neither a role of RBAC for Applications nor a consent.")
            .or(SLOW);
    }
    Ranked::default()
        .or(format!(
            "The role ApplicationImpersonation isn't assigned to {}.",
            facts.account
        ))
        .or("It is assigned with a scope that holds none of these mailboxes, or with one whose group is empty.")
        .or(FRESH)
        .or(MOVED)
        .or(ADMIN)
        .or("The rights were given as in Exchange 2007, in Active Directory: they have no effect since Exchange 2010.")
}

pub(super) fn out_of_scope(facts: &Facts<'_>) -> Ranked {
    if online(facts) {
        return Ranked::default()
            .or("These mailboxes are outside the scope that the app was given.")
            .or_first_if(
                facts
                    .answer
                    .text
                    .as_deref()
                    .is_some_and(|text| text.contains("[RAOP]")),
                "An application access policy keeps the app from these mailboxes.",
            )
            .or(SLOW);
    }
    let granted = facts.summary.granted;
    let few = facts.count * 4 <= granted;
    Ranked::default()
        .or_first_if(
            few,
            format!(
                "They aren't in the management scope: {granted} others opened in the same run, so the role itself is there."
            ),
        )
        .unless(few, "They aren't in the management scope; the role itself is there, because others opened.")
        .or(DIRECT)
        .or(EXCLUSIVE)
        .or("They were put into the scope minutes ago.")
        .or("Their accounts are protected administrators.")
}

pub(super) fn refused(facts: &Facts<'_>) -> Ranked {
    if online(facts) {
        return Ranked::default()
            .or("The app has no permission for this mailbox.")
            .or(SLOW);
    }
    Ranked::default()
        .or(format!(
            "The role ApplicationImpersonation isn't assigned to {}.",
            facts.account
        ))
        .or("The mailbox is outside the management scope: check a second one to tell these two apart.")
        .or(FRESH)
        .or(ADMIN)
}

pub(super) fn server_cannot(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("The application pool of EWS runs as another account than LocalSystem.")
        .or_first_if(
            facts.has_code("ErrorImpersonationDenied"),
            "The server that answers may not impersonate on behalf of others: an old front end, or one that isn't a member of Exchange Servers.",
        )
        .or("EWS can't ask a domain controller about the account.")
        .or("A forest trust is broken.")
}

pub(super) fn header(facts: &Facts<'_>) -> Ranked {
    let token = facts.auth == "bearer";
    Ranked::default()
        .only_if(
            token,
            "The token already stands for a person, and can't impersonate another.",
        )
        .or("A gateway takes X-AnchorMailbox out of the request, so that a wrong server answers.")
        .or("The identity in the list isn't one that Exchange can read.")
}

pub(super) fn ignored(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .only_if(
            facts.proxy.is_some(),
            "The proxy on the way rewrites requests, and drops the impersonation header.",
        )
        .or("A gateway in front of the server drops the SOAP header that names the mailbox.")
        .or("What answers is no Exchange, and ignores the header.")
        .or("A cache on the way gave the answer to an earlier request.")
}

pub(super) fn exposed(facts: &Facts<'_>) -> Ranked {
    if facts.application {
        return Ranked::default()
            .or("The app has a consent for the whole tenant, which adds to its scope and undoes it.")
            .or("The mailbox is in the scope of the app: its filter is wider than was meant.")
            .or("A consent or a scope was taken away minutes ago: that takes 30 minutes to 2 hours.");
    }
    Ranked::default()
        .or(format!(
            "The role is assigned to {} without a scope: it opens every mailbox.",
            facts.account
        ))
        .or("The account has the role a second time through a role group, such as Hygiene Management.")
        .or("The mailbox is in the scope: its filter is wider than was meant, or it is a member of its group.")
        .or("A scope was narrowed minutes ago: servers keep the old one for a while.")
}
