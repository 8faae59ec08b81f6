//! Whether the account of a token is the one of the form. A name is compared, nothing is asked: what a
//! token says is shown and warned about, never trusted.

/// Whether two names are one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The same name, or none is expected.
    Same,
    /// `CONTOSO\svc` and `svc@contoso.com`: the same user part, and the domains can't be compared.
    Perhaps,
    /// The token doesn't say whose it is.
    Unknown,
    /// Another one.
    Other,
}

/// Compares the account of a token with `Account Logon`.
pub(super) fn likeness(of_token: Option<&str>, account_logon: &str) -> Likeness {
    let expected = account_logon.trim().to_lowercase();
    if expected.is_empty() {
        return Likeness::Same;
    }
    let Some(found) = of_token else {
        return Likeness::Unknown;
    };
    let found = found.trim().to_lowercase();
    if found == expected {
        return Likeness::Same;
    }
    match (user_of_domain_name(&expected), user_of_domain_name(&found)) {
        (Some(user), None) if user_of_upn(&found) == user => Likeness::Perhaps,
        (None, Some(user)) if user_of_upn(&expected) == user => Likeness::Perhaps,
        _ => Likeness::Other,
    }
}

/// The user of `DOMAIN\user`.
fn user_of_domain_name(name: &str) -> Option<&str> {
    name.split_once('\\').map(|(_, user)| user)
}

fn user_of_upn(name: &str) -> &str {
    name.rsplit_once('@').map_or(name, |(user, _)| user)
}

#[cfg(test)]
mod tests {
    use super::{Likeness, likeness};

    #[test]
    fn names_are_compared_as_far_as_they_can_be() {
        for (token, form, expected) in [
            (Some("svc@contoso.com"), " SVC@Contoso.com", Likeness::Same),
            (Some("svc@contoso.com"), "", Likeness::Same),
            (Some("svc@contoso.com"), "CONTOSO\\svc", Likeness::Perhaps),
            (Some("CONTOSO\\svc"), "svc@contoso.com", Likeness::Perhaps),
            (Some("anna@contoso.com"), "CONTOSO\\svc", Likeness::Other),
            (Some("svc@fabrikam.com"), "svc@contoso.com", Likeness::Other),
            (Some("OTHER\\svc"), "CONTOSO\\svc", Likeness::Other),
            (None, "svc@contoso.com", Likeness::Unknown),
        ] {
            assert_eq!(likeness(token, form), expected, "{token:?} {form}");
        }
    }
}
