//! What a simulated Exchange can be told: accounts, mailboxes, rights, certificate, build, speed.
//! Plain data without behaviour over the wire; [`Options::default`] is a healthy small server.

use std::collections::HashSet;
use std::time::Duration;

use crate::autodiscover::Autodiscover;
use crate::bearer::BearerRules;
use crate::certificate::Certificate;
use crate::ews_error::EwsError;
use crate::fault::Fault;
use crate::folder_id::FolderIds;
use crate::throttling::{ConnectionLimit, Throttling};
use crate::windows::{Domain, ExtendedProtection};

/// Plain HTTP, or HTTPS with a certificate that may have faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bind {
    /// `http://localhost:PORT`: for clients under test that take it. Real servers require TLS.
    Http,
    /// `https://localhost:PORT`.
    Https(Certificate),
}

/// Everything the simulator is told at the start, and can be told again by `Simulator::update`
/// (apart from `bind`, `port`, `names` and `faults`, which are read once).
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that know nothing of each other"
)]
pub struct Options {
    /// Plain HTTP or HTTPS.
    pub bind: Bind,
    /// TCP port on 127.0.0.1 and `[::1]`; 0 takes a free one.
    pub port: u16,
    /// DNS names under which clients with a resolver of their own ask for it at the standard port
    /// (443, or 80 over plain HTTP). They stand in its certificate, and the first in the URLs that
    /// it names itself with; without any it is `localhost:PORT`. Read at the start.
    pub names: Vec<String>,
    /// Who may log on.
    pub accounts: Vec<Account>,
    /// The mailboxes of this server.
    pub mailboxes: Vec<Mailbox>,
    /// Mailboxes (primary addresses) that every account may open in its own name: Full Access.
    pub full_access: HashSet<String>,
    /// Distribution groups and room lists.
    pub groups: Vec<Group>,
    /// Addresses that no address list shows: left out of rooms, members and resolved names.
    pub hidden: HashSet<String>,
    /// Without any room list the answer has no `m:RoomLists` at all, as of some servers.
    pub omits_empty_room_lists: bool,
    /// What `GetRoomLists` and `GetRooms` say to a caller who has no mailbox and impersonates nobody;
    /// nothing: they answer.
    pub rooms_refusal: Option<EwsError>,
    /// What Autodiscover answers.
    pub autodiscover: Autodiscover,
    /// Schemes of the 401 answer, one `WWW-Authenticate` line each; `Basic` gets a realm. `Basic`,
    /// `NTLM` and `Negotiate` can be used to log on.
    pub offered: Vec<String>,
    /// How OAuth tokens are judged, on top of what is `offered`; nothing: none is taken.
    pub bearer: Option<BearerRules>,
    /// The domain that NTLM challenges name.
    pub domain: Domain,
    /// What is demanded of channel bindings.
    pub extended_protection: ExtendedProtection,
    /// DER of the certificate that clients must be bound to, if it is not the server's own: what a
    /// client sees behind a load balancer or a TLS-inspecting proxy is not what Exchange checks.
    pub channel_certificate: Option<Vec<u8>>,
    /// Every request must log on anew (`authPersistSingleRequest` of IIS).
    pub single_request_log_on: bool,
    /// Closes a connection, unannounced, after this many answers to requests that were logged on.
    pub close_after: Option<u32>,
    /// Closes a connection on which nothing was asked for this long. Read when it opens.
    pub idle_close: Option<Duration>,
    /// How many connections are served at a time; nothing: all.
    pub connection_limit: Option<ConnectionLimit>,
    /// Budgets that requests for EWS are charged to; nothing: none.
    pub throttling: Option<Throttling>,
    /// How far the server's clock is ahead of the true one, in seconds: `Date` headers and the
    /// timestamps of NTLM challenges.
    pub clock_skew: i64,
    /// Whether answers, those before the log-on too, name the build in `X-OWA-Version`.
    pub version_header: bool,
    /// Version that the answers claim.
    pub build: Build,
    /// Accepted values of `t:RequestServerVersion/@Version`; others get
    /// `ErrorInvalidServerVersion`.
    pub schema_versions: Vec<String>,
    /// Pause before every answer.
    pub latency: Duration,
    /// What an empty identity in the impersonation header is answered with.
    pub empty_identity: EmptyIdentity,
    /// Opens the caller's own mailbox whatever the impersonation header says, as a broken proxy or
    /// library does.
    pub ignores_impersonation: bool,
    /// How the ids of folders are written.
    pub folder_ids: FolderIds,
    /// Locks an account after this many refused passwords.
    pub lock_out_after: Option<u32>,
    /// Refuses impersonated requests without `X-AnchorMailbox`, as some multi-site servers do
    /// (`ErrorNoRespondingCASInDestinationSite`).
    pub anchor_required: bool,
    /// Faults planned from the start.
    pub faults: Vec<Fault>,
    /// Host name of the front end in answer headers.
    pub host_name: String,
    /// How many requests the log keeps; the oldest go first.
    pub log_limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        let build = Build::default();
        Self {
            bind: Bind::Http,
            port: 0,
            names: Vec::new(),
            accounts: vec![Account::default()],
            mailboxes: vec![
                Mailbox::new("user1@contoso.com", "User One"),
                Mailbox::new("user2@contoso.com", "User Two"),
                Mailbox::new("svc-ews@contoso.com", "EWS Service"),
            ],
            full_access: HashSet::new(),
            groups: Vec::new(),
            hidden: HashSet::new(),
            omits_empty_room_lists: false,
            rooms_refusal: Some(EwsError::new("ErrorNameResolutionNoMailbox")),
            autodiscover: Autodiscover::default(),
            offered: vec!["Basic".to_owned()],
            bearer: None,
            domain: Domain::default(),
            extended_protection: ExtendedProtection::Allow,
            channel_certificate: None,
            single_request_log_on: false,
            close_after: None,
            idle_close: None,
            connection_limit: None,
            throttling: None,
            clock_skew: 0,
            version_header: true,
            schema_versions: build.schema_versions(),
            build,
            latency: Duration::ZERO,
            empty_identity: EmptyIdentity::Exchange,
            ignores_impersonation: false,
            folder_ids: FolderIds::Plain,
            lock_out_after: None,
            anchor_required: false,
            faults: Vec::new(),
            host_name: "EX1".to_owned(),
            log_limit: 1_000,
        }
    }
}

