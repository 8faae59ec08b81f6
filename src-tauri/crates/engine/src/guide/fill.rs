//! Fills names into commands and sentences. In a command a name becomes one PowerShell string, never more;
//! what is not known stands as a placeholder in angle brackets.

use contract::{AuthorityKind, Cloud, ExchangeNames, ModernAuthentication};

use crate::diagnosis::powershell::quoted;

/// What can be filled in. Nothing is a secret here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Known {
    /// Account Logon.
    pub(super) account: String,
    /// The EWS URL.
    pub(super) ews_url: String,
    /// Its host, with the port where that is not 443.
    pub(super) host: String,
    /// A user.
    pub(super) user: String,
    /// A user that must be refused.
    pub(super) canary: String,
    /// Names; empty: a placeholder.
    pub(super) names: ExchangeNames,
    /// Whom sign-ins and apps get their tokens from, and as whom.
    pub(super) modern: ModernAuthentication,
}

/// Names that stand in double braces, as `texts/README.md` lists them.
#[cfg(test)]
pub(super) const PLACES: [&str; 24] = [
    "account",
    "account_name",
    "account_upn",
    "host",
    "host_url",
    "ews_url",
    "admin_center",
    "server",
    "user",
    "canary",
    "domain",
    "group",
    "scope",
    "assignment",
    "room_list",
    "get_group",
    "group_kind",
    "tenant",
    "client_id",
    "graph_cloud",
    "exchange_cloud",
    "adfs_metadata",
    "adfs_client_id",
    "redirect_url",
];

impl Known {
    /// A command with its names, and those that are missing, each once.
    pub(super) fn command(&self, text: &str) -> (String, Vec<String>) {
        let filled = filled(text, |place| {
            let value = self.value(place);
            if place == "get_group" {
                value
            } else {
                quoted(&value)
            }
        });
        let missing = placeholders(&filled);
        (filled, missing)
    }

    /// A sentence with its names.
    pub(super) fn sentence(&self, text: &str) -> String {
        filled(text, |place| self.value(place))
    }

    fn value(&self, place: &str) -> String {
        let names = &self.names;
        match place {
            "account" => or(&self.account, "account"),
            "account_name" => or(account_name(&self.account), "account"),
            "account_upn" => or(upn(&self.account), "user principal name of the account"),
            "host" => or(&self.host, "host of the EWS URL"),
            "host_url" => format!("https://{}/", or(&self.host, "host of the EWS URL")),
            "ews_url" => or(&self.ews_url, "EWS URL"),
            "admin_center" => format!("https://{}/ecp", self.admin_host()),
            "server" => or(&names.server, "server"),
            "user" => or(&self.user, "user"),
            "canary" => or(&self.canary, "mailbox that must be refused"),
            "domain" => or(domain(&self.user), "mail domain"),
            "group" => or(&names.group, "group"),
            "scope" => or(&names.scope, "scope"),
            "assignment" => or(&names.assignment, "assignment"),
            "room_list" => or(&names.room_list, "room list"),
            "get_group" if names.security_group => "Get-Group".to_owned(),
            "get_group" => "Get-DistributionGroup".to_owned(),
            "group_kind" if names.security_group => "security group".to_owned(),
            "group_kind" => "distribution group".to_owned(),
            _ => self.of_registration(place),
        }
    }

    /// What an app or a sign-in is registered with. What one authority knows is not told to another.
    fn of_registration(&self, place: &str) -> String {
        let modern = &self.modern;
        let of = |authority: AuthorityKind, value: &str, missing: &str| {
            let known = if modern.authority == authority {
                value
            } else {
                ""
            };
            or(known, missing)
        };
        match place {
            "tenant" => of(
                AuthorityKind::Entra,
                &modern.tenant,
                "directory (tenant) ID",
            ),
            "client_id" => of(
                AuthorityKind::Entra,
                &modern.client_id,
                "application (client) ID",
            ),
            "graph_cloud" => graph_cloud(modern.cloud).to_owned(),
            "exchange_cloud" => exchange_cloud(modern.cloud).to_owned(),
            "adfs_metadata" => {
                let url = modern.authority_url.trim().trim_end_matches('/');
                let url = of(AuthorityKind::AdFs, url, "https address of AD FS");
                format!("{url}/FederationMetadata/2007-06/FederationMetadata.xml")
            }
            "adfs_client_id" => of(AuthorityKind::AdFs, &modern.client_id, "new GUID"),
            "redirect_url" => {
                let port = modern.redirect_port.map(|port| port.to_string());
                let port = or(&port.unwrap_or_default(), "fixed port");
                format!("http://localhost:{port}/")
            }
            _ => format!("<{place}>"),
        }
    }

    fn admin_host(&self) -> String {
        [&self.host, &self.names.server]
            .into_iter()
            .find(|name| !name.trim().is_empty())
            .map_or_else(|| "<server>".to_owned(), |name| name.trim().to_owned())
    }
}

fn or(value: &str, missing: &str) -> String {
    if value.trim().is_empty() {
        format!("<{missing}>")
    } else {
        value.trim().to_owned()
    }
}

