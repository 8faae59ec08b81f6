//! What is wrong with the form, in the exact words of panel §7.3. Asks no server.

use contract::{
    AccessType, Authentication, EmailConfigurationForm, FieldLevel, FieldMessage, Problem,
    SmtpAddress, TlsTrust, ValidateEmailConfiguration,
};
use jiff::Timestamp;
use jiff::civil::Date;
use store::email_configurations::StoredConfiguration;
use store::{Tx, email_configurations, users};

use super::access_types::{label, why_not_served};
use super::account::Account;
use super::certificates::read_usable;
use super::modern::{self, Proof, proof};
use super::{EwsUrl, EwsUrlError, Reading, proxy};
use crate::Engine;
use crate::activity::grouped;
use crate::organizations::known;
use crate::problems::Refusal;

/// Longest Account Logon, in characters.
const LONGEST_ACCOUNT: usize = 320;
const CLOUD: &str = "Exchange Online stopped taking passwords for EWS between Oct 2022 and Jan 2023. Choose an OAuth type.";

/// What the form is judged by, besides itself.
pub(super) struct Surroundings {
    pub(super) stored: Option<StoredConfiguration>,
    users: u64,
    active: u64,
    /// The account is in the list of users.
    account_is_user: bool,
    now: Timestamp,
    today: Date,
}

/// What is known of the password field.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PasswordField {
    /// Typed, stored, or asked for each time.
    pub(super) given: bool,
    pub(super) outer_spaces: bool,
}

/// What is known of the secrets that the form needs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SecretFields {
    pub(super) password: PasswordField,
    /// A client secret or a certificate was given, or is not looked at.
    pub(super) app_credential: bool,
}

impl Engine {
    /// What is wrong with the form, field by field.
    ///
    /// # Errors
    /// [`contract::Code::NotFound`].
    pub async fn email_configuration_validate(
        &self,
        request: ValidateEmailConfiguration,
    ) -> Result<Vec<FieldMessage>, Problem> {
        let stage = self.stage();
        let (now, today) = (stage.clock.now(), stage.today());
        let checked = stage.app_drafts.is_kept(request.organization);
        stage
            .read(move |tx| {
                let around = Surroundings::of(tx, request.organization, &request.form, now, today)?;
                let stored = around
                    .stored
                    .as_ref()
                    .is_some_and(|stored| stored.password.has_password);
                let password = PasswordField {
                    given: request.password_typed || request.ask_each_time || stored,
                    outer_spaces: request.password_outer_spaces,
                };
                let secrets = SecretFields {
                    password,
                    app_credential: request.app_credential_given || checked,
                };
                Ok(messages(&request.form, secrets, &around))
            })
            .await
    }
}

impl Surroundings {
    pub(super) fn of(
        tx: &Tx<'_>,
        organization: contract::OrganizationId,
        form: &EmailConfigurationForm,
        now: Timestamp,
        today: Date,
    ) -> Result<Self, Refusal> {
        let row = known(tx, organization)?;
        let account_is_user = match SmtpAddress::parse(&form.account_logon) {
            Ok(address) => users::lookup(tx, &[address.key()])?
                .iter()
                .any(|known| known.organization == organization),
            Err(_) => false,
        };
        Ok(Self {
            stored: email_configurations::load(tx, organization)?,
            users: row.counts.users,
            active: row.counts.active,
            account_is_user,
            now,
            today,
        })
    }
}

/// Every message, in the order of the form.
pub(super) fn messages(
    form: &EmailConfigurationForm,
    secrets: SecretFields,
    around: &Surroundings,
) -> Vec<FieldMessage> {
    let mut messages = Vec::new();
    access_type(form, around, &mut messages);
    match proof(form.access_type) {
        Proof::Password if form.access_type == AccessType::ExImp => {
            account(form, around, &mut messages);
            password_field(form, secrets.password, &mut messages);
            authentication(form, &mut messages);
        }
        Proof::Password => {}
        Proof::SignedIn => {
            if !form.account_logon.trim().is_empty() {
                account(form, around, &mut messages);
            }
            modern::messages(form, &mut messages);
        }
        Proof::App => {
            modern::messages(form, &mut messages);
            let stored = around.stored.as_ref().map(|stored| &stored.app_credential);
            let given = secrets.app_credential;
            modern::credential(form, given, stored, around.now, &mut messages);
        }
    }
    if form.access_type != AccessType::GraphApp {
        ews_url(form, &mut messages);
    }
    tls_trust(form, around.now, &mut messages);
    proxy_setting(form, around, &mut messages);
    if around.users == 0 {
        messages.push(warning("users", "Add users first, or try one address."));
    }
    messages
}

