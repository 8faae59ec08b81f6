//! Who a connection belongs to. Basic is judged request by request; NTLM and Negotiate log the
//! connection on in three legs and bind it to one account, as IIS does
//! (<https://learn.microsoft.com/openspecs/windows_protocols/ms-ntht>). Passwords are compared and
//! forgotten; nothing here waits or answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::calendar;
use crate::channel;
use crate::counters::Tally;
use crate::directory::Directory;
use crate::fault::ChallengeFault;
use crate::log_on::{LogOn, Refusals};
use crate::ntlm::{
    AUTHENTICATE, Authenticate, Challenged, Denial, NEGOTIATE, Terms, Verified, kind,
};
use crate::spnego::{self, Token};
use crate::windows::{Leg, RefusedFor, Scheme};

/// What a connection remembers of its log-on.
#[derive(Debug, Default)]
pub(crate) struct Session {
    state: State,
    /// Basic was accepted before.
    basic: bool,
    /// A token was accepted before.
    bearer: bool,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Anonymous,
    Negotiating(Box<Negotiating>),
    LoggedOn(usize),
}

/// A log-on half done.
#[derive(Debug)]
struct Negotiating {
    scheme: Scheme,
    wrapping: Option<Wrapping>,
    challenged: Option<Challenged>,
}

/// SPNEGO around the messages.
#[derive(Debug)]
struct Wrapping {
    mechanisms: Vec<u8>,
    /// The client must sign the list of mechanisms.
    signed: bool,
}

/// A message of a client, unwrapped.
struct Unwrapped {
    message: Option<Vec<u8>>,
    wrapping: Option<Wrapping>,
    mic: Option<Vec<u8>>,
}

/// What judging needs to know.
pub(crate) struct Court<'a> {
    pub(crate) directory: &'a Directory,
    pub(crate) refusals: &'a Refusals,
    pub(crate) tally: &'a Tally,
    /// Binding of the server's own certificate.
    pub(crate) channel: Option<&'a [u8; 16]>,
    /// Number of the connection.
    pub(crate) connection: u64,
    /// What goes wrong with a challenge, should one be due.
    pub(crate) fault: Option<ChallengeFault>,
}

/// What comes of a request's credentials.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The account of this index; its state is still to be looked at. A log-on that ended here may
    /// have a last token for the client.
    Accepted {
        account: usize,
        logged_on: Option<Scheme>,
        token: Option<String>,
    },
    /// 401 with these values of `WWW-Authenticate`: the log-on goes on, or is rejected by SPNEGO.
    Answer(Vec<String>),
    /// 401 with the schemes on offer.
    Ask,
    /// The same, for an account that is locked out.
    LockedOut,
}

impl Session {
    /// How far a request with this `Authorization` has got.
    pub(crate) fn leg(&self, authorization: Option<&[u8]>) -> Leg {
        let Some(value) = authorization else {
            return match self.state {
                State::LoggedOn(_) => Leg::LoggedOn,
                _ => Leg::Anonymous,
            };
        };
        match ntlm_kind(value) {
            Some(NEGOTIATE) => Leg::Negotiate,
            Some(AUTHENTICATE) => Leg::Authenticate,
            _ => Leg::Credentials,
        }
    }

    /// Forgets the log-on.
    pub(crate) fn forget(&mut self) {
        self.state = State::Anonymous;
    }

    /// Notes that a token was accepted; whether it is the first of the connection.
    pub(crate) fn takes_token(&mut self) -> bool {
        !std::mem::replace(&mut self.bearer, true)
    }

    /// Judges a request, and moves the log-on on. An `Authorization` ends whatever log-on the
    /// connection had, and begins or continues one.
    pub(crate) fn judge(&mut self, authorization: Option<&[u8]>, court: &Court<'_>) -> Verdict {
        let Some(value) = authorization else {
            return self.remembered();
        };
        let state = std::mem::take(&mut self.state);
        let Some((scheme, token)) = offered(value, court.directory) else {
            return court.refuse(Scheme::named(value), RefusedFor::Scheme);
        };
        if scheme == Scheme::Basic {
            let verdict = basic(value, self.basic, court);
            self.basic |= matches!(verdict, Verdict::Accepted { .. });
            return verdict;
        }
        let negotiating = match state {
            State::Negotiating(negotiating) if negotiating.scheme == scheme => Some(*negotiating),
            _ => None,
        };
        match self.windows(scheme, token, negotiating, court) {
            Ok(verdict) => verdict,
            Err(reason) => court.refuse(Some(scheme), reason),
        }
    }

