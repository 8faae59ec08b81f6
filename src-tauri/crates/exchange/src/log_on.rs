//! Logging a connection on: legs back and forth, the last one carrying the request itself. First legs
//! have no body; the body of every 401 is read to its end, or the connection would be lost.

use std::sync::atomic::Ordering::Relaxed;

use hyper::StatusCode;

use crate::authentication::{Authenticator, Connection, HandshakeError, Leg};
use crate::connection::{Failed, LoggedOn, Open};
use crate::fault::LogOnFault;
use crate::lane::{Call, Stats};
use crate::log_ons::{HeldBack, LogOns};
use crate::ntlm::{Ntlm, NtlmWord};
use crate::{Endpoint, Fault, LogOnReport, Reply};

/// Most legs of one log-on: NTLM has two, Negotiate may add one.
const MAX_LEGS: usize = 4;

/// What a log-on needs besides the connection.
pub(crate) struct LogOn<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) stats: &'a Stats,
    pub(crate) log_ons: &'a LogOns,
    pub(crate) authenticator: &'a dyn Authenticator,
}

/// The first leg of NTLM alone.
pub(crate) async fn first_leg(
    open: &mut Open,
    endpoint: &Endpoint,
    call: &Call,
    word: NtlmWord,
) -> Result<Reply, Failed> {
    match Ntlm::first_leg(word).map_err(handshake)? {
        Leg::More(header) | Leg::Last(header) => open.leg(endpoint, call, header, false).await,
    }
}

impl LogOn<'_> {
    /// Logs the connection on with the request as its last leg. A refusal is the 401 it is, with
    /// [`LogOnReport::refused`].
    pub(crate) async fn carrying(&self, open: &mut Open, call: &Call) -> Result<Reply, Failed> {
        let scheme = self.authenticator.scheme();
        let certificate = open.certificate().map(<[u8]>::to_vec);
        let mut handshake = self.authenticator.begin(Connection {
            host: &self.endpoint.host,
            certificate: certificate.as_deref(),
        });
        let mut report = LogOnReport {
            scheme,
            mechanism: self.authenticator.mechanism(),
            binding: handshake.binding(),
            challenge: None,
            refused: false,
        };
        let mut challenge: Option<Vec<u8>> = None;
        for _ in 0..MAX_LEGS {
            let leg = handshake.next(challenge.as_deref()).await;
            report.binding = handshake.binding();
            match leg.map_err(handshake_fault)? {
                Leg::More(header) => {
                    let reply = open.leg(self.endpoint, call, header, false).await;
                    let reply =
                        reply.map_err(|failed| in_the_middle(failed, challenge.is_some()))?;
                    if reply.status != StatusCode::UNAUTHORIZED.as_u16() {
                        return not_asked(reply);
                    }
                    let Some(token) = reply.headers.token(scheme) else {
                        return Err(no_challenge(&reply).into());
                    };
                    report.challenge = crate::Challenge::read(&token).ok();
                    challenge = Some(token);
                }
                Leg::Last(header) => {
                    let every = self.authenticator.every_request();
                    let sent = self
                        .last(open, call, header.clone(), challenge.is_some())
                        .await?;
                    report.refused = sent.status == StatusCode::UNAUTHORIZED.as_u16();
                    if !report.refused {
                        open.logged_on = Some(if every {
                            LoggedOn::EveryRequest(header)
                        } else {
                            LoggedOn::Connection
                        });
                    }
                    return Ok(Reply {
                        log_on: Some(Box::new(report)),
                        ..sent
                    });
                }
            }
        }
        Err(Fault::from(LogOnFault::Unexpected("the server kept asking".to_owned())).into())
    }

    /// The leg that proves the password. One at a time over all lanes, unless every request carries
    /// it anyway (ruling of the caller: then there is no single log-on to wait for).
    async fn last(
        &self,
        open: &mut Open,
        call: &Call,
        header: hyper::header::HeaderValue,
        challenged: bool,
    ) -> Result<Reply, Failed> {
        let mut turn = if self.authenticator.every_request() {
            None
        } else {
            Some(self.log_ons.turn().await.map_err(held_back)?)
        };
        self.stats.log_ons.fetch_add(1, Relaxed);
        if let Some(turn) = &mut turn {
            turn.sent();
        }
        let sent = open.ask_counted(self.endpoint, call, Some(header)).await;
        let never_left = matches!(sent, Err(Failed::NotSent));
        if never_left {
            self.stats.log_ons.fetch_sub(1, Relaxed);
        }
        match (&mut turn, &sent) {
            (Some(turn), Ok(reply)) => {
                turn.answered(reply.status == StatusCode::UNAUTHORIZED.as_u16());
            }
            (Some(turn), Err(_)) if never_left => turn.not_sent(),
            _ => {}
        }
        sent.map_err(|failed| in_the_middle(failed, challenged))
    }
}

/// A server that answers the first leg with something else than a challenge did not see a request: an
/// obstacle in its way is worth telling, a success is not to be believed.
fn not_asked(reply: Reply) -> Result<Reply, Failed> {
    if (200..300).contains(&reply.status) {
        let detail = "the server answered a log-on that had not begun".to_owned();
        return Err(Fault::from(LogOnFault::Unexpected(detail)).into());
    }
    Ok(reply)
}

fn no_challenge(reply: &Reply) -> Fault {
    LogOnFault::NoChallenge {
        offered: reply.headers.schemes(),
    }
    .into()
}

/// A connection that ends between two legs takes the log-on with it.
fn in_the_middle(failed: Failed, challenged: bool) -> Failed {
    match failed {
        Failed::NotSent if challenged => Failed::Fault(Fault::Closed {
            detail:
                "the connection was closed in the middle of the log-on; a proxy or load balancer \
                     on the way may not keep connections, which NTLM needs"
                    .to_owned(),
        }),
        failed => failed,
    }
}

fn handshake(error: HandshakeError) -> Fault {
    LogOnFault::Handshake(error).into()
}

fn handshake_fault(error: HandshakeError) -> Failed {
    handshake(error).into()
}

fn held_back(why: HeldBack) -> Failed {
    let refused = why == HeldBack::Refused;
    Fault::from(LogOnFault::HeldBack { refused }).into()
}
