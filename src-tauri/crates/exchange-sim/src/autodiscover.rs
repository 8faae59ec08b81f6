//! Autodiscover: what it is told to answer, and which of its three doors a request came to. JSON is
//! open to everybody; SOAP and plain XML ask for a log-on first. Follows no redirect and asks nobody
//! else: what it knows is in the options.

mod json;
mod lookup;
mod pox;
mod soap;

use std::collections::HashMap;

use crate::fault::HttpAnswer;

pub(crate) use lookup::Whereabouts;

/// What Autodiscover answers. The default is a healthy server that names itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Autodiscover {
    /// `GET /autodiscover/autodiscover.json`, both forms; from Exchange 2016 CU3 on.
    pub json: Endpoint,
    /// `POST /autodiscover/autodiscover.svc`; from Exchange 2010 on.
    pub soap: Endpoint,
    /// `/autodiscover/autodiscover.xml`.
    pub pox: Endpoint,
    /// EWS URL for clients inside.
    pub internal: Option<EwsUrl>,
    /// EWS URL for clients outside; JSON prefers it.
    pub external: Option<EwsUrl>,
    /// What is said about single addresses (`a@contoso.com`) and whole domains (`@contoso.com`), in
    /// lower case. Everyone else: mailboxes of this server are found, those elsewhere are redirected
    /// to `remote_domain`, nobody else is known.
    pub users: HashMap<String, Found>,
    /// Domain of the target addresses of remote mailboxes.
    pub remote_domain: String,
    /// Host that JSON sends clients to who ask for remote mailboxes.
    pub cloud: String,
    /// A SOAP error of the whole response (`ServerBusy`, `InternalServerError`), with its text.
    pub soap_refusal: Option<(String, String)>,
}

/// One of the three doors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Answers as documented.
    Works,
    /// 404, as a server that does not have it.
    Missing,
    /// The same, said to whoever is logged on alone; SOAP and plain XML only.
    Hidden,
    /// This, whatever is asked, before any log-on: a redirect, a page, an error.
    Says(HttpAnswer),
    /// 302 to itself with another `hop` in the query each time, before any log-on: never the same
    /// address twice, and no end.
    Endless,
}

/// A URL of EWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EwsUrl {
    /// That of this simulator: the first of `Options::names` at the standard port, or `localhost` at
    /// its own.
    Own,
    /// `localhost` at its own port, whatever its names.
    Loopback,
    /// This one.
    At(String),
}

/// What Autodiscover says about a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// `Autodiscover::internal` and `external`.
    Settings,
    /// These URLs.
    Urls {
        /// EWS URL for clients inside.
        internal: Option<EwsUrl>,
        /// EWS URL for clients outside.
        external: Option<EwsUrl>,
    },
    /// Ask again for that address: SOAP `RedirectAddress`, POX `redirectAddr`, JSON a 302 to the
    /// cloud.
    RedirectAddress(String),
    /// The same with another address each time (`hop1.user@…`, `hop2.user@…`), and no end.
    EndlessAddress,
    /// Ask again there: SOAP `RedirectUrl`, POX `redirectUrl`, JSON a 302.
    RedirectUrl(String),
    /// SOAP `InvalidUser`, POX error 500, JSON error `UserNotFound`.
    InvalidUser,
    /// SOAP `ServerBusy`, the others 503.
    Busy,
    /// SOAP and JSON this code and text; POX this code where it is a number, else 600.
    Error {
        /// The code.
        code: String,
        /// Text for people.
        text: String,
    },
}

impl Default for Autodiscover {
    fn default() -> Self {
        Self {
            json: Endpoint::Works,
            soap: Endpoint::Works,
            pox: Endpoint::Works,
            internal: Some(EwsUrl::Own),
            external: Some(EwsUrl::Own),
            users: HashMap::new(),
            remote_domain: "contoso.mail.onmicrosoft.com".to_owned(),
            cloud: "outlook.office365.com".to_owned(),
            soap_refusal: None,
        }
    }
}

impl Autodiscover {
    /// None of the three doors: every request gets 404.
    #[must_use]
    pub fn absent() -> Self {
        Self {
            json: Endpoint::Missing,
            soap: Endpoint::Missing,
            pox: Endpoint::Missing,
            ..Self::default()
        }
    }