    /// The answer to a request that relies on the log-on of its connection. One that comes in the
    /// middle of a log-on ends it.
    fn remembered(&mut self) -> Verdict {
        if let State::LoggedOn(account) = self.state {
            return Verdict::Accepted {
                account,
                logged_on: None,
                token: None,
            };
        }
        self.forget();
        Verdict::Ask
    }

    /// One leg of NTLM, bare or in SPNEGO.
    fn windows(
        &mut self,
        scheme: Scheme,
        token: &[u8],
        negotiating: Option<Negotiating>,
        court: &Court<'_>,
    ) -> Result<Verdict, RefusedFor> {
        let token = STANDARD.decode(token).map_err(|_| RefusedFor::Token)?;
        let (challenged, wrapping) = match negotiating {
            Some(known) => (known.challenged, known.wrapping),
            None => (None, None),
        };
        let Some(unwrapped) = unwrap(scheme, token, wrapping)? else {
            return Ok(rejected(scheme));
        };
        let message = unwrapped.message.as_deref();
        match (message.map(kind), challenged) {
            (None, _) => {
                let wrapping = unwrapped.wrapping.ok_or(RefusedFor::Token)?;
                let answer = spnego::go_on(None, wrapping.signed);
                self.negotiating(scheme, Some(wrapping), None);
                Ok(Verdict::Answer(vec![scheme.with(&answer)]))
            }
            (Some(Some(NEGOTIATE)), _) => {
                let message = message.unwrap_or_default();
                self.challenge(scheme, message, unwrapped.wrapping, court)
            }
            (Some(Some(AUTHENTICATE)), Some(challenged)) => {
                self.authenticate(scheme, &challenged, &unwrapped, court)
            }
            _ => Err(RefusedFor::Token),
        }
    }

    fn challenge(
        &mut self,
        scheme: Scheme,
        message: &[u8],
        wrapping: Option<Wrapping>,
        court: &Court<'_>,
    ) -> Result<Verdict, RefusedFor> {
        Tally::one(&court.tally.negotiates);
        if court.fault == Some(ChallengeFault::Rejected) {
            return Ok(rejected(scheme));
        }
        let options = &court.directory.options;
        let mut challenge = [0; 8];
        getrandom::fill(&mut challenge).expect("the system has random bytes");
        let terms = Terms {
            domain: &options.domain,
            file_time: calendar::file_time(calendar::now() + options.clock_skew),
            challenge,
            fault: court.fault,
        };
        let challenged = Challenged::new(message, &terms).ok_or(RefusedFor::Token)?;
        let answer = match &wrapping {
            Some(wrapping) => {
                scheme.with(&spnego::go_on(Some(challenged.message()), wrapping.signed))
            }
            None => scheme.with(challenged.message()),
        };
        self.negotiating(scheme, wrapping, Some(challenged));
        Ok(Verdict::Answer(match court.fault {
            Some(ChallengeFault::Repeated) => vec![answer.clone(), answer],
            _ => vec![answer],
        }))
    }

    fn negotiating(
        &mut self,
        scheme: Scheme,
        wrapping: Option<Wrapping>,
        challenged: Option<Challenged>,
    ) {
        self.state = State::Negotiating(Box::new(Negotiating {
            scheme,
            wrapping,
            challenged,
        }));
    }

    fn authenticate(
        &mut self,
        scheme: Scheme,
        challenged: &Challenged,
        unwrapped: &Unwrapped,
        court: &Court<'_>,
    ) -> Result<Verdict, RefusedFor> {
        let message = unwrapped.message.as_deref().unwrap_or_default();
        let sent = Authenticate::read(message).ok_or(RefusedFor::Token)?;
        let (account, verified) = court.prove(challenged, &sent)?;
        let token = match &unwrapped.wrapping {
            None => None,
            Some(wrapping) => Some(scheme.with(&last_token(wrapping, unwrapped, &verified)?)),
        };
        court.refusals.forget(account);
        court.tally.log_on(court.connection, scheme);
        self.state = State::LoggedOn(account);
        Ok(Verdict::Accepted {
            account,
            logged_on: Some(scheme),
            token,
        })
    }
}

