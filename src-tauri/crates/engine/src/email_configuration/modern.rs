//! The fields of the access types that sign in with OAuth: tidied, and what is wrong with them in the
//! words of panel §7.7 and §7.8. Asks no authority, and sees no secret.

use contract::{
    AccessType, AppCredentialKind, AppCredentialState, AuthorityKind, EmailConfigurationForm,
    FieldMessage, ModernAuthentication, Problem,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::access_types::show_date;
use super::validate::{error, warning};

/// From here on a certificate that ends is worth a warning, in days.
const SOON: i64 = 30;

/// How an access type proves who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// A password, or the sign-in of Windows.
    Password,
    /// The token of the service account, signed in by a person.
    SignedIn,
    /// The token of an app, for EWS or for Graph.
    App,
}

/// How this type proves who asks; the types that are not served prove nothing here.
pub(crate) const fn proof(access_type: AccessType) -> Proof {
    match access_type {
        AccessType::EwsImp => Proof::SignedIn,
        AccessType::GraphApp | AccessType::EwsApp => Proof::App,
        AccessType::ExUser
        | AccessType::ExImp
        | AccessType::EwsUser
        | AccessType::GraphUser
        | AccessType::GDirect
        | AccessType::GSa => Proof::Password,
    }
}

/// Whether the URL is found anew by every check. Autodiscover asks with a password; a token is for one
/// host, which is known.
pub(crate) fn finds_url(form: &EmailConfigurationForm) -> bool {
    form.find_when_checking && proof(form.access_type) == Proof::Password
}

/// The EWS URL of a form. App-only access in Microsoft's cloud needs none typed: each cloud has one.
pub(crate) fn ews_url(form: &EmailConfigurationForm) -> String {
    let typed = form.ews_url.trim();
    let fixed = form.access_type == AccessType::EwsApp
        && form.modern.authority == AuthorityKind::Entra
        && typed.is_empty();
    if fixed {
        let host = cloud(form.modern.cloud).ews_host();
        return format!("https://{host}/EWS/Exchange.asmx");
    }
    typed.to_owned()
}

/// The cloud in the words of the protocol.
pub(crate) const fn cloud(cloud: contract::Cloud) -> oauth::Cloud {
    match cloud {
        contract::Cloud::Global => oauth::Cloud::Global,
        contract::Cloud::UsGovL4 => oauth::Cloud::UsGovL4,
        contract::Cloud::UsGovL5 => oauth::Cloud::UsGovL5,
        contract::Cloud::China => oauth::Cloud::China,
    }
}

/// Blanks around the texts gone; ids and domains in lower case.
pub(crate) fn tidy(modern: &ModernAuthentication) -> ModernAuthentication {
    let client_id = modern.client_id.trim();
    ModernAuthentication {
        tenant: modern.tenant.trim().to_lowercase(),
        authority_url: modern.authority_url.trim().trim_end_matches('/').to_owned(),
        client_id: match uuid::Uuid::try_parse(client_id) {
            Ok(id) => id.to_string(),
            Err(_) => client_id.to_owned(),
        },
        ..modern.clone()
    }
}

/// Whether what is stored is what the form signs in with.
pub(crate) fn is_stored(form: &EmailConfigurationForm, stored: &AppCredentialState) -> bool {
    match form.modern.app_credential {
        AppCredentialKind::Certificate => stored.certificate.is_some(),
        AppCredentialKind::Secret => stored.has_secret,
    }
}

/// What is wrong with the fields, in their order.
pub(super) fn messages(form: &EmailConfigurationForm, messages: &mut Vec<FieldMessage>) {
    let modern = &form.modern;
    match modern.authority {
        AuthorityKind::Entra => tenant(modern, messages),
        AuthorityKind::AdFs | AuthorityKind::OpenId => authority_url(form, messages),
    }
    client_id(modern, messages);
    if modern.redirect_port == Some(0) {
        messages.push(error("redirectPort", "Choose a port from 1 to 65535."));
    }
}

/// The first of them that keeps anybody from signing in, as the problem of its field.
pub(crate) fn first_error(form: &EmailConfigurationForm) -> Option<Problem> {
    let mut found = Vec::new();
    messages(form, &mut found);
    super::validate::first_error(form, &found)
}

