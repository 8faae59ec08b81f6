//! The list of a run: from user lists and canaries to rows in the database. Streams: the list is
//! never held in memory, only the canaries are.

use std::collections::HashMap;
use std::io::Read;
use std::mem;

use contract::{Cause, Code, Expectation, IdentifyBy, Problem, SmtpAddress, Verdict};
use store::run_results::{self, Decided, NewResult};
use store::runs::{Distinct, RunNumber};
use store::{StoreError, Tx};

use super::sample::Draw;
use crate::problems::Refusal;
use crate::users::list::{
    ListError, ListReader, ListRow, Want, is_system_mailbox, system_beginnings, system_kinds,
};

/// Rows handed to the database at a time.
const CHUNK: usize = 500;
/// What a system mailbox is told.
const SYSTEM: &str = "system mailbox, left out";

/// A user list to read.
pub struct List {
    /// File name, for messages.
    pub name: String,
    /// Its bytes.
    pub source: Box<dyn Read + Send>,
}

/// A mailbox, or a list of mailboxes, that must be refused.
pub enum Canary {
    /// An address.
    Address(String),
    /// A list.
    List(List),
}

/// The users of a list.
pub(super) enum Users {
    /// All of them.
    All(List),
    /// Some of them, drawn at random: held in memory, while the list streams by.
    Drawn(List, Draw<NewResult>),
}

/// Loads canaries and users; the canaries stand behind the users, and an address in both lists is a
/// canary. Answers how many mailboxes a sample was drawn from, where one was drawn here.
///
/// # Errors
/// Bad input; the transaction must then be rolled back.
pub(super) fn load(
    tx: &Tx<'_>,
    run: RunNumber,
    by: IdentifyBy,
    users: Option<Users>,
    canaries: Vec<NewResult>,
    first: i64,
) -> Result<Option<u64>, Refusal> {
    let mut loader = Loader {
        tx,
        run,
        by,
        next: first,
        chunk: Vec::new(),
    };
    let drawn_from = loader.fill(users, canaries)?;
    // What a list says of its rows was read with them.
    if first > 0 {
        decide_stored(tx, run, by)?;
    }
    Ok(drawn_from)
}

/// Reads canaries; they are few, and held in memory.
///
/// # Errors
/// Bad input.
pub(super) fn canaries(by: IdentifyBy, canaries: Vec<Canary>) -> Result<Vec<NewResult>, Refusal> {
    let mut rows = Vec::new();
    for canary in canaries {
        match canary {
            Canary::Address(text) => rows.push(address_row(&text, by, Expectation::MustRefuse)?),
            Canary::List(list) => each(list, by, |row| {
                rows.push(new_result(row, by, Expectation::MustRefuse));
                Ok(())
            })?,
        }
    }
    Ok(rows)
}

/// Rows that came from stored users: what is known of them without asking.
fn decide_stored(tx: &Tx<'_>, run: RunNumber, by: IdentifyBy) -> Result<(), StoreError> {
    run_results::decide_kinds(tx, run, &system_kinds(), system_beginnings(), &is_system())?;
    if let Some(missing) = no_identity(by) {
        run_results::decide_without_identity(tx, run, &missing)?;
    }
    Ok(())
}

/// What a row without the identity that is asked for comes to; `None` where the address is sent.
fn no_identity(by: IdentifyBy) -> Option<Decided> {
    let what = match by {
        IdentifyBy::Smtp | IdentifyBy::PrimarySmtp => return None,
        IdentifyBy::Upn => "UPN",
        IdentifyBy::Sid => "SID",
    };
    let why = format!("the list has no {what} for this mailbox");
    Some(decide(
        Verdict::NoMailbox,
        Cause::MailboxIdentityUnknown,
        why,
    ))
}

struct Loader<'a, 'c> {
    tx: &'a Tx<'c>,
    run: RunNumber,
    by: IdentifyBy,
    next: i64,
    chunk: Vec<NewResult>,
}

impl Loader<'_, '_> {
    fn fill(
        &mut self,
        users: Option<Users>,
        mut canaries: Vec<NewResult>,
    ) -> Result<Option<u64>, Refusal> {
        let drawn_from = match users {
            None => None,
            Some(Users::All(list)) => {
                let by = self.by;
                each_user(list, by, &mut canaries, |new, _| self.push(new))?;
                None
            }
            Some(Users::Drawn(list, draw)) => Some(self.draw(list, draw, &mut canaries)?),
        };
        for canary in canaries {
            // Users of a stored organization are in already.
            if !run_results::expect_refusal(self.tx, self.run, &canary.mailbox)? {
                self.push(canary)?;
            }
        }
        self.write()?;
        Ok(drawn_from)
    }

    /// Draws among the users of the list that are asked, and answers how many those were; who is in it
    /// twice counts once.
    fn draw(
        &mut self,
        list: List,
        mut draw: Draw<NewResult>,
        canaries: &mut [NewResult],
    ) -> Result<u64, Refusal> {
        let mut met = Distinct::begin(self.tx)?;
        each_user(list, self.by, canaries, |new, key| {
            if new.decided.as_ref() != Some(&is_system()) {
                met.add(draw.offer(key.as_bytes(), new))?;
            }
            Ok(())
        })?;
        for row in draw.drawn() {
            self.push(row)?;
        }
        Ok(met.end()?)
    }