/// `-Environment` of
/// <https://learn.microsoft.com/powershell/module/microsoft.graph.authentication/connect-mggraph>.
const fn graph_cloud(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Global => "Global",
        Cloud::UsGovL4 => "USGov",
        Cloud::UsGovL5 => "USGovDoD",
        Cloud::China => "China",
    }
}

/// `-ExchangeEnvironmentName` of
/// <https://learn.microsoft.com/powershell/module/exchange/connect-exchangeonline>.
const fn exchange_cloud(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Global => "O365Default",
        Cloud::UsGovL4 => "O365USGovGCCHigh",
        Cloud::UsGovL5 => "O365USGovDoD",
        Cloud::China => "O365China",
    }
}

/// Every `{{place}}` of a text.
#[cfg(test)]
pub(super) fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(place, _)| place)
}

fn filled(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((place, after)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        filled.push_str(&value(place));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What stands in angle brackets inside of a string, in its order, each once.
fn placeholders(command: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = command;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((name, _)) = after.split_once('>') else {
            break;
        };
        let is_name = !name.is_empty() && name.chars().count() <= 60 && !name.contains(['\n', '<']);
        if is_name && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
        rest = after;
    }
    found
}

/// The account without its domain, for the cmdlets of Active Directory.
fn account_name(account: &str) -> &str {
    let name = account.rsplit_once('\\').map_or(account, |(_, name)| name);
    name.split('@').next().unwrap_or(name)
}

/// The account where it is written as a user principal name.
fn upn(account: &str) -> &str {
    if account.contains('@') && !account.contains('\\') {
        account
    } else {
        ""
    }
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use contract::{AuthorityKind, Cloud, ExchangeNames, ModernAuthentication};

    use super::{Known, PLACES};

    fn known() -> Known {
        Known {
            account: "CONTOSO\\svc-o'ews".to_owned(),
            names: ExchangeNames {
                group: "All 'users'".to_owned(),
                ..ExchangeNames::default()
            },
            ..Known::default()
        }
    }

    #[test]
    fn a_name_becomes_one_string_and_what_is_missing_is_told() {
        let (command, missing) =
            known().command("New-X -User {{account}} -Group ({{get_group}} {{group}}).DistinguishedName -Scope {{scope}} -Other {{scope}}");
        assert_eq!(
            command,
            "New-X -User 'CONTOSO\\svc-o''ews' -Group (Get-DistributionGroup 'All ''users''').DistinguishedName -Scope '<scope>' -Other '<scope>'"
        );
        assert_eq!(missing, ["scope"]);
        let said = known().sentence("{{account}} may open {{user}}.");
        assert_eq!(said, "CONTOSO\\svc-o'ews may open <user>.");
    }

    #[test]
    fn the_forms_of_the_account_are_told_apart() {
        let of = |account: &str, text: &str| {
            let known = Known {
                account: account.to_owned(),
                ..Known::default()
            };
            known.command(text).0
        };
        assert_eq!(of("CONTOSO\\svc", "{{account_name}}"), "'svc'");
        assert_eq!(of("svc@contoso.com", "{{account_name}}"), "'svc'");
        assert_eq!(
            of("svc@contoso.com", "{{account_upn}}"),
            "'svc@contoso.com'"
        );
        assert_eq!(
            of("CONTOSO\\svc", "{{account_upn}}"),
            "'<user principal name of the account>'"
        );
    }

    #[test]
    fn a_registration_is_that_of_its_own_authority() {
        let entra = Known {
            modern: ModernAuthentication {
                cloud: Cloud::UsGovL4,
                tenant: "contoso.com".to_owned(),
                client_id: "an id".to_owned(),
                ..ModernAuthentication::default()
            },
            ..Known::default()
        };
        let (command, missing) = entra.command(
            "Connect {{graph_cloud}} {{exchange_cloud}} {{tenant}} {{client_id}} {{adfs_client_id}}",
        );
        assert_eq!(
            command,
            "Connect 'USGov' 'O365USGovGCCHigh' 'contoso.com' 'an id' '<new GUID>'"
        );
        assert_eq!(missing, ["new GUID"]);
        let adfs = Known {
            modern: ModernAuthentication {
                authority: AuthorityKind::AdFs,
                authority_url: "https://adfs.contoso.com/".to_owned(),
                redirect_port: Some(53682),
                ..entra.modern
            },
            ..Known::default()
        };
        let (command, missing) =
            adfs.command("New {{adfs_metadata}} {{adfs_client_id}} {{redirect_url}} {{client_id}}");
        assert_eq!(
            command,
            "New 'https://adfs.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml' 'an id' 'http://localhost:53682/' '<application (client) ID>'"
        );
        assert_eq!(missing, ["application (client) ID"]);
        let bare = Known::default().sentence("{{redirect_url}} {{adfs_metadata}}");
        assert!(bare.starts_with("http://localhost:<fixed port>/ <https address of AD FS>/"));
    }

    #[test]
    fn every_place_has_a_value() {
        for place in PLACES {
            let value = Known::default().value(place);
            assert_ne!(value, format!("<{place}_>"), "{place}");
            assert!(!value.is_empty(), "{place}");
        }
        let braces = Known::default().command("Get-X | Where-Object {$_.A -lt 3}");
        assert_eq!(braces.0, "Get-X | Where-Object {$_.A -lt 3}");
    }
}
