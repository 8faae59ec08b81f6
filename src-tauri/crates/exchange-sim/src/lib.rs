//! A simulated Exchange (EWS) on the loopback address, to practise on and to test against.
//!
//! It answers from templates of documented answers and reads requests with a plain XML reader. It
//! knows nothing of the client it is asked by and shares no code with it: a mistake made on both
//! sides would pass every test. It never binds to anything but loopback, opens no connection (but
//! [`proxy`], and for [`SigningKeys::Url`], to loopback), and stores nothing.
//!
//! [`start`] takes [`Options`] and gives a running [`Simulator`]; [`Simulator::plan`] makes it fail
//! on demand, [`Simulator::update`] changes the world while it runs, [`Simulator::counters`] tells
//! what happened. Clients log on by Basic, NTLM (version 2), Negotiate (NTLM in SPNEGO) or, where
//! [`Options::bearer`] says so, with OAuth tokens.
//!
//! [`BearerRules`] say how tokens are judged: signature (RS256, PS256) by keys that are given or read
//! from an identity provider on loopback, dates, issuer, tenant, audience, and `scp` or `roles`. What
//! is refused gets 401 and `x-ms-diagnostics`; a sound token with other permissions gets 403, as seen
//! in the field. An empty `Authorization: Bearer` is told where tokens come from ([`ModernAuth`]).
//! [`BearerRules::online`] behaves as Exchange Online, and answers for Microsoft Graph at
//! [`Simulator::graph_url`]. [`Simulator::expire_tokens`] makes clients renew theirs, and
//! [`Counters::tokens`] proves that they did. [`TokenMint`] makes tokens where no provider is at hand:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use exchange_sim::{BearerRules, Options, TokenClaims, TokenMint, start};
//! let mint = TokenMint::new("https://sts.example/")?;
//! let simulator = start(Options {
//!     offered: Vec::new(),
//!     bearer: Some(BearerRules::online(mint.keys())),
//!     ..Options::default()
//! })
//! .await?;
//! let ews = mint.sign(&TokenClaims::app_only("app-id", "https://outlook.office365.com"));
//! let graph = mint.sign(&TokenClaims::graph("app-id"));
//! # Ok(()) }
//! ```
//!
//! [`Options::autodiscover`] says what Autodiscover answers, [`hosts`] starts several hosts under
//! one CA that point at each other, and [`name_server`] answers for their names. [`practice`] has
//! ready-made worlds with believable people in them and, in [`practice::causes`], one for each cause
//! that a check can end in. [`proxy`] is an HTTP proxy to put in front.

mod answer;
mod autodiscover;
mod bearer;
mod budgets;
mod calendar;
mod certificate;
mod channel;
mod conduit;
mod counters;
mod der;
mod directory;
mod doors;
mod entrance;
mod ews_error;
mod fault;
mod folder_id;
mod front_end;
mod graph;
mod hosts;
mod impersonation;
mod items;
mod line;
mod log_on;
mod names;
mod ntlm;
mod operations;
mod options;
mod percent;
pub mod practice;
pub mod proxy;
mod queue;
mod reply;
mod request;
mod script;
mod session;
mod simulator;
mod spnego;
mod throttling;
mod windows;
mod xml;

pub use autodiscover::{Autodiscover, Endpoint, EwsUrl, Found};
pub use bearer::{
    Application, BearerRules, EWS_ROLE, EWS_SCOPE, MintError, ModernAuth, Online, SigningKeys,
    TokenClaims, TokenEndpoint, TokenMint,
};
pub use certificate::{Certificate, CertificateFaults, Keys};
pub use counters::{Counters, LeftItem, LogOns, LoggedRequest, TokenUse};
pub use ews_error::{EwsError, Extras, Form};
pub use fault::{ChallengeFault, Fault, HttpAnswer, Times, What, When};
pub use folder_id::{FolderIds, mailbox_guid};
pub use graph::{GRAPH_ROLES, GraphCounts, GraphLimit, GraphRules};
pub use hosts::{Hosts, hosts};
pub use names::{NameFault, NameServer, Names, Record, name_server};
pub use options::{
    Account, AccountState, Bind, Build, EmptyIdentity, Group, Mailbox, MailboxState, Options, Role,
};
pub use simulator::{Simulator, StartError, start};
pub use throttling::{Beyond, Budget, ConnectionLimit, Throttled, Throttling};
pub use windows::{Binding, Domain, ExtendedProtection, Leg, RefusedFor, Scheme};