/// An account of the directory that may try to log on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Names it logs on with, compared ignoring case: `CONTOSO\svc-ews`, `svc-ews@contoso.com`.
    pub logons: Vec<String>,
    /// Its password.
    pub password: String,
    /// Primary address of its own mailbox, if it has one.
    pub mailbox: Option<String>,
    /// Whether the account itself is sound.
    pub state: AccountState,
    /// Whom it may impersonate.
    pub role: Role,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            logons: vec![
                "CONTOSO\\svc-ews".to_owned(),
                "svc-ews@contoso.com".to_owned(),
            ],
            password: "Practice-Pa55!".to_owned(),
            mailbox: Some("svc-ews@contoso.com".to_owned()),
            state: AccountState::Ok,
            role: Role::Everyone,
        }
    }
}

/// State of an account, told only after the right password (except [`AccountState::Locked`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Sound.
    Ok,
    /// 401 with the lock-out text, whatever the password.
    Locked,
    /// Fault `ErrorAccountDisabled`.
    Disabled,
    /// Fault `ErrorPasswordExpired`.
    PasswordExpired,
    /// Fault `ErrorCallerIsInvalidADAccount`.
    NotInDirectory,
    /// Fault `ErrorInvalidAuthorizationContext`.
    NotAuthorized,
    /// HTTP 403 with an empty body: EWS is switched off for it.
    EwsBlocked,
}

/// The `ApplicationImpersonation` role of an account and its scope (primary addresses, any case).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Not assigned: every impersonation is denied.
    None,
    /// Assigned without a scope: every mailbox.
    Everyone,
    /// Scope that contains these mailboxes.
    Only(HashSet<String>),
    /// Scope that contains all mailboxes but these.
    AllBut(HashSet<String>),
}

/// A mailbox, or an address that looks like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Primary SMTP address.
    pub primary: String,
    /// Proxy addresses.
    pub aliases: Vec<String>,
    /// User principal name, if the directory has one.
    pub upn: Option<String>,
    /// Security identifier in SDDL form, if the directory has one.
    pub sid: Option<String>,
    /// What happens when it is opened.
    pub state: MailboxState,
    /// Name in the address list.
    pub display_name: String,
}

impl Mailbox {
    /// A sound mailbox whose principal name is its address.
    #[must_use]
    pub fn new(primary: &str, display_name: &str) -> Self {
        Self {
            primary: primary.to_owned(),
            aliases: Vec::new(),
            upn: Some(primary.to_owned()),
            sid: None,
            state: MailboxState::Ok,
            display_name: display_name.to_owned(),
        }
    }

    /// The same with one more proxy address.
    #[must_use]
    pub fn alias(mut self, alias: &str) -> Self {
        self.aliases.push(alias.to_owned());
        self
    }

    /// The same in another state.
    #[must_use]
    pub fn in_state(mut self, state: MailboxState) -> Self {
        self.state = state;
        self
    }

    /// The same with a security identifier.
    #[must_use]
    pub fn with_sid(mut self, sid: &str) -> Self {
        self.sid = Some(sid.to_owned());
        self
    }
}

/// A distribution group, or a room list, which is a group of rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name in the address list.
    pub display_name: String,
    /// Its SMTP address.
    pub address: String,
    /// Addresses of its members: of mailboxes, of other groups (it may be its own), or of anybody.
    pub members: Vec<String>,
    /// Made with `New-DistributionGroup -RoomList`.
    pub is_room_list: bool,
}

