//! Whose access tokens the simulated Exchange takes. It judges them by the keys that their authority
//! publishes; nothing here knows how a token looks.

use exchange_sim::{BearerRules, Options, SigningKeys};
use serde_json::Value;

/// An AD FS beside the simulated Exchange, and who of its people is the service account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tokens {
    address: String,
    keys: String,
    issuer: String,
    account: String,
    /// The CA of that address, in PEM.
    ca: Option<String>,
}

impl Tokens {
    /// `{"address": "http://localhost:3000", "keys": "http://localhost:3000/adfs/discovery/keys",
    /// "issuer": "…/adfs/services/trust", "account": "svc-ews@contoso.example"}`, of loopback alone; with
    /// `https` there is a `ca`, in PEM.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let given: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let member = |name: &str| {
            let value = given[name].as_str().map(str::to_owned);
            value.ok_or_else(|| format!("--tokens: {name} is missing"))
        };
        Ok(Self {
            address: member("address")?,
            keys: member("keys")?,
            issuer: member("issuer")?,
            account: member("account")?,
            ca: given["ca"].as_str().map(str::to_owned),
        })
    }

    /// Tokens count from now on, and the service account goes by the authority's name for it too.
    pub(crate) fn let_in(&self, options: &mut Options) {
        let keys = SigningKeys::Url {
            url: self.keys.clone(),
            ca_pem: self.ca.clone(),
        };
        options.bearer = Some(BearerRules::adfs(keys, &self.address).issuer(&self.issuer));
        for account in &mut options.accounts {
            account.logons.push(self.account.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = r#"{"address": "http://localhost:1", "keys": "http://localhost:1/keys",
        "issuer": "http://localhost:1/adfs/services/trust", "account": "svc@contoso.example"}"#;

    #[test]
    fn what_is_missing_is_named() {
        let slip = GIVEN.replace("issuer", "iss");
        assert!(Tokens::parse(&slip).unwrap_err().contains("issuer"));
        assert!(Tokens::parse("no JSON").is_err());
    }

    #[test]
    fn tokens_of_that_issuer_count_and_its_account_is_known() {
        let mut options = Options::default();
        Tokens::parse(GIVEN).unwrap().let_in(&mut options);
        let rules = options.bearer.unwrap();
        assert_eq!(rules.issuers, ["http://localhost:1/adfs/services/trust"]);
        let known = |name: &str| {
            options
                .accounts
                .iter()
                .any(|one| one.logons.iter().any(|logon| logon == name))
        };
        assert!(known("svc@contoso.example") && !known("svc@fabrikam.example"));
    }
}
