//! The options, indexed: who logs on under which name, which mailbox an address, a principal name
//! or a SID belongs to, and whom an account may impersonate. Built once per change, then only read.

use std::collections::{HashMap, HashSet};

use hyper::header::HeaderValue;

use crate::answer::Envelope;
use crate::bearer::{self, Application};
use crate::channel;
use crate::folder_id::mailbox_guid;
use crate::options::{Account, Group, Mailbox, Options, Role};
use crate::windows::Scheme;

/// Index of a mailbox in the options.
pub(crate) type MailboxIndex = usize;

/// Options with their indexes.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) options: Options,
    pub(crate) envelope: Envelope,
    pub(crate) challenges: Vec<HeaderValue>,
    pub(crate) version: HeaderValue,
    pub(crate) host_name: HeaderValue,
    /// Channel binding of the certificate that clients are expected to see, if it is not the own.
    pub(crate) channel: Option<[u8; 16]>,
    logons: HashMap<String, usize>,
    primaries: HashMap<String, MailboxIndex>,
    aliases: HashMap<String, MailboxIndex>,
    principals: HashMap<String, MailboxIndex>,
    sids: HashMap<String, MailboxIndex>,
    groups: HashMap<String, usize>,
    hidden: HashSet<String>,
    guids: Vec<String>,
    scopes: Vec<Scope>,
    schemas: HashSet<String>,
}

#[derive(Debug)]
enum Scope {
    Nobody,
    Everybody,
    Only(HashSet<MailboxIndex>),
    AllBut(HashSet<MailboxIndex>),
}

impl Directory {
    pub(crate) fn new(options: Options) -> Self {
        let mut primaries = HashMap::with_capacity(options.mailboxes.len());
        let mut aliases = HashMap::new();
        let mut principals = HashMap::with_capacity(options.mailboxes.len());
        let mut sids = HashMap::new();
        for (index, mailbox) in options.mailboxes.iter().enumerate() {
            primaries.insert(mailbox.primary.to_lowercase(), index);
            aliases.extend(
                mailbox
                    .aliases
                    .iter()
                    .map(|alias| (alias.to_lowercase(), index)),
            );
            principals.extend(mailbox.upn.iter().map(|upn| (upn.to_lowercase(), index)));
            sids.extend(mailbox.sid.iter().map(|sid| (sid.to_lowercase(), index)));
        }
        let scopes = scopes(&options, &primaries);
        let logons = options
            .accounts
            .iter()
            .enumerate()
            .flat_map(|(index, account)| {
                account
                    .logons
                    .iter()
                    .map(move |logon| (logon.to_lowercase(), index))
            });
        Self {
            logons: logons.collect(),
            scopes,
            guids: options
                .mailboxes
                .iter()
                .map(|m| mailbox_guid(&m.primary))
                .collect(),
            groups: options
                .groups
                .iter()
                .enumerate()
                .map(|(index, group)| (group.address.to_lowercase(), index))
                .collect(),
            hidden: options.hidden.iter().map(|a| a.to_lowercase()).collect(),
            schemas: options.schema_versions.iter().cloned().collect(),
            challenges: challenges(&options),
            version: header_value(&options.build.to_string()),
            host_name: header_value(&options.host_name),
            channel: options
                .channel_certificate
                .as_deref()
                .map(channel::expected),
            envelope: Envelope::new(options.build),
            primaries,
            aliases,
            principals,
            sids,
            options,
        }
    }

    /// The account that logs on under this name.
    pub(crate) fn account(&self, logon: &str) -> Option<usize> {
        self.logons.get(&logon.to_lowercase()).copied()
    }

    pub(crate) fn account_at(&self, index: usize) -> Option<&Account> {
        self.options.accounts.get(index)
    }

    pub(crate) fn mailbox(&self, index: MailboxIndex) -> &Mailbox {
        &self.options.mailboxes[index]
    }

    pub(crate) fn guid(&self, index: MailboxIndex) -> &str {
        &self.guids[index]
    }

    /// The mailbox whose own primary address this is.
    pub(crate) fn by_primary(&self, address: &str) -> Option<MailboxIndex> {
        self.primaries.get(&address.to_lowercase()).copied()
    }

    /// The mailbox that has this as its primary or as a proxy address.
    pub(crate) fn by_address(&self, address: &str) -> Option<MailboxIndex> {
        let key = address.to_lowercase();
        self.primaries
            .get(&key)
            .or_else(|| self.aliases.get(&key))
            .copied()
    }

    pub(crate) fn by_principal(&self, upn: &str) -> Option<MailboxIndex> {
        self.principals.get(&upn.to_lowercase()).copied()
    }

    pub(crate) fn by_sid(&self, sid: &str) -> Option<MailboxIndex> {
        self.sids.get(&sid.to_lowercase()).copied()
    }

    /// The group or room list of this address.
    pub(crate) fn group(&self, address: &str) -> Option<&Group> {
        let index = self.groups.get(&address.to_lowercase())?;
        self.options.groups.get(*index)
    }

