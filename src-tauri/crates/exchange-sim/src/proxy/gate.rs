//! Who may pass: `Proxy-Authorization` against the one account that a proxy knows. NTLM is bound to
//! the connection while the log-on lasts; passwords are compared and forgotten.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{ProxyAuthentication, ProxyOptions};
use crate::calendar;
use crate::ntlm::{Authenticate, Challenged, Terms};

/// The log-on of one connection.
#[derive(Debug, Default)]
pub(super) struct Gate {
    challenged: Option<Challenged>,
}

/// What comes of a request's credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// May pass.
    Open,
    /// 407 with this `Proxy-Authenticate`; credentials were there and are refused, or not.
    Ask { challenge: String, refused: bool },
}

impl Gate {
    /// Judges a `Proxy-Authorization`.
    pub(super) fn judge(&mut self, value: Option<&str>, options: &ProxyOptions) -> Verdict {
        match &options.authentication {
            ProxyAuthentication::None => Verdict::Open,
            ProxyAuthentication::Basic { user, password } => {
                let expected = STANDARD.encode(format!("{user}:{password}"));
                match value {
                    Some(value) if token(value, "Basic") == Some(expected.as_str()) => {
                        Verdict::Open
                    }
                    value => Verdict::Ask {
                        challenge: "Basic realm=\"proxy.contoso.com\"".to_owned(),
                        refused: value.is_some(),
                    },
                }
            }
            ProxyAuthentication::Ntlm { user, password } => {
                self.ntlm(value, user, password, options)
            }
        }
    }

    fn ntlm(
        &mut self,
        value: Option<&str>,
        user: &str,
        password: &str,
        options: &ProxyOptions,
    ) -> Verdict {
        let ask = |refused| Verdict::Ask {
            challenge: "NTLM".to_owned(),
            refused,
        };
        let Some(value) = value else {
            return ask(false);
        };
        let Some(message) = token(value, "NTLM").and_then(|token| STANDARD.decode(token).ok())
        else {
            return ask(true);
        };
        if let (Some(challenged), Some(sent)) =
            (self.challenged.take(), Authenticate::read(&message))
        {
            let right = names(user, &sent)
                && sent.is_version_2()
                && challenged.verify(&sent, password).is_ok();
            return if right { Verdict::Open } else { ask(true) };
        }
        let mut challenge = [0; 8];
        getrandom::fill(&mut challenge).expect("the system has random bytes");
        let terms = Terms {
            domain: &options.domain,
            file_time: calendar::file_time(calendar::now()),
            challenge,
            fault: None,
        };
        let Some(challenged) = Challenged::new(&message, &terms) else {
            return ask(true);
        };
        let challenge = format!("NTLM {}", STANDARD.encode(challenged.message()));
        self.challenged = Some(challenged);
        Verdict::Ask {
            challenge,
            refused: false,
        }
    }
}

/// Whether a type 3 message names this account: domain and user, or the whole UPN.
fn names(account: &str, sent: &Authenticate) -> bool {
    let sent = if sent.domain.is_empty() {
        sent.user.clone()
    } else {
        format!("{}\\{}", sent.domain, sent.user)
    };
    sent.to_lowercase() == account.to_lowercase()
}

/// What follows the scheme.
fn token<'a>(value: &'a str, scheme: &str) -> Option<&'a str> {
    let (named, token) = value.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then_some(token.trim())
}