impl Court<'_> {
    /// The account that a type 3 message names, and proof that its password and channel are right.
    fn prove(
        &self,
        challenged: &Challenged,
        sent: &Authenticate,
    ) -> Result<(usize, Verified), RefusedFor> {
        let directory = self.directory;
        let expected = directory.channel.as_ref().or(self.channel);
        let binding = channel::judge(sent.channel_bindings(), expected);
        self.tally.bound(binding);
        if !sent.is_version_2() {
            return Err(RefusedFor::NtlmV1);
        }
        let index = named(directory, sent).ok_or(RefusedFor::Password)?;
        let account = directory.account_at(index).ok_or(RefusedFor::Password)?;
        if self.refusals.is_shut(directory, index) {
            return Err(RefusedFor::LockedOut);
        }
        let level = directory.options.extended_protection;
        let verified = match challenged.verify(sent, &account.password) {
            Ok(verified) if level.takes(binding, expected.is_some()) => {
                return Ok((index, verified));
            }
            Ok(_) => RefusedFor::Binding,
            Err(Denial::Password) => RefusedFor::Password,
            Err(Denial::Mic) => return Err(RefusedFor::Mic),
        };
        self.refusals.refused(index);
        Err(verified)
    }

    /// Counts a refusal, and says what it is answered with.
    fn refuse(&self, scheme: Option<Scheme>, reason: RefusedFor) -> Verdict {
        self.tally.refused(scheme, reason);
        match reason {
            RefusedFor::LockedOut => Verdict::LockedOut,
            _ => Verdict::Ask,
        }
    }
}

fn basic(value: &[u8], counted: bool, court: &Court<'_>) -> Verdict {
    match court.refusals.judge(court.directory, value) {
        LogOn::Accepted(account) => {
            if !counted {
                court.tally.log_on(court.connection, Scheme::Basic);
            }
            Verdict::Accepted {
                account,
                logged_on: Some(Scheme::Basic),
                token: None,
            }
        }
        LogOn::Refused => court.refuse(Some(Scheme::Basic), RefusedFor::Password),
        LogOn::LockedOut => court.refuse(Some(Scheme::Basic), RefusedFor::LockedOut),
    }
}

/// Scheme and token of an `Authorization`, if the server offers the scheme. OAuth is judged elsewhere.
fn offered<'a>(value: &'a [u8], directory: &Directory) -> Option<(Scheme, &'a [u8])> {
    let scheme = Scheme::named(value).filter(|scheme| *scheme != Scheme::Bearer)?;
    let token = value.get(scheme.name().len()..)?.trim_ascii();
    directory.offers(scheme).then_some((scheme, token))
}

/// The type of the NTLM message in an `Authorization`, wherever it stands in the token.
fn ntlm_kind(authorization: &[u8]) -> Option<u32> {
    let scheme = Scheme::named(authorization)?;
    let token = authorization.get(scheme.name().len()..)?.trim_ascii();
    let token = STANDARD.decode(token).ok()?;
    let start = token.windows(8).position(|part| part == b"NTLMSSP\0")?;
    kind(&token[start..])
}

/// Takes a token out of SPNEGO, if it is in it; `None` when it proposes nothing that this server
/// does.
fn unwrap(
    scheme: Scheme,
    token: Vec<u8>,
    known: Option<Wrapping>,
) -> Result<Option<Unwrapped>, RefusedFor> {
    if kind(&token).is_some() {
        return Ok(Some(Unwrapped {
            message: Some(token),
            wrapping: None,
            mic: None,
        }));
    }
    if scheme != Scheme::Negotiate {
        return Err(RefusedFor::Token);
    }
    match spnego::read(&token).ok_or(RefusedFor::Token)? {
        Token::Initial(proposal) => {
            let Some(position) = proposal.ntlm_at else {
                return Ok(None);
            };
            let wrapping = Wrapping {
                mechanisms: proposal.mechanisms,
                signed: position > 0,
            };
            Ok(Some(Unwrapped {
                // What was sent along is a message of the first mechanism.
                message: proposal.message.filter(|_| position == 0),
                wrapping: Some(wrapping),
                mic: None,
            }))
        }
        Token::Later { message, mic } => Ok(Some(Unwrapped {
            message,
            wrapping: Some(known.ok_or(RefusedFor::Token)?),
            mic,
        })),
    }
}

