//! What an answer holds, whatever the operation. Data only: nothing is judged here.

use crate::fault::Fault;
use crate::message::ResponseMessage;
use crate::server_version::ServerVersion;

/// A whole EWS answer, as [`read`](crate::read()) found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Build of the server; `None` where the header is missing, as in some faults.
    pub server_version: Option<ServerVersion>,
    /// What the server said.
    pub body: Body,
}

/// The two kinds of answer. The HTTP status does not tell them apart: faults arrive with 200 too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The request as a whole was refused.
    Fault(Fault),
    /// One message for each thing asked for, in the order asked. Never empty, so that "all of
    /// them succeeded" is never true of none.
    Messages(Vec<ResponseMessage>),
}