    /// Whether every account has Full Access to the mailbox of this primary address.
    pub(crate) fn is_open_to_all(&self, primary: &str) -> bool {
        let open = &self.options.full_access;
        open.iter()
            .any(|address| address.eq_ignore_ascii_case(primary))
    }

    /// Whether no address list shows this address.
    pub(crate) fn is_hidden(&self, address: &str) -> bool {
        !self.hidden.is_empty() && self.hidden.contains(&address.to_lowercase())
    }

    /// The own mailbox of an account.
    pub(crate) fn own_mailbox(&self, account: usize) -> Option<MailboxIndex> {
        self.account_at(account)?
            .mailbox
            .as_deref()
            .and_then(|own| self.by_primary(own))
    }

    /// Whether the account may impersonate the owner of the mailbox.
    pub(crate) fn may_impersonate(&self, account: usize, mailbox: MailboxIndex) -> bool {
        let scope = self.scopes.get(account);
        scope.is_some_and(|scope| scope.contains(mailbox))
    }

    /// The application with this id as a caller: an index behind those of the accounts. `consented`:
    /// its token has the role. None where it may do nothing.
    pub(crate) fn application(&self, id: Option<&str>, consented: bool) -> Option<usize> {
        let accounts = self.options.accounts.len();
        let known = self
            .applications()
            .iter()
            .position(|application| id.is_some_and(|id| application.id.eq_ignore_ascii_case(id)));
        match known {
            None => consented.then_some(accounts),
            Some(known) if consented => Some(accounts + 1 + 2 * known),
            Some(known) => {
                let granted = self.applications()[known].granted != Role::None;
                granted.then_some(accounts + 2 + 2 * known)
            }
        }
    }

    /// Whether a caller is an application.
    pub(crate) fn is_application(&self, caller: usize) -> bool {
        caller >= self.options.accounts.len()
    }

    fn applications(&self) -> &[Application] {
        let rules = self.options.bearer.as_ref();
        rules.map_or(&[], |rules| &rules.applications)
    }

    pub(crate) fn takes_schema(&self, version: &str) -> bool {
        self.schemas.contains(version)
    }

    pub(crate) fn offers(&self, scheme: Scheme) -> bool {
        let offered = &self.options.offered;
        offered
            .iter()
            .any(|offered| offered.eq_ignore_ascii_case(scheme.name()))
    }
}

impl Scope {
    fn contains(&self, mailbox: MailboxIndex) -> bool {
        match self {
            Self::Nobody => false,
            Self::Everybody => true,
            Self::Only(inside) => inside.contains(&mailbox),
            Self::AllBut(outside) => !outside.contains(&mailbox),
        }
    }
}

/// Whom each account may impersonate; then an application that nobody named; then each that is named,
/// with the role in its token and without.
fn scopes(options: &Options, primaries: &HashMap<String, MailboxIndex>) -> Vec<Scope> {
    let accounts = options.accounts.iter().map(|a| scope(&a.role, primaries));
    let mut scopes: Vec<Scope> = accounts.collect();
    let Some(rules) = &options.bearer else {
        return scopes;
    };
    scopes.push(Scope::Everybody);
    for application in &rules.applications {
        let held_to = scope(&application.held_to, primaries);
        let granted = scope(&application.granted, primaries);
        let both =
            |mailbox: &MailboxIndex| granted.contains(*mailbox) && held_to.contains(*mailbox);
        let without = Scope::Only((0..options.mailboxes.len()).filter(both).collect());
        scopes.extend([held_to, without]);
    }
    scopes
}

fn scope(role: &Role, primaries: &HashMap<String, MailboxIndex>) -> Scope {
    let indexes = |addresses: &HashSet<String>| {
        addresses
            .iter()
            .filter_map(|a| primaries.get(&a.to_lowercase()).copied())
            .collect()
    };
    match role {
        Role::None => Scope::Nobody,
        Role::Everyone => Scope::Everybody,
        Role::Only(addresses) => Scope::Only(indexes(addresses)),
        Role::AllBut(addresses) => Scope::AllBut(indexes(addresses)),
    }
}

/// What a 401 offers to whoever is not logged on.
fn challenges(options: &Options) -> Vec<HeaderValue> {
    let rules = options.bearer.as_ref();
    let told = rules.filter(|rules| bearer::challenges_everybody(rules, options.build));
    let bearer = told.map(|rules| bearer::challenge(rules, options.build, None));
    let bearer = bearer.and_then(|line| HeaderValue::from_str(&line).ok());
    let others = options.offered.iter();
    bearer
        .into_iter()
        .chain(others.filter_map(|scheme| challenge(scheme)))
        .collect()
}

/// A scheme as it stands in `WWW-Authenticate`; a scheme that no header can carry is left out.
fn challenge(scheme: &str) -> Option<HeaderValue> {
    if scheme.eq_ignore_ascii_case("Basic") {
        return Some(HeaderValue::from_static("Basic realm=\"mail.contoso.com\""));
    }
    HeaderValue::from_str(scheme).ok()
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("EX1"))
}