/// The server's last word in SPNEGO, once the client's signature of the mechanisms is right.
fn last_token(
    wrapping: &Wrapping,
    unwrapped: &Unwrapped,
    verified: &Verified,
) -> Result<Vec<u8>, RefusedFor> {
    match &unwrapped.mic {
        None if wrapping.signed => Err(RefusedFor::Mic),
        None => Ok(spnego::done(None)),
        Some(mic) if verified.is_signed(&wrapping.mechanisms, mic) => {
            Ok(spnego::done(Some(&verified.sign(&wrapping.mechanisms))))
        }
        Some(_) => Err(RefusedFor::Mic),
    }
}

fn rejected(scheme: Scheme) -> Verdict {
    Verdict::Answer(vec![match scheme {
        Scheme::Negotiate => scheme.with(&spnego::reject()),
        _ => scheme.name().to_owned(),
    }])
}

/// The account that a type 3 message names: `DOMAIN` and `user`, or a whole UPN and no domain.
/// Domain and UPN together are nobody, and so is a name alone.
fn named(directory: &Directory, sent: &Authenticate) -> Option<usize> {
    let domain = &directory.options.domain;
    match (sent.domain.as_str(), sent.user.contains('@')) {
        ("", true) => directory.account(&sent.user),
        ("", false) | (_, true) => None,
        (dns, false) if dns.to_lowercase() == domain.dns.to_lowercase() => {
            directory.account(&format!("{}\\{}", domain.netbios, sent.user))
        }
        (netbios, false) => directory.account(&format!("{netbios}\\{}", sent.user)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::options::Options;

    /// Judges one value after the other on a connection.
    fn judged(values: &[Vec<u8>]) -> Vec<Verdict> {
        let directory = Directory::new(Options {
            offered: ["Negotiate", "NTLM", "Basic"].map(str::to_owned).to_vec(),
            ..Options::default()
        });
        let (refusals, tally) = (Refusals::default(), Tally::default());
        let court = Court {
            directory: &directory,
            refusals: &refusals,
            tally: &tally,
            channel: None,
            connection: 1,
            fault: None,
        };
        let mut session = Session::default();
        let judge = |value: &Vec<u8>| {
            let _ = session.leg(Some(value));
            session.judge(Some(value), &court)
        };
        values.iter().map(judge).collect()
    }

    fn value(scheme: Scheme, token: &[u8]) -> Vec<u8> {
        scheme.with(token).into_bytes()
    }

    fn message(kind: u8, rest: &[u8]) -> Vec<u8> {
        [b"NTLMSSP\0", &[kind, 0, 0, 0][..], rest].concat()
    }

    proptest! {
        #[test]
        fn no_bytes_are_let_in(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..4)) {
            for verdict in judged(&values) {
                prop_assert_eq!(verdict, Verdict::Ask);
            }
        }

        #[test]
        fn no_invented_messages_are_let_in(
            wrapped in any::<bool>(),
            flags in any::<u32>(),
            first in prop::collection::vec(any::<u8>(), 0..40),
            last in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let scheme = if wrapped { Scheme::Negotiate } else { Scheme::Ntlm };
            let first = message(1, &[&flags.to_le_bytes(), first.as_slice()].concat());
            let verdicts = judged(&[value(scheme, &first), value(scheme, &message(3, &last))]);
            prop_assert!(matches!(verdicts[0], Verdict::Answer(_)));
            prop_assert_eq!(&verdicts[1], &Verdict::Ask);
        }

        #[test]
        fn no_spnego_brings_it_down(token in prop::collection::vec(any::<u8>(), 0..120), tag in 0x60..=0xa1_u8) {
            let token = crate::der::write(tag, &[&token]);
            for verdict in judged(&[value(Scheme::Negotiate, &token)]) {
                let accepted = matches!(verdict, Verdict::Accepted { .. });
                prop_assert!(!accepted);
            }
        }
    }
}
