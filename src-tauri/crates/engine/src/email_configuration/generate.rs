//! The Magic Wand's click: the EWS URL by a pattern. No network.

use contract::{GenerateEwsUrl, GeneratedEwsUrl, Problem, SmtpAddress};
use store::{StoreError, organizations, users};

use super::EwsUrl;
use super::account::Account;
use crate::Engine;
use crate::organizations::known;

/// Where an organization names no pattern of its own.
const PATTERN: &str = "mail.{domain}";
/// Domains offered to choose from.
const OFFERED: u64 = 20;

impl Engine {
    /// The URL by the organization's host pattern: with the domain that was asked for, else that of
    /// `Account Logon`, else the commonest one of the users; without any the URL is left out.
    ///
    /// # Errors
    /// [`contract::Code::Invalid`] for a domain that is none; [`contract::Code::NotFound`].
    pub async fn ews_url_generate(
        &self,
        request: GenerateEwsUrl,
    ) -> Result<GeneratedEwsUrl, Problem> {
        let organization = request.organization;
        let (pattern, domains) = self
            .stage()
            .read(move |tx| {
                known(tx, organization)?;
                let settings =
                    organizations::settings(tx, organization)?.ok_or(StoreError::NotFound)?;
                Ok((
                    settings.host_pattern,
                    users::domains(tx, organization, OFFERED)?,
                ))
            })
            .await?;
        let asked = request
            .domain
            .as_deref()
            .map(str::trim)
            .filter(|domain| !domain.is_empty());
        let domain = match asked {
            Some(domain) => Some(parse_domain(domain)?),
            None => match Account::parse(&request.account_logon) {
                Some(Account::Upn { domain }) => Some(domain),
                _ => domains.first().cloned(),
            },
        };
        let pattern = if pattern.is_empty() {
            PATTERN
        } else {
            &pattern
        };
        let host = match domain {
            Some(domain) => host_of_pattern(pattern, &domain),
            None if !pattern.contains("{domain}") => host_of_pattern(pattern, ""),
            None => None,
        };
        let url = host
            .and_then(|host| EwsUrl::of_host(&host).ok())
            .map(|url| url.to_string());
        Ok(GeneratedEwsUrl { url, domains })
    }
}

/// The host a pattern gives for a domain; `None` when that is no host name.
pub(crate) fn host_of_pattern(pattern: &str, domain: &str) -> Option<String> {
    let host = pattern.trim().replace("{domain}", domain);
    let harmless = |c: char| c.is_alphanumeric() || "-._".contains(c);
    let is_host = !host.is_empty() && host.chars().all(harmless);
    (is_host && EwsUrl::of_host(&host).is_ok()).then_some(host)
}

fn parse_domain(text: &str) -> Result<String, Problem> {
    let domain = text.trim_start_matches('@');
    match SmtpAddress::parse(&format!("user@{domain}")) {
        Ok(address) if !domain.starts_with('[') => Ok(address.domain().to_lowercase()),
        _ => Err(
            Problem::invalid("domain", format!("\"{text}\" isn't a mail domain."))
                .hint("A mail domain is what stands behind the @, such as contoso.com."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::host_of_pattern;

    #[test]
    fn a_pattern_gives_a_host_and_nothing_else() {
        let host = |pattern| host_of_pattern(pattern, "contoso.com");
        assert_eq!(host("mail.{domain}").as_deref(), Some("mail.contoso.com"));
        assert_eq!(
            host("owa.fabrikam.com").as_deref(),
            Some("owa.fabrikam.com"),
            "a fixed host"
        );
        for bad in [
            "",
            "mail/{domain}",
            "user@{domain}",
            "mail.{domain}:444",
            "{other}",
        ] {
            assert_eq!(host(bad), None, "{bad}");
        }
    }
}
