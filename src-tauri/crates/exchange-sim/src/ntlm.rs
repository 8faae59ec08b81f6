//! The server side of NTLM (MS-NLMP), version 2 only, written from the specification:
//! <https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp>. It knows no HTTP and no
//! accounts, keeps no password, and never accepts a response of version 1, nor an anonymous one.

mod acceptor;
mod crypto;
mod messages;

pub(crate) use acceptor::{Challenged, Denial, Terms, Verified};
pub(crate) use crypto::md5;
pub(crate) use messages::{AUTHENTICATE, Authenticate, NEGOTIATE, kind};
