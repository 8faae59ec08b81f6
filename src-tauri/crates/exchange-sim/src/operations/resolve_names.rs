//! `ResolveNames` in the directory: at most 100 results.
//! <https://learn.microsoft.com/exchange/client-developer/web-service-reference/resolvenames-operation>

use std::fmt::Write as _;

use super::recipients::Recipient;
use crate::answer::{Answer, explanation};
use crate::directory::Directory;
use crate::ews_error::EwsError;
use crate::impersonation::Acting;
use crate::xml::escape;

const MOST_RESULTS: usize = 100;

/// Accounts, mailboxes and groups that the entry names or begins.
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
    for &somebody in &found {
        resolutions.push_str(&resolution(somebody, contact_data, directory));
    }
    let message = format!(
        "<m:ResolveNamesResponseMessage ResponseClass=\"{class}\">{explained}\
         <m:ResolutionSet TotalItemsInView=\"{}\" IncludesLastItemInRange=\"{all}\">{resolutions}\
         </m:ResolutionSet></m:ResolveNamesResponseMessage>",
        found.len()
    );
    directory.envelope.messages(operation, &message)
}

/// Who it is, and whether these are all.
fn find<'a>(entry: &str, account: usize, directory: &'a Directory) -> (Vec<Recipient<'a>>, bool) {
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
        return (vec![Recipient::Mailbox(mailbox)], true);
    }
    if let Some(mailbox) = directory.by_address(wanted) {
        return (vec![Recipient::Mailbox(mailbox)], true);
    }
    if let Some(group) = directory.group(wanted) {
        return (vec![Recipient::Group(group)], true);
    }
    let mailboxes = (0..directory.options.mailboxes.len()).map(Recipient::Mailbox);
    let groups = directory.options.groups.iter().map(Recipient::Group);
    let mut found: Vec<Recipient<'_>> = mailboxes
        .chain(groups)
        .filter(|somebody| begins(*somebody, wanted, directory))
        .filter(|somebody| somebody.is_listed(directory))
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

fn begins(somebody: Recipient<'_>, wanted: &str, directory: &Directory) -> bool {
    let name = somebody.name(directory).to_lowercase();
    let address = somebody.address(directory).to_lowercase();
    address.starts_with(wanted)
        || name.starts_with(wanted)
        || name.split_whitespace().any(|word| word.starts_with(wanted))
}

fn resolution(somebody: Recipient<'_>, contact_data: bool, directory: &Directory) -> String {
    let mut out = format!("<t:Resolution>{}", somebody.element("Mailbox", directory));
    if contact_data {
        let name = escape(somebody.name(directory));
        let _ = write!(
            out,
            "<t:Contact><t:DisplayName>{name}</t:DisplayName>\
             <t:ContactSource>ActiveDirectory</t:ContactSource></t:Contact>"
        );
    }
    out.push_str("</t:Resolution>");
    out
}
