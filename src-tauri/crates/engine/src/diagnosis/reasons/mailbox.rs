//! One mailbox.

use super::Ranked;
use crate::diagnosis::facts::Facts;

pub(super) fn not_found(facts: &Facts<'_>) -> Ranked {
    let many = facts.count > 2 && facts.summary.granted == 0;
    Ranked::default()
        .only_if(many, "Not one mailbox opened: this may be the wrong organization, forest or test environment.")
        .only_if(
            facts.answer.header("x-caserrorcode").is_some(),
            "The front end knows nobody of this address.",
        )
        .or("The address is mistyped, or the mailbox was removed.")
        .or("It is a mail contact, a mail user or a group: there is no mailbox behind it.")
        .or("The mailbox lives in Exchange Online, and only its address is known here.")
}

pub(super) fn remote(_: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("The mailbox was moved to Exchange Online.")
        .or("It lives in another forest or organization.")
}

pub(super) fn alias(_: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("The list has a second address of the mailbox.")
        .or("The primary address was changed after the list was made.")
}

pub(super) fn invalid(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or_first_if(
            facts.has_code("ErrorInvalidSmtpAddress"),
            "Exchange can't read the address, although it looks like one.",
        )
        .or("A line of the list holds something else: a name, two addresses, a stray character.")
}

pub(super) fn identity(facts: &Facts<'_>) -> Ranked {
    let upn = facts.has_code("ErrorInvalidUserPrincipalName");
    let sid = facts.has_code("ErrorInvalidUserSid") || facts.has_code("ErrorInvalidSid");
    Ranked::default()
        .or("The list has no UPN or SID for them: identify mailboxes by SMTP address instead.")
        .or_first_if(
            upn,
            "The UPN isn't the one in the directory: it need not be the mail address.",
        )
        .or_first_if(
            sid,
            "The SID belongs to another forest, such as that of a linked mailbox's account.",
        )
}

pub(super) fn license(_: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("The license was taken away or has expired.")
        .or("The mailbox was made without one.")
}

pub(super) fn moving(_: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("A move request is completing right now.")
        .or("The mailbox was just moved, and the front end still looks in the old place.")
        .or("A move is stuck.")
}

pub(super) fn store(facts: &Facts<'_>) -> Ranked {
    let failover = facts.has_code("ErrorMailboxFailover");
    Ranked::default()
        .or("The database is dismounted, or being repaired.")
        .or_first_if(
            failover,
            "A failover of the database is going on: ask again in some minutes.",
        )
        .or_first_if(
            facts.has_code("ErrorConnectionFailed"),
            "EWS can't reach the server that holds the database.",
        )
        .or("The database server is overloaded.")
}

pub(super) fn misconfigured(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("HomeMDB or ExchangeGuid is missing: a half-finished move, restore or migration.")
        .or_first_if(
            facts.has_code("ErrorDuplicateLegacyDistinguishedName"),
            "Two objects of the directory share one LegacyExchangeDN.",
        )
        .or("The mailbox has no usable SMTP address.")
}

pub(super) fn folder(_: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("Nobody ever signed in to the mailbox: its folders are made then.")
        .or("The folder was damaged or removed.")
}

pub(super) fn denied(facts: &Facts<'_>) -> Ranked {
    Ranked::default()
        .only_if(
            facts.summary.granted > 0,
            "Others opened in the same run, so this is about the mailbox, not about the account.",
        )
        .or("An EWS policy of the mailbox keeps programs out (EwsEnabled, allow or block list).")
        .or("The owner has lost the rights on the own folder.")
}

pub(super) fn disabled(_: &Facts<'_>) -> Ranked {
    Ranked::default()
        .or("The person has left.")
        .or("The account was disabled by mistake.")
}

pub(super) fn quota(_: &Facts<'_>) -> Ranked {
    Ranked::default().or("The mailbox has reached its send and receive quota.")
}
