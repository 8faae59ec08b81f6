//! Which way to log on: what was chosen, held against what the server offers (ruling 6).

use contract::Authentication;

/// A way to log on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mechanism {
    /// Name and password with every request.
    Basic,
    /// Kerberos under `Negotiate`.
    Kerberos,
    /// NTLM under its own word.
    Ntlm,
    /// NTLM under `Negotiate`.
    NtlmUnderNegotiate,
    /// Kerberos under `Negotiate`, as whoever is signed in to this computer.
    SignedIn,
    /// An access token with every request.
    Bearer,
}

impl Mechanism {
    /// The word in the header.
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Ntlm => "NTLM",
            Self::Kerberos | Self::NtlmUnderNegotiate | Self::SignedIn => "Negotiate",
            Self::Bearer => "Bearer",
        }
    }

    /// What goes under it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Kerberos | Self::SignedIn => "kerberos",
            Self::Ntlm | Self::NtlmUnderNegotiate => "ntlm",
            Self::Bearer => "bearer",
        }
    }
}

/// The ways to try, in their order; none: what was chosen is not offered. A later one is tried only
/// where an earlier one was not possible, never after a refused password. Basic only by choice.
pub(crate) fn candidates(
    chosen: Authentication,
    offered: &[String],
    ticket_possible: bool,
) -> Vec<Mechanism> {
    use Mechanism as M;
    let offers = |word: &str| {
        offered
            .iter()
            .any(|scheme| scheme.eq_ignore_ascii_case(word))
    };
    let (negotiate, ntlm) = (offers("Negotiate"), offers("NTLM"));
    let kerberos = (negotiate && ticket_possible).then_some(M::Kerberos);
    let last = match chosen {
        Authentication::Basic => return offers("Basic").then_some(M::Basic).into_iter().collect(),
        Authentication::Ntlm => return ntlm.then_some(M::Ntlm).into_iter().collect(),
        // Its ticket is the system's affair, and so is finding a KDC.
        Authentication::SignedInUser => {
            return negotiate.then_some(M::SignedIn).into_iter().collect();
        }
        Authentication::Bearer => {
            return offers("Bearer").then_some(M::Bearer).into_iter().collect();
        }
        Authentication::Automatic if ntlm => Some(M::Ntlm),
        Authentication::Automatic | Authentication::Negotiate => {
            negotiate.then_some(M::NtlmUnderNegotiate)
        }
    };
    kerberos.into_iter().chain(last).collect()
}

#[cfg(test)]
mod tests {
    use contract::Authentication as A;

    use super::{Mechanism as M, candidates};

    fn chosen(how: A, offered: &[&str], ticket: bool) -> Vec<M> {
        let offered: Vec<String> = offered.iter().map(|word| (*word).to_owned()).collect();
        candidates(how, &offered, ticket)
    }

    #[test]
    fn what_the_server_offers_decides() {
        let stock = ["Negotiate", "NTLM"];
        assert_eq!(chosen(A::Automatic, &stock, false), [M::Ntlm]);
        assert_eq!(chosen(A::Automatic, &stock, true), [M::Kerberos, M::Ntlm]);
        assert_eq!(
            chosen(A::Automatic, &["negotiate"], false),
            [M::NtlmUnderNegotiate]
        );
        assert_eq!(
            chosen(A::Negotiate, &stock, true),
            [M::Kerberos, M::NtlmUnderNegotiate]
        );
        assert_eq!(chosen(A::Ntlm, &stock, true), [M::Ntlm]);
    }

    #[test]
    fn nothing_is_sent_that_was_not_chosen_or_offered() {
        assert_eq!(
            chosen(A::Automatic, &["Basic"], true),
            [],
            "Basic only by choice"
        );
        assert_eq!(chosen(A::Basic, &["Negotiate", "NTLM"], true), []);
        assert_eq!(chosen(A::Ntlm, &["Negotiate"], true), []);
        assert_eq!(chosen(A::Negotiate, &["NTLM"], true), []);
        assert_eq!(
            chosen(A::SignedInUser, &["Negotiate", "NTLM"], false),
            [M::SignedIn],
            "never NTLM: nobody typed a password"
        );
        assert_eq!(chosen(A::SignedInUser, &["NTLM", "Basic"], true), []);
        let hybrid = ["Negotiate", "NTLM", "Bearer"];
        assert_eq!(chosen(A::Bearer, &hybrid, true), [M::Bearer]);
        assert_eq!(chosen(A::Bearer, &["Negotiate", "NTLM"], true), []);
        assert_eq!(chosen(A::Automatic, &["Bearer"], true), []);
    }
}
