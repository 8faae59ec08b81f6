//! From an open proxy to a tunnel: CONNECT, and the proxy's sign-in where it asks for one.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hyper::header::HeaderValue;
use tokio::net::TcpStream;

use super::line::{Answer, Line, Said, Unanswered};
use super::{ProxyCredentials, ProxyFaultKind as Kind};
use crate::authentication::{Authenticator, Basic, Connection, Leg};
use crate::dial::{self, Limit};
use crate::log_ons::{HeldBack, LogOns, Turn};
use crate::logon_name::LogonName;
use crate::ntlm::{Ntlm, NtlmWord};

/// `Proxy Authentication Required` (RFC 9110 §15.5.8).
const ASKS: u16 = 407;
/// Most legs of one sign-in.
const MAX_LEGS: usize = 4;

/// A way through a proxy.
pub(crate) struct Way<'a> {
    /// Host of the proxy.
    pub(crate) host: &'a str,
    /// Port of the proxy.
    pub(crate) port: u16,
    /// What to sign in to it with.
    pub(crate) credentials: Option<&'a ProxyCredentials>,
    /// `host:port` of the server.
    pub(crate) target: String,
    pub(crate) user_agent: &'a str,
    /// Sign-ins to the proxy, over all lanes of the run.
    pub(crate) log_ons: &'a LogOns,
    /// TCP connections opened.
    pub(crate) connections: &'a AtomicU64,
}

/// A connection to sign in on.
struct Opened {
    line: Line,
    /// The proxy asked on it, and may close it since.
    before: bool,
}

