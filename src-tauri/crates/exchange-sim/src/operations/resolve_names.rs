//! `ResolveNames` in the directory: at most 100 results.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/resolvenames-operation>

use std::fmt::Write as _;

use crate::answer::{Answer, explanation};
use crate::directory::{Directory, MailboxIndex};
use crate::ews_error::EwsError;
use crate::impersonation::Acting;
use crate::options::{Mailbox, MailboxState};
use crate::xml::escape;

const MOST_RESULTS: usize = 100;

/// Accounts and mailboxes that the entry names or begins.
pub(super) fn answer(
    entry: &str,
    contact_data: bool,
    acting: Acting,
    account: usize,
    directory: &Directory,
) -> Answer {
    let operation = "ResolveNames";
    if acting.mailbox().is_none() {
        let error = EwsError::new("ErrorNameResolutionNoMailbox");
        return directory.envelope.error(operation, &error);
    }
    let (found, all) = find(entry, account, directory);
    let (class, explained) = match found.len() {
        0 => {
            let error = EwsError::new("ErrorNameResolutionNoResults");
            return directory.envelope.error(operation, &error);
        }
        1 => (
            "Success",
            "<m:ResponseCode>NoError</m:ResponseCode>".to_owned(),
        ),
        _ => (
            "Warning",
            explanation(&EwsError::new("ErrorNameResolutionMultipleResults")),
        ),
    };
    let mut resolutions = String::new();
    for &mailbox in &found {
        resolutions.push_str(&resolution(directory.mailbox(mailbox), contact_data));
    }
    let message = format!(
        "<m:ResolveNamesResponseMessage ResponseClass=\"{class}\">{explained}\
         <m:ResolutionSet TotalItemsInView=\"{}\" IncludesLastItemInRange=\"{all}\">{resolutions}\
         </m:ResolutionSet></m:ResolveNamesResponseMessage>",
        found.len()
    );
    directory.envelope.messages(operation, &message)
}

/// The mailboxes, and whether these are all.
fn find(entry: &str, account: usize, directory: &Directory) -> (Vec<MailboxIndex>, bool) {
    let wanted = entry.trim().to_lowercase();
    let wanted = wanted.strip_prefix("smtp:").unwrap_or(&wanted);
    if wanted.is_empty() {
        return (Vec::new(), true);
    }
    let logon = directory.account(wanted).or_else(|| {
        let logons = &directory.account_at(account)?.logons;
        logons
            .iter()
            .any(|l| sam_name(l).eq_ignore_ascii_case(wanted))
            .then_some(account)
    });
    if let Some(mailbox) = logon.and_then(|account| directory.own_mailbox(account)) {
        return (vec![mailbox], true);
    }
    if let Some(mailbox) = directory.by_address(wanted) {
        return (vec![mailbox], true);
    }
    let mut found: Vec<MailboxIndex> = (0..directory.options.mailboxes.len())
        .filter(|&index| begins(directory.mailbox(index), wanted))
        .take(MOST_RESULTS + 1)
        .collect();
    let all = found.len() <= MOST_RESULTS;
    found.truncate(MOST_RESULTS);
    (found, all)
}

/// The account name in `DOMAIN\name`.
fn sam_name(logon: &str) -> &str {
    logon.rsplit_once('\\').map_or(logon, |(_, name)| name)
}

fn begins(mailbox: &Mailbox, wanted: &str) -> bool {
    let name = mailbox.display_name.to_lowercase();
    mailbox.primary.to_lowercase().starts_with(wanted)
        || name.starts_with(wanted)
        || name.split_whitespace().any(|word| word.starts_with(wanted))
}

fn resolution(mailbox: &Mailbox, contact_data: bool) -> String {
    let name = escape(&mailbox.display_name);
    let kind = match mailbox.state {
        MailboxState::MailUser | MailboxState::Remote => "Contact",
        _ => "Mailbox",
    };
    let mut out = format!(
        "<t:Resolution><t:Mailbox><t:Name>{name}</t:Name><t:EmailAddress>{}</t:EmailAddress>\
         <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>{kind}</t:MailboxType></t:Mailbox>",
        escape(&mailbox.primary)
    );
    if contact_data {
        let _ = write!(
            out,
            "<t:Contact><t:DisplayName>{name}</t:DisplayName>\
             <t:ContactSource>ActiveDirectory</t:ContactSource></t:Contact>"
        );
    }
    out.push_str("</t:Resolution>");
    out
}