fn access_type(
    form: &EmailConfigurationForm,
    around: &Surroundings,
    messages: &mut Vec<FieldMessage>,
) {
    if let Some(why) = why_not_served(form.access_type, around.today) {
        messages.push(warning("accessType", why));
    }
    let changed = around
        .stored
        .as_ref()
        .is_some_and(|stored| stored.form.access_type != form.access_type);
    if changed && around.active > 0 {
        let active = grouped(around.active);
        messages.push(warning(
            "accessType",
            format!("{active} active mailboxes will need renewal."),
        ));
    }
}

fn account(form: &EmailConfigurationForm, around: &Surroundings, messages: &mut Vec<FieldMessage>) {
    let text = form.account_logon.trim();
    if form.authentication == Authentication::SignedInUser && text.is_empty() {
        return;
    }
    if text.is_empty() {
        messages.push(error("accountLogon", "Enter the impersonating account."));
    } else if text.chars().count() > LONGEST_ACCOUNT || Account::parse(text).is_none() {
        messages.push(error(
            "accountLogon",
            "Use one form: svc@contoso.com or CONTOSO\\svc.",
        ));
    } else if around.account_is_user {
        let said = "This account is also in Users. Its own mailbox doesn't prove impersonation.";
        messages.push(warning("accountLogon", said));
    }
}

fn password_field(
    form: &EmailConfigurationForm,
    password: PasswordField,
    messages: &mut Vec<FieldMessage>,
) {
    let needed = !matches!(
        form.authentication,
        Authentication::SignedInUser | Authentication::Bearer
    );
    if needed && !password.given {
        messages.push(error(
            "password",
            "Enter the password, or choose Ask each time.",
        ));
    }
    if password.outer_spaces {
        messages.push(warning(
            "password",
            "The password starts or ends with a space.",
        ));
    }
}

fn authentication(form: &EmailConfigurationForm, messages: &mut Vec<FieldMessage>) {
    let text = match form.authentication {
        Authentication::SignedInUser if !exchange::SignedIn::AVAILABLE => {
            "My Windows sign-in isn't built into this program. Choose Automatic."
        }
        Authentication::Bearer => "To log on with a token, choose an OAuth type.",
        Authentication::Automatic
        | Authentication::Negotiate
        | Authentication::Ntlm
        | Authentication::Basic
        | Authentication::SignedInUser => return,
    };
    messages.push(error("authentication", text));
}

fn proxy_setting(
    form: &EmailConfigurationForm,
    around: &Surroundings,
    messages: &mut Vec<FieldMessage>,
) {
    if !proxy::is_usable(&form.proxy) {
        messages.push(error("proxy", proxy::ENTER));
        return;
    }
    // Whether one is being typed is not told; a check says it once more, as an error.
    let plan = proxy::Plan::of(&form.proxy, around.stored.as_ref(), None);
    if let Some((_, user)) = proxy::sign_in(&form.proxy).filter(|_| !plan.has_password()) {
        let said = format!("The password of {user} for the proxy isn't stored.");
        messages.push(warning("proxy", said));
    }
}

