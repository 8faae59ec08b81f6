//! A simulated Exchange (EWS) on the loopback address, to practise on and to test against.
//!
//! It answers from templates of documented answers and reads requests with a plain XML reader. It
//! knows nothing of the client it is asked by and shares no code with it: a mistake made on both
//! sides would pass every test. It never binds to anything but loopback, opens no connection of its
//! own, and stores nothing.
//!
//! [`start`] takes [`Options`] and gives a running [`Simulator`]; [`Simulator::plan`] makes it fail
//! on demand, [`Simulator::update`] changes the world while it runs, [`Simulator::counters`] tells
//! what happened. [`practice`] has ready-made worlds with believable people in them.

mod answer;
mod certificate;
mod conduit;
mod counters;
mod directory;
mod ews_error;
mod fault;
mod folder_id;
mod front_end;
mod impersonation;
mod log_on;
mod operations;
mod options;
pub mod practice;
mod queue;
mod reply;
mod request;
mod script;
mod simulator;
mod xml;

pub use certificate::{Certificate, CertificateFaults};
pub use counters::{Counters, LoggedRequest};
pub use ews_error::{EwsError, Extras, Form};
pub use fault::{Fault, HttpAnswer, Times, What, When};
pub use options::{
    Account, AccountState, Bind, Build, EmptyIdentity, Mailbox, MailboxState, Options, Role,
};
pub use simulator::{Simulator, StartError, start};