impl Group {
    /// A distribution group.
    #[must_use]
    pub fn new(address: &str, display_name: &str, members: &[&str]) -> Self {
        Self {
            display_name: display_name.to_owned(),
            address: address.to_owned(),
            members: members.iter().map(|&member| member.to_owned()).collect(),
            is_room_list: false,
        }
    }

    /// A room list.
    #[must_use]
    pub fn room_list(address: &str, display_name: &str, rooms: &[&str]) -> Self {
        Self {
            is_room_list: true,
            ..Self::new(address, display_name, rooms)
        }
    }
}

/// What opening a mailbox comes to once the caller has the right to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailboxState {
    /// Opens.
    Ok,
    /// `ErrorMailboxMoveInProgress`.
    Moving,
    /// `ErrorMailboxStoreUnavailable`.
    StoreUnavailable,
    /// `ErrorMailboxFailover`.
    Failover,
    /// `ErrorMailboxConfiguration`.
    Misconfigured,
    /// `ErrorAccountDisabled` for the mailbox.
    Disabled,
    /// `ErrorFolderNotFound` for these distinguished folders (`inbox`, …); the others open.
    WithoutFolders(Vec<String>),
    /// A mail user or contact: `ErrorNonExistentMailbox`, though the directory knows the address.
    MailUser,
    /// Lives elsewhere: `ErrorNonExistentMailbox`, "No mailbox with such guid."
    Remote,
    /// `ErrorAccessDenied`.
    AccessDenied,
    /// `ErrorInvalidLicense` inside `ErrorInternalServerError`, as Exchange Online says it.
    Unlicensed,
    /// Opens, and takes no new item: `ErrorQuotaExceeded`.
    OverQuota,
    /// Any other answer.
    Failing(EwsError),
}

/// What an impersonation header with an empty identity comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyIdentity {
    /// Exchange: `ErrorInvalidExchangeImpersonationHeaderData`.
    Exchange,
    /// gromox: the caller's own mailbox opens.
    OwnMailbox,
}

/// Version numbers of an Exchange build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Build {
    /// 15 for everything from 2013 on.
    pub major: u32,
    /// 0 = 2013, 1 = 2016, 2 = 2019 and SE.
    pub minor: u32,
    /// Build number.
    pub build: u32,
    /// Revision.
    pub revision: u32,
}

impl Build {
    /// Exchange Server Subscription Edition RTM.
    pub const SE: Self = Self::new(15, 2, 2562, 17);
    /// Exchange Server 2019 CU15.
    pub const EXCHANGE_2019: Self = Self::new(15, 2, 1748, 10);
    /// Exchange Server 2016 CU23.
    pub const EXCHANGE_2016: Self = Self::new(15, 1, 2507, 6);
    /// Exchange Server 2013 CU6 or so: an account without a mailbox cannot impersonate.
    pub const EXCHANGE_2013: Self = Self::new(15, 0, 1156, 6);
    /// Exchange Server 2010 SP3.
    pub const EXCHANGE_2010: Self = Self::new(14, 3, 123, 4);

    /// A build by its four numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32, build: u32, revision: u32) -> Self {
        Self {
            major,
            minor,
            build,
            revision,
        }
    }

    /// `ServerVersionInfo/@Version` as seen on servers of this build.
    #[must_use]
    pub const fn schema(&self) -> &'static str {
        match (self.major, self.minor) {
            (14, _) => "Exchange2010_SP2",
            (15, 0) => "V2_23",
            _ => "V2017_07_11",
        }
    }

    /// Named schema versions that a server of this build takes.
    #[must_use]
    pub fn schema_versions(&self) -> Vec<String> {
        const NAMES: [&str; 10] = [
            "Exchange2007",
            "Exchange2007_SP1",
            "Exchange2010",
            "Exchange2010_SP1",
            "Exchange2010_SP2",
            "Exchange2013",
            "Exchange2013_SP1",
            "Exchange2015",
            "Exchange2016",
            "V2015_10_05",
        ];
        let count = match (self.major, self.minor) {
            (..=14, _) => 5,
            (15, 0) => 7,
            _ => NAMES.len(),
        };
        NAMES[..count].iter().map(|&name| name.to_owned()).collect()
    }

    /// Whether this is Exchange 2019 CU13 or newer, which may trust AD FS.
    #[must_use]
    pub const fn knows_adfs(&self) -> bool {
        self.major > 15 || (self.major == 15 && self.minor >= 2 && self.build >= 1_258)
    }

    /// Whether this is Exchange 2013 or older.
    #[must_use]
    pub const fn is_2013_or_older(&self) -> bool {
        self.major < 15 || (self.major == 15 && self.minor == 0)
    }
}

impl Default for Build {
    fn default() -> Self {
        Self::SE
    }
}

impl std::fmt::Display for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}.{}.{}.{}",
            self.major, self.minor, self.build, self.revision
        )
    }
}