    fn push(&mut self, row: NewResult) -> Result<(), Refusal> {
        self.chunk.push(row);
        if self.chunk.len() >= CHUNK {
            self.write()
        } else {
            Ok(())
        }
    }

    fn write(&mut self) -> Result<(), Refusal> {
        self.next = run_results::add(self.tx, self.run, self.next, &self.chunk)?;
        self.chunk.clear();
        Ok(())
    }
}

/// The users of a list that are no canaries, with what tells them apart.
fn each_user(
    list: List,
    by: IdentifyBy,
    canaries: &mut [NewResult],
    mut take: impl FnMut(NewResult, &str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let known: HashMap<String, usize> = canaries
        .iter()
        .enumerate()
        .map(|(at, row)| (row.mailbox.to_lowercase(), at))
        .collect();
    each(list, by, |row| {
        let mut new = new_result(row, by, Expectation::MustOpen);
        let key = new.mailbox.to_lowercase();
        match known.get(&key) {
            // An address in both lists is a canary; the first spelling stays, and so does what is sent.
            Some(at) => {
                let canary = &mut canaries[*at];
                canary.mailbox = mem::take(&mut new.mailbox);
                if canary.identity.is_none() && new.identity.is_some() {
                    (canary.identity, canary.decided) = (new.identity, new.decided);
                }
                Ok(())
            }
            None => take(new, &key),
        }
    })
}

fn each(
    list: List,
    by: IdentifyBy,
    mut take: impl FnMut(ListRow) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let want = match by {
        IdentifyBy::Smtp | IdentifyBy::PrimarySmtp => Want::Address,
        IdentifyBy::Upn => Want::Upn,
        IdentifyBy::Sid => Want::Sid,
    };
    let bad = |error: ListError| {
        let hint = error.hint();
        Refusal::Problem(Problem::new(Code::BadList, sentence(&error.to_string())).hint(hint))
    };
    let name = list.name.clone();
    let mut usable = false;
    for row in ListReader::open(list.source, &list.name, want).map_err(bad)? {
        let row = row.map_err(bad)?;
        usable |= match by {
            IdentifyBy::Smtp | IdentifyBy::PrimarySmtp => row.address.is_ok(),
            IdentifyBy::Upn => row.upn.is_some(),
            IdentifyBy::Sid => row.sid.is_some(),
        };
        take(row)?;
    }
    if usable {
        Ok(())
    } else {
        Err(bad(ListError::no_address(&name)))
    }
}

/// An address given by hand must be one. Of its UPN or SID nothing is known.
fn address_row(text: &str, by: IdentifyBy, expectation: Expectation) -> Result<NewResult, Problem> {
    let address = SmtpAddress::parse(text).map_err(|error| {
        Problem::new(
            Code::Invalid,
            format!("{text:?} is neither a file nor an e-mail address: {error}."),
        )
        .hint("Give the path of a list that exists, or one address.")
    })?;
    let decided = if is_system_mailbox(None, address.as_str()) {
        Some(is_system())
    } else {
        no_identity(by)
    };
    Ok(NewResult {
        mailbox: address.as_str().to_owned(),
        identity: None,
        name: String::new(),
        kind: None,
        user: None,
        expectation,
        listed_guid: None,
        decided,
    })
}

/// A row of the list as a row of the run: what is known without asking is decided now.
fn new_result(row: ListRow, by: IdentifyBy, expectation: Expectation) -> NewResult {
    let identity = match by {
        IdentifyBy::Smtp | IdentifyBy::PrimarySmtp => None,
        IdentifyBy::Upn => row.upn.clone(),
        IdentifyBy::Sid => row.sid.clone(),
    };
    let by_address = matches!(by, IdentifyBy::Smtp | IdentifyBy::PrimarySmtp);
    let decided = if row.is_system {
        Some(is_system())
    } else {
        match (&row.address, &identity) {
            (Err(bad), _) if by_address => {
                let why = format!("not an e-mail address: {}", bad.reason);
                Some(decide(
                    Verdict::NoMailbox,
                    Cause::MailboxAddressInvalid,
                    why,
                ))
            }
            (_, None) if !by_address => no_identity(by),
            _ => None,
        }
    };
    let mailbox = match (&row.address, &identity) {
        (Ok(address), _) => address.as_str().to_owned(),
        (Err(_), Some(identity)) => identity.clone(),
        (Err(bad), None) => bad.text.clone(),
    };
    let listed_guid = row
        .exchange_guid
        .map(|guid| guid.map_or(run_results::UNREADABLE, |guid| guid.0));
    NewResult {
        mailbox,
        identity,
        name: row.display_name.unwrap_or_default(),
        kind: row.recipient_type,
        user: None,
        expectation,
        listed_guid,
        decided,
    }
}

/// What one of Exchange's own mailboxes comes to.
fn is_system() -> Decided {
    decide(Verdict::NotChecked, Cause::MailboxSystem, SYSTEM.to_owned())
}

fn decide(verdict: Verdict, cause: Cause, message: String) -> Decided {
    Decided {
        verdict,
        cause: Some(cause),
        message: Some(message),
    }
}

/// Errors of libraries are lower case without full stop; at the edge they are sentences.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