impl Way<'_> {
    /// Opens the tunnel, signing in to the proxy if it asks and there is something to sign in with.
    pub(crate) async fn tunnel(&self, limit: &mut Limit) -> Result<TcpStream, Kind> {
        let mut line = self.line(*limit).await?;
        let asked = self.ask(&mut line, None, *limit).await?;
        match asked.map_err(|unanswered| unanswered.kind())? {
            Answer::Tunnel(stream) => Ok(stream),
            Answer::Said(said) if said.status == ASKS => self.sign_in(line, said, limit).await,
            Answer::Said(said) => Err(self.refuses(said)),
        }
    }

    async fn line(&self, limit: Limit) -> Result<Line, Kind> {
        let stream = dial::reach(self.host, self.port, limit).await;
        let stream = stream.map_err(|fault| Kind::Unreachable {
            detail: fault.to_string(),
        })?;
        self.connections.fetch_add(1, Relaxed);
        Line::over(stream).await.map_err(|error| error.kind())
    }

    /// One CONNECT. The outer error: the time is over.
    async fn ask(
        &self,
        line: &mut Line,
        header: Option<HeaderValue>,
        limit: Limit,
    ) -> Result<Result<Answer, Unanswered>, Kind> {
        let asked = line.ask(&self.target, self.user_agent, header);
        limit.keep(asked).await.ok_or_else(|| silent(limit))
    }

    fn refuses(&self, said: Said) -> Kind {
        Kind::Refuses {
            target: self.target.clone(),
            status: said.status,
            reason: said.reason,
        }
    }

    /// Answers a 407. Every sign-in waits its turn, so that a refused password is sent once however
    /// many lanes there are.
    async fn sign_in(
        &self,
        mut line: Line,
        said: Said,
        limit: &mut Limit,
    ) -> Result<TcpStream, Kind> {
        let offered = said.challenges.schemes();
        let Some(credentials) = self.credentials else {
            return Err(Kind::AsksForSignIn { offered });
        };
        let Some(authenticator) = strongest(&offered, credentials) else {
            return Err(Kind::NoScheme { offered });
        };
        let page = limit.keep(said.goes_on()).await;
        let goes_on = page.ok_or_else(|| silent(*limit))?;
        let waiting = tokio::time::Instant::now();
        let mut turn = self.log_ons.turn().await.map_err(held_back)?;
        // Others took that time, not the proxy.
        limit.extend(waiting.elapsed());
        if !goes_on {
            line = self.line(*limit).await?;
        }
        let scheme = authenticator.scheme();
        let opened = Opened {
            line,
            before: goes_on,
        };
        let answer = self.legs(opened, authenticator.as_ref(), &mut turn, *limit);
        match answer.await? {
            Answer::Tunnel(stream) => {
                turn.answered(false);
                Ok(stream)
            }
            Answer::Said(said) if said.status == ASKS => {
                turn.answered(true);
                let user = credentials.user.clone();
                Err(Kind::SignInRefused { user, scheme })
            }
            Answer::Said(said) => {
                turn.answered(false);
                Err(self.refuses(said))
            }
        }
    }

    /// The legs of a sign-in. Gives the answer to the one that proved the password.
    async fn legs(
        &self,
        Opened { mut line, before }: Opened,
        authenticator: &dyn Authenticator,
        turn: &mut Turn<'_>,
        limit: Limit,
    ) -> Result<Answer, Kind> {
        let scheme = authenticator.scheme();
        let mut handshake = authenticator.begin(Connection {
            host: self.host,
            certificate: None,
        });
        let mut challenge: Option<Vec<u8>> = None;
        for _ in 0..MAX_LEGS {
            let leg = handshake.next(challenge.as_deref()).await;
            match leg.map_err(|error| sign_in_failed(&error))? {
                Leg::More(header) => {
                    let said = self.leg(&mut line, header, limit).await?;
                    let token = said.challenges.token(scheme);
                    challenge = Some(token.ok_or(Kind::NoChallenge { scheme })?);
                    let page = limit.keep(said.goes_on()).await;
                    if !page.ok_or_else(|| silent(limit))? {
                        return Err(Kind::HungUpInSignIn { scheme });
                    }
                }
                Leg::Last(header) => {
                    turn.sent();
                    let mut sent = self.ask(&mut line, Some(header.clone()), limit).await?;
                    // Nothing binds a first leg to its connection, and many proxies close the one they asked
                    // on without a word.
                    let ended = match &sent {
                        Err(Unanswered::NotSent) => true,
                        Err(Unanswered::Closed) => before,
                        _ => false,
                    };
                    if challenge.is_none() && ended {
                        if matches!(sent, Err(Unanswered::Closed)) {
                            turn.unanswered();
                        }
                        line = self.line(limit).await?;
                        sent = self.ask(&mut line, Some(header), limit).await?;
                    }
                    if matches!(sent, Err(Unanswered::NotSent)) {
                        turn.not_sent();
                    }
                    return sent.map_err(|_| Kind::HungUpInSignIn { scheme });
                }
            }
        }
        Err(Kind::SignInFailed {
            detail: "the proxy kept asking".to_owned(),
        })
    }

    /// A leg that a challenge must follow. Nothing is lost with a connection that ended before it: the
    /// leg goes over another one.
    async fn leg(&self, line: &mut Line, header: HeaderValue, limit: Limit) -> Result<Said, Kind> {
        let mut asked = self.ask(line, Some(header.clone()), limit).await?;
        if matches!(asked, Err(Unanswered::NotSent | Unanswered::Closed)) {
            *line = self.line(limit).await?;
            asked = self.ask(line, Some(header), limit).await?;
        }
        match asked.map_err(|unanswered| unanswered.kind())? {
            Answer::Said(said) if said.status == ASKS => Ok(said),
            Answer::Said(said) => Err(self.refuses(said)),
            Answer::Tunnel(_) => Err(Kind::SignInFailed {
                detail: "the proxy opened a tunnel to a sign-in that had not begun".to_owned(),
            }),
        }
    }
}

/// NTLM under its own word, NTLM under `Negotiate`; Basic only where nothing else is offered.
fn strongest(offered: &[String], credentials: &ProxyCredentials) -> Option<Box<dyn Authenticator>> {
    let offers = |scheme: &str| offered.iter().any(|word| word.eq_ignore_ascii_case(scheme));
    let ProxyCredentials { user, password } = credentials;
    let ntlm = |word| Box::new(Ntlm::new(LogonName::parse(user), password, word));
    if offers("NTLM") {
        Some(ntlm(NtlmWord::Ntlm))
    } else if offers("Negotiate") {
        Some(ntlm(NtlmWord::Negotiate))
    } else if offers("Basic") && offered.len() == 1 {
        Some(Box::new(Basic::new(user, password)))
    } else {
        None
    }
}

fn silent(limit: Limit) -> Kind {
    Kind::Silent {
        waited: limit.seconds(),
    }
}

fn sign_in_failed(error: &crate::HandshakeError) -> Kind {
    Kind::SignInFailed {
        detail: error.to_string(),
    }
}

fn held_back(why: HeldBack) -> Kind {
    Kind::HeldBack {
        refused: why == HeldBack::Refused,
    }
}
