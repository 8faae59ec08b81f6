//! What a token is to be good for: scopes, and the resource where the authority wants it apart.

use crate::Authority;
use crate::authority::Kind;

/// Scopes, and `resource` for AD FS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The scopes of the resource; `openid`, `profile` and `offline_access` are added by [`crate::Ask`].
    pub scopes: Vec<String>,
    /// `resource` (RFC 8707; AD FS had it before the RFC).
    pub resource: Option<String>,
}

impl Wanted {
    /// EWS at this host as the account that signs in.
    /// Entra: `https://HOST/EWS.AccessAsUser.All`. AD FS: `resource=https://HOST/`, scope
    /// `EWS.AccessAsUser.All`. Other providers: as Entra.
    #[must_use]
    pub fn ews(authority: &Authority, host: &str) -> Self {
        match authority.kind() {
            Kind::AdFs => Self {
                scopes: vec!["EWS.AccessAsUser.All".to_owned()],
                resource: Some(format!("https://{host}/")),
            },
            Kind::Entra { .. } | Kind::OpenId => Self {
                scopes: vec![format!("https://{host}/EWS.AccessAsUser.All")],
                resource: None,
            },
        }
    }

    /// Everything the application itself was given at this host (EWS or Graph): `https://HOST/.default`.
    /// AD FS: `resource=https://HOST/`, no scope.
    #[must_use]
    pub fn app_only(authority: &Authority, host: &str) -> Self {
        match authority.kind() {
            Kind::AdFs => Self {
                scopes: Vec::new(),
                resource: Some(format!("https://{host}/")),
            },
            Kind::Entra { .. } | Kind::OpenId => Self {
                scopes: vec![format!("https://{host}/.default")],
                resource: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;
    use crate::{Authority, Cloud, Tenant};

    #[test]
    fn each_authority_is_asked_in_its_own_way() {
        let entra = Authority::entra(Cloud::Global, Tenant::parse("contoso.com").unwrap());
        let ad_fs = Authority::ad_fs("https://adfs.contoso.com").unwrap();
        assert_eq!(
            Wanted::ews(&entra, "mail.contoso.com").scopes,
            ["https://mail.contoso.com/EWS.AccessAsUser.All"]
        );
        let wanted = Wanted::ews(&ad_fs, "mail.contoso.com");
        assert_eq!(
            wanted.resource.as_deref(),
            Some("https://mail.contoso.com/")
        );
        assert_eq!(
            Wanted::app_only(&entra, "graph.microsoft.com").scopes,
            ["https://graph.microsoft.com/.default"]
        );
    }
}