fn ews_url(form: &EmailConfigurationForm, messages: &mut Vec<FieldMessage>) {
    let passwords = form.access_type == AccessType::ExImp;
    let typed = modern::ews_url(form);
    if modern::finds_url(form) && typed.is_empty() {
        return;
    }
    let required = passwords || proof(form.access_type) != Proof::Password;
    let url = match EwsUrl::read(&typed) {
        Err(EwsUrlError::Empty) if !required => return,
        Err(refused) => return messages.push(error("ewsUrl", refused.text())),
        Ok(Reading::Exact(url)) => url,
        Ok(Reading::Completed(url)) => {
            messages.push(fix(format!("Completed to {url}."), &url, true));
            url
        }
        Ok(Reading::WebPage(url)) => {
            messages.push(fix(
                format!("That's a web page for people. Use {url}?"),
                &url,
                false,
            ));
            url
        }
    };
    if url.is_ip() && !url.is_loopback() {
        let said = "The certificate won't match an IP address, and Kerberos isn't possible.";
        messages.push(warning("ewsUrl", said));
    }
    if passwords && url.is_exchange_online() {
        messages.push(error("ewsUrl", CLOUD));
    }
}

fn tls_trust(form: &EmailConfigurationForm, now: Timestamp, messages: &mut Vec<FieldMessage>) {
    match &form.tls_trust {
        TlsTrust::System => {}
        TlsTrust::Ca { pem, .. } => match read_usable(pem.as_bytes(), now) {
            Err(text) => messages.push(error("tlsTrust", text)),
            Ok(found) if found.iter().all(|certificate| !certificate.is_ca) => {
                let said =
                    "This certificate can't issue others. Pin it instead, or choose the CA's own.";
                messages.push(warning("tlsTrust", said));
            }
            Ok(_) => {}
        },
        TlsTrust::Pin { sha256, .. } => {
            let digits = sha256.trim();
            if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let said = "Enter the SHA-256 of the certificate: 64 hexadecimal digits.";
                messages.push(error("tlsTrust", said));
            }
        }
    }
}

/// The first thing that keeps the form from being saved, as the problem of its field.
pub(super) fn first_error(
    form: &EmailConfigurationForm,
    messages: &[FieldMessage],
) -> Option<Problem> {
    let blocks = |message: &&FieldMessage| match message.level {
        FieldLevel::Error => true,
        FieldLevel::Fix => !message.automatic,
        FieldLevel::Warning => false,
    };
    let message = messages.iter().find(blocks)?;
    let problem = Problem::invalid(&message.field, &message.text);
    Some(match (&message.fix, message.field.as_str()) {
        (Some(fix), _) => problem.hint(format!("Use {fix}.")),
        (None, "ewsUrl") => problem.hint(format!(
            "An EWS URL for {} looks like https://mail.contoso.com/EWS/Exchange.asmx.",
            label(form.access_type)
        )),
        (None, field) => problem.hint(advice(field)),
    })
}

/// What to do about a field that is wrong.
fn advice(field: &str) -> &'static str {
    match field {
        "accountLogon" => {
            "Write the account as CONTOSO\\svc-ews or svc-ews@contoso.com; not both at once."
        }
        "password" => "With Ask each time it is in memory for a check only, and in no file.",
        "proxy" => proxy::ADVICE,
        "tenant" => {
            "It is in the Entra admin center under Overview; common and organizations stand for no tenant."
        }
        "clientId" => "It is in the Entra admin center, on the Overview of the app registration.",
        "authorityUrl" => "AD FS looks like https://adfs.contoso.com.",
        "redirectPort" => {
            "Leave it empty for any free port; AD FS needs the one that was registered."
        }
        "appCredential" => "A certificate comes as PFX or PEM with its private key.",
        "authentication" => "Automatic takes Negotiate or NTLM, whichever the server offers.",
        "tlsTrust" => "Choose a certificate file as PEM or DER, or the SHA-256 of one certificate.",
        _ => "Mend this field and try again.",
    }
}

pub(super) fn error(field: &str, text: impl Into<String>) -> FieldMessage {
    message(field, FieldLevel::Error, text.into())
}

pub(super) fn warning(field: &str, text: impl Into<String>) -> FieldMessage {
    message(field, FieldLevel::Warning, text.into())
}

fn fix(text: String, url: &EwsUrl, automatic: bool) -> FieldMessage {
    FieldMessage {
        fix: Some(url.to_string()),
        automatic,
        ..message("ewsUrl", FieldLevel::Fix, text)
    }
}

fn message(field: &str, level: FieldLevel, text: String) -> FieldMessage {
    FieldMessage {
        field: field.to_owned(),
        level,
        text,
        fix: None,
        automatic: false,
    }
}