/// The app's certificate or secret: `given` is typed now, the rest is what is stored.
pub(super) fn credential(
    form: &EmailConfigurationForm,
    given: bool,
    stored: Option<&AppCredentialState>,
    now: Timestamp,
    messages: &mut Vec<FieldMessage>,
) {
    if given {
        return;
    }
    let Some(stored) = stored.filter(|stored| is_stored(form, stored)) else {
        messages.push(error(
            "appCredential",
            match form.modern.app_credential {
                AppCredentialKind::Certificate => "Choose a certificate with its private key.",
                AppCredentialKind::Secret => "Enter the client secret.",
            },
        ));
        return;
    };
    let certificate = stored.certificate.as_ref();
    let uses = form.modern.app_credential == AppCredentialKind::Certificate;
    let Some(ends) = certificate
        .filter(|_| uses)
        .and_then(|certificate| certificate.not_after.parse::<Timestamp>().ok())
    else {
        return;
    };
    let shown = show_date(ends.to_zoned(TimeZone::UTC).date());
    if ends <= now {
        messages.push(error("appCredential", format!("It expired on {shown}.")));
    } else if days_until(ends, now) <= SOON {
        messages.push(warning("appCredential", format!("It expires on {shown}.")));
    }
}

/// Whole days until then; negative: since then.
pub(crate) fn days_until(then: Timestamp, now: Timestamp) -> i64 {
    (then.as_second() - now.as_second()).div_euclid(24 * 60 * 60)
}

fn tenant(modern: &ModernAuthentication, messages: &mut Vec<FieldMessage>) {
    let one = oauth::Tenant::parse(modern.tenant.trim()).is_ok_and(|tenant| !tenant.is_shared());
    if !one {
        let said = "Enter the directory ID or a domain of this tenant.";
        messages.push(error("tenant", said));
    }
}

fn authority_url(form: &EmailConfigurationForm, messages: &mut Vec<FieldMessage>) {
    let modern = &form.modern;
    let is_ad_fs = modern.authority == AuthorityKind::AdFs;
    if is_ad_fs && form.access_type == AccessType::GraphApp {
        let said = "Microsoft Graph takes no tokens of AD FS. Choose Entra.";
        messages.push(error("authorityUrl", said));
        return;
    }
    // The same door for both: https, or this computer itself.
    if oauth::Authority::ad_fs(modern.authority_url.trim()).is_err() {
        let said = if is_ad_fs {
            "Enter the https address of AD FS."
        } else {
            "Enter the https address of the OpenID provider."
        };
        messages.push(error("authorityUrl", said));
    } else if is_ad_fs && proof(form.access_type) == Proof::App {
        let said =
            "Microsoft documents no app-only tokens of AD FS for EWS; Exchange may refuse them.";
        messages.push(warning("authorityUrl", said));
    }
}

/// Entra's are GUIDs; other authorities take what was registered with them.
fn client_id(modern: &ModernAuthentication, messages: &mut Vec<FieldMessage>) {
    let text = modern.client_id.trim();
    let sound = match modern.authority {
        AuthorityKind::Entra => uuid::Uuid::try_parse(text).is_ok(),
        AuthorityKind::AdFs | AuthorityKind::OpenId => {
            !text.is_empty()
                && text.len() <= 256
                && !text.contains(|c: char| c.is_control() || c.is_whitespace())
        }
    };
    if !sound {
        let said =
            "Enter the application (client) ID, a GUID. The Guide shows how to register one.";
        messages.push(error("clientId", said));
    }
}

#[cfg(test)]
mod tests {
    use contract::{
        AccessType, AppCertificate, AppCredentialKind, AppCredentialState, AuthorityKind, Cloud,
        EmailConfigurationForm, ModernAuthentication,
    };

    use super::{credential, ews_url, messages, tidy};

    type Change = fn(&mut EmailConfigurationForm);

    const CLIENT: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";

    fn form(change: Change) -> EmailConfigurationForm {
        let mut form = EmailConfigurationForm {
            access_type: AccessType::EwsImp,
            modern: ModernAuthentication {
                tenant: "contoso.com".to_owned(),
                client_id: CLIENT.to_owned(),
                ..ModernAuthentication::default()
            },
            ..EmailConfigurationForm::default()
        };
        change(&mut form);
        form
    }

    fn told(form: &EmailConfigurationForm) -> Vec<(String, String)> {
        let mut found = Vec::new();
        messages(form, &mut found);
        found
            .into_iter()
            .map(|message| (message.field, message.text))
            .collect()
    }

