//! Users: pages, one by one, flags, removal, export, and whole lists at once. One operation, one
//! file. Nothing here talks to a server.

mod add;
mod edit;
mod export;
pub mod import;
pub mod list;
mod page;
mod remove;
mod set;

use contract::{
    AddressError, Code, OrganizationId, Problem, SmtpAddress, UserId, UserIds, UserRow,
};
use store::{StoreError, Tx, users};

use crate::organizations::known;
use crate::problems::Refusal;

/// Longest display name, labels, UPN or SID, in characters.
const LONGEST_TEXT: usize = 1_000;

/// A user that must be there.
///
/// # Errors
/// [`Code::NotFound`].
fn known_user(tx: &Tx<'_>, user: UserId) -> Result<UserRow, Refusal> {
    users::show(tx, user)?.ok_or_else(|| {
        Problem::new(Code::NotFound, "This user is not there any more.")
            .hint("Load the list again.")
            .into()
    })
}

/// An address as typed.
fn parse_address(text: &str) -> Result<SmtpAddress, Problem> {
    SmtpAddress::parse(text).map_err(|error| not_an_address(text, error).field("address"))
}

fn not_an_address(text: &str, error: AddressError) -> Problem {
    let shown: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(254)
        .collect();
    let mut why = error.to_string();
    if let Some(first) = why.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Problem::invalid("address", not_an_address_text(&shown)).hint(format!("{why}."))
}

fn not_an_address_text(shown: &str) -> String {
    format!("\"{shown}\" isn't an e-mail address.")
}

/// A text on one line, not too long.
fn parse_text(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "Write it on one line.")
            .hint("Take out line breaks, tabs and other control characters."));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(Problem::invalid(field, "Use at most 1,000 characters.").hint("Shorten it."));
    }
    Ok(text.to_owned())
}

/// Refuses an address that is there already, in whatever organization, or is an alias of a user.
fn refuse_known(
    tx: &Tx<'_>,
    organization: OrganizationId,
    address: &SmtpAddress,
) -> Result<(), Refusal> {
    let key = address.key();
    let found = users::lookup(tx, std::slice::from_ref(&key))?;
    let here = found
        .iter()
        .find(|known| known.organization == organization);
    if let Some(known) = here.or(found.first()) {
        return Err(taken(address, &known.organization_name).into());
    }
    let aliases = users::lookup_aliases(tx, organization, &[key])?;
    match aliases.into_iter().next() {
        Some(alias) => Err(
            Problem::new(Code::Taken, alias_text(address.as_str(), &alias.address))
                .field("address")
                .hint("It is the same mailbox; one of its addresses is enough.")
                .into(),
        ),
        None => Ok(()),
    }
}

fn taken(address: &SmtpAddress, organization: &str) -> Problem {
    Problem::new(Code::Taken, taken_text(address.as_str(), organization))
        .field("address")
        .hint("An address belongs to one organization; remove it there first to add it elsewhere.")
}

fn taken_text(address: &str, organization: &str) -> String {
    format!("{address} is already in {organization}.")
}

fn alias_text(address: &str, primary: &str) -> String {
    format!("{address} is an alias of {primary}.")
}

/// The organization all of these users belong to, with its name, for the activity log; `None` where
/// they belong to several.
fn place(tx: &Tx<'_>, users: &UserIds) -> Result<Option<(OrganizationId, String)>, Refusal> {
    let organization = match users {
        UserIds::Matching { organization, .. } => *organization,
        UserIds::Listed { ids } => {
            let mut places = Vec::new();
            for &id in ids {
                let Some(row) = users::show(tx, id)? else {
                    continue;
                };
                places.push(row.organization);
                if places.first() != places.last() {
                    return Ok(None);
                }
            }
            match places.first() {
                Some(&organization) => organization,
                None => return Ok(None),
            }
        }
    };
    let row = known(tx, organization)?;
    Ok(Some((organization, row.name)))
}

/// What the store's "taken" means for one user.
fn of_taken(error: StoreError, address: &SmtpAddress, organization: &str) -> Refusal {
    match error {
        StoreError::Taken { .. } => taken(address, organization).into(),
        error => error.into(),
    }
}
