//! The proxy of a form: its address as it is stored, and what becomes of its password. That one goes
//! into the key store under its own entry and is bound to one user of one proxy: for another user or
//! another host it is removed, never sent.

use contract::{ProxySetting, Secret};
use store::email_configurations::StoredConfiguration;

/// What is said of an address that is none (panel §15).
pub(crate) const ENTER: &str = "Enter host:port.";
/// How an address looks.
pub(crate) const ADVICE: &str =
    "Write it as proxy.contoso.com:8080, without a user name or a password.";

/// `host:port` as it is stored: without `http://`, blanks or a final slash; `None` for anything else.
pub(super) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let text = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("http://") => &text[7..],
        _ => text,
    };
    let (host, port) = text.trim_end_matches('/').rsplit_once(':')?;
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let port: u16 = port.parse().ok().filter(|port| *port > 0 && digits)?;
    let host = url::Host::parse(host).ok()?;
    Some(format!("{host}:{port}"))
}

/// The setting as it is stored: an address that is none stays as it was typed.
pub(crate) fn tidy(setting: ProxySetting) -> ProxySetting {
    match setting {
        ProxySetting::Custom {
            address: text,
            user,
        } => ProxySetting::Custom {
            address: address(&text).unwrap_or_else(|| text.trim().to_owned()),
            user: user
                .map(|user| user.trim().to_owned())
                .filter(|user| !user.is_empty()),
        },
        other => other,
    }
}

/// Whether the address can be used, where there has to be one.
pub(crate) fn is_usable(setting: &ProxySetting) -> bool {
    match setting {
        ProxySetting::Inherit | ProxySetting::None => true,
        ProxySetting::Custom { address: text, .. } => address(text).is_some(),
    }
}

/// Who signs in to which host, if anybody.
pub(crate) fn sign_in(setting: &ProxySetting) -> Option<(String, String)> {
    let ProxySetting::Custom {
        address: text,
        user: Some(user),
    } = tidy(setting.clone())
    else {
        return None;
    };
    let address = address(&text)?;
    let (host, _) = address.rsplit_once(':')?;
    Some((host.to_owned(), user))
}

/// What becomes of the stored password when a form is saved.
#[derive(Clone)]
pub(super) enum Plan {
    /// There is none, as before.
    None,
    /// It stays.
    Keep,
    /// This one is stored, in the place of another or not.
    Store { password: Secret, replaces: bool },
    /// It goes: nobody signs in to that proxy any more.
    Remove,
}

impl Plan {
    pub(super) fn of(
        setting: &ProxySetting,
        stored: Option<&StoredConfiguration>,
        typed: Option<Secret>,
    ) -> Self {
        let had = stored.is_some_and(|stored| stored.has_proxy_password);
        let now = sign_in(setting);
        let same = now.is_some() && stored.and_then(|stored| sign_in(&stored.form.proxy)) == now;
        match typed.filter(|typed| !typed.is_empty() && now.is_some()) {
            Some(password) => Self::Store {
                password,
                replaces: had && same,
            },
            None if had && same => Self::Keep,
            None if had => Self::Remove,
            None => Self::None,
        }
    }

    pub(super) const fn has_password(&self) -> bool {
        matches!(self, Self::Keep | Self::Store { .. })
    }
}

/// For the activity log.
pub(crate) fn shown(setting: &ProxySetting, inherited: &str) -> String {
    match setting {
        ProxySetting::Inherit => inherited.to_owned(),
        ProxySetting::None => "none".to_owned(),
        ProxySetting::Custom {
            address,
            user: None,
        } => address.clone(),
        ProxySetting::Custom {
            address,
            user: Some(user),
        } => format!("{address}, as {user}"),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for (text, stored) in [
            ("proxy.contoso.com:8080", "proxy.contoso.com:8080"),
            (" HTTP://Proxy:80/ ", "proxy:80"),
            ("10.0.0.1:3128", "10.0.0.1:3128"),
            ("[2001:db8::1]:3128", "[2001:db8::1]:3128"),
        ] {
            assert_eq!(address(text).as_deref(), Some(stored), "{text}");
        }
        for text in [
            "",
            "proxy",
            "proxy:",
            "proxy:0",
            "proxy:65536",
            "proxy:+80",
            ":8080",
            "https://proxy:443",
            "user:password@proxy:8080",
            "proxy:8080/path",
            "2001:db8::1:3128",
            "two words:80",
            "ä",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