    #[test]
    fn each_field_is_told_in_the_words_of_the_panel() {
        assert!(told(&form(|_| ())).is_empty());
        let tenant = "Enter the directory ID or a domain of this tenant.";
        let client =
            "Enter the application (client) ID, a GUID. The Guide shows how to register one.";
        let cases: [(Change, &str, &str); 9] = [
            (|f| f.modern.tenant.clear(), "tenant", tenant),
            (|f| f.modern.tenant = "common".into(), "tenant", tenant),
            (
                |f| f.modern.tenant = " Organizations ".into(),
                "tenant",
                tenant,
            ),
            (|f| f.modern.tenant = "a/b".into(), "tenant", tenant),
            (|f| f.modern.client_id = "my app".into(), "clientId", client),
            (
                |f| f.modern.client_id = "Understudy".into(),
                "clientId",
                client,
            ),
            (
                |f| f.modern.redirect_port = Some(0),
                "redirectPort",
                "Choose a port from 1 to 65535.",
            ),
            (
                |f| {
                    f.modern.authority = AuthorityKind::AdFs;
                    f.modern.authority_url = "http://adfs.contoso.com".into();
                },
                "authorityUrl",
                "Enter the https address of AD FS.",
            ),
            (
                |f| f.modern.authority = AuthorityKind::OpenId,
                "authorityUrl",
                "Enter the https address of the OpenID provider.",
            ),
        ];
        for (change, field, text) in cases {
            let expected = [(field.to_owned(), text.to_owned())];
            assert_eq!(told(&form(change)), expected);
        }
        let named = form(|f| {
            f.modern.authority = AuthorityKind::AdFs;
            f.modern.authority_url = "https://adfs.contoso.com/adfs".into();
            f.modern.client_id = "Understudy".into();
            f.modern.tenant.clear();
        });
        assert!(told(&named).is_empty(), "AD FS takes what was registered");
    }

    #[test]
    fn graph_takes_no_tokens_of_ad_fs() {
        let ad_fs = |access_type| {
            let mut form = form(|f| {
                f.modern.authority = AuthorityKind::AdFs;
                f.modern.authority_url = "https://adfs.contoso.com".into();
            });
            form.access_type = access_type;
            told(&form)
        };
        assert!(ad_fs(AccessType::GraphApp)[0].1.contains("takes no tokens"));
        assert!(ad_fs(AccessType::EwsApp)[0].1.contains("may refuse them"));
        assert!(ad_fs(AccessType::EwsImp).is_empty());
    }

    #[test]
    fn the_credential_that_the_form_names_must_be_there_and_good() {
        let now = "2026-11-22T00:00:00Z".parse().expect("a time");
        let told = |kind, given, stored: Option<&AppCredentialState>| {
            let mut form = form(|f| f.access_type = AccessType::GraphApp);
            form.modern.app_credential = kind;
            let mut found = Vec::new();
            credential(&form, given, stored, now, &mut found);
            found.first().map(|message| message.text.clone())
        };
        let (secret, certificate) = (AppCredentialKind::Secret, AppCredentialKind::Certificate);
        assert_eq!(
            told(secret, false, None).as_deref(),
            Some("Enter the client secret.")
        );
        assert_eq!(told(secret, true, None), None);
        let until = |not_after: &str| AppCredentialState {
            certificate: Some(AppCertificate {
                not_after: not_after.to_owned(),
                ..AppCertificate::default()
            }),
            ..AppCredentialState::default()
        };
        let good = until("2027-11-22T00:00:00Z");
        assert_eq!(told(certificate, false, Some(&good)), None);
        assert!(
            told(secret, false, Some(&good)).is_some(),
            "another kind is stored"
        );
        let soon = told(certificate, false, Some(&until("2026-12-01T00:00:00Z")));
        assert_eq!(soon.as_deref(), Some("It expires on 1 Dec 2026."));
        let over = told(certificate, false, Some(&until("2026-11-21T00:00:00Z")));
        assert_eq!(over.as_deref(), Some("It expired on 21 Nov 2026."));
    }

    #[test]
    fn each_cloud_has_its_url() {
        let mut form = form(|f| f.access_type = AccessType::EwsApp);
        form.modern.cloud = Cloud::UsGovL4;
        assert_eq!(
            ews_url(&form),
            "https://outlook.office365.us/EWS/Exchange.asmx"
        );
        form.ews_url = " https://mail.contoso.com/EWS/Exchange.asmx".to_owned();
        assert_eq!(ews_url(&form), "https://mail.contoso.com/EWS/Exchange.asmx");
        form.ews_url.clear();
        form.access_type = AccessType::EwsImp;
        assert_eq!(ews_url(&form), "", "it has to be typed");
    }

    #[test]
    fn spellings_of_an_id_are_one() {
        let tidied = tidy(&ModernAuthentication {
            tenant: " Contoso.COM ".to_owned(),
            client_id: format!(" {{{}}} ", CLIENT.to_uppercase()),
            authority_url: " https://adfs.contoso.com/ ".to_owned(),
            ..ModernAuthentication::default()
        });
        assert_eq!(
            (
                tidied.tenant.as_str(),
                tidied.client_id.as_str(),
                tidied.authority_url.as_str()
            ),
            ("contoso.com", CLIENT, "https://adfs.contoso.com")
        );
    }
}