    /// Nothing but a redirect (302) of `autodiscover.xml` to this address, as a plain HTTP host of
    /// an organization has it.
    #[must_use]
    pub fn redirecting(location: &str) -> Self {
        Self {
            pox: Endpoint::Says(HttpAnswer::redirect(302, location)),
            ..Self::absent()
        }
    }

    /// This EWS URL for everybody, inside and outside.
    #[must_use]
    pub fn at(ews_url: &str) -> Self {
        Self {
            internal: Some(EwsUrl::At(ews_url.to_owned())),
            external: Some(EwsUrl::At(ews_url.to_owned())),
            ..Self::default()
        }
    }

    /// `https://localhost:PORT`, whatever names the server has.
    #[must_use]
    pub fn on_loopback() -> Self {
        Self {
            internal: Some(EwsUrl::Loopback),
            external: Some(EwsUrl::Loopback),
            ..Self::default()
        }
    }

    /// The same with something else said about this address or (`@contoso.com`) this domain.
    #[must_use]
    pub fn user(mut self, address: &str, found: Found) -> Self {
        self.users.insert(address.to_lowercase(), found);
        self
    }
}

/// Which door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Json,
    Soap,
    Pox,
}

impl Door {
    /// The door of a path, in any case.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        match path.strip_prefix("/autodiscover/autodiscover.")? {
            "svc" => Some(Self::Soap),
            "xml" => Some(Self::Pox),
            rest if rest == "json" || rest.starts_with("json/") => Some(Self::Json),
            _ => None,
        }
    }

    /// How the door is told to behave.
    pub(crate) const fn endpoint(self, autodiscover: &Autodiscover) -> &Endpoint {
        match self {
            Self::Json => &autodiscover.json,
            Self::Soap => &autodiscover.soap,
            Self::Pox => &autodiscover.pox,
        }
    }
}

/// Headers by which a client learns, before it logs on, which doors there are.
pub(crate) const DOORS: &[(&str, &str)] = &[
    ("x-soap-enabled", "True"),
    ("x-wssecurity-enabled", "True"),
    ("x-wssecurity-for", "None"),
    ("x-oauth-enabled", "True"),
];

pub(crate) use json::answer as json;
pub(crate) use pox::answer as pox;
pub(crate) use soap::answer as soap;

/// The address a request comes to next in an endless chain: its `hop` raised by one.
pub(crate) fn next_hop(own: &str, path: &str, query: Option<&str>) -> String {
    let mut hop = 0_u64;
    let mut kept = Vec::new();
    for pair in query.unwrap_or_default().split('&') {
        match pair.strip_prefix("hop=") {
            Some(number) => hop = number.parse().unwrap_or(0),
            None if pair.is_empty() => {}
            None => kept.push(pair.to_owned()),
        }
    }
    kept.push(format!("hop={}", hop + 1));
    format!("{own}{path}?{}", kept.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_door_in_any_case() {
        let door = |path| Door::of(path);
        assert_eq!(door("/Autodiscover/Autodiscover.SVC"), Some(Door::Soap));
        assert_eq!(door("/autodiscover/autodiscover.xml"), Some(Door::Pox));
        assert_eq!(door("/autodiscover/autodiscover.json"), Some(Door::Json));
        assert_eq!(
            door("/autodiscover/autodiscover.json/v1.0/a@b.c"),
            Some(Door::Json)
        );
        assert_eq!(door("/autodiscover/autodiscover.jsonp"), None);
        assert_eq!(door("/ews/exchange.asmx"), None);
    }

    #[test]
    fn hops_are_counted_and_the_rest_of_the_query_stays() {
        let first = next_hop("https://h", "/p", Some("Email=a%40b.c"));
        assert_eq!(first, "https://h/p?Email=a%40b.c&hop=1");
        let second = next_hop("https://h", "/p", Some("Email=a%40b.c&hop=1"));
        assert_eq!(second, "https://h/p?Email=a%40b.c&hop=2");
        assert_eq!(next_hop("https://h", "/p", None), "https://h/p?hop=1");
    }
}
