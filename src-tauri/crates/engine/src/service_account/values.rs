//! The values for Microsoft's form, field by field as it names them. Never the password.
//!
//! <https://testconnectivity.microsoft.com/tests/O365EwsAccess/input>

use contract::{Authentication, Code, CopyText, IdentifyBy, Problem, ServiceAccountValues};
use store::email_configurations;

use crate::Engine;

/// Writes them down, a field a line.
///
/// # Errors
/// [`Code::Invalid`] where nothing is filled in and nothing saved.
pub(super) async fn values(
    engine: &Engine,
    request: ServiceAccountValues,
) -> Result<CopyText, Problem> {
    let organization = request.organization;
    let form = match request.form {
        Some(form) => form,
        None => engine
            .stage()
            .read(move |tx| Ok(email_configurations::load(tx, organization)?))
            .await?
            .map(|saved| saved.form)
            .ok_or_else(|| {
                Problem::new(Code::Invalid, "There is no Email Configuration yet.")
                    .hint("Fill in Account Logon and EWS URL first.")
            })?,
    };
    let fields = &request.fields;
    let folder = {
        let mut letters = fields.folder.trim().chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    let how = match form.authentication {
        Authentication::Bearer => "Modern authentication",
        _ => "Basic authentication",
    };
    let server = if fields.use_autodiscover {
        "Use Autodiscover to detect server settings".to_owned()
    } else {
        format!("Specify Exchange Web Services URL: {}", form.ews_url.trim())
    };
    let mut lines = vec![
        format!("Target mailbox email address: {}", fields.mailbox.trim()),
        format!("Authentication type: {how}"),
        format!("Service Account User Name: {}", form.account_logon.trim()),
        "Service Account Password: (type it there)".to_owned(),
        server,
        format!("Test predefined folder: {folder}"),
    ];
    if fields.impersonate {
        let user = fields.impersonated_user.as_deref().map(str::trim);
        let user = user.filter(|user| !user.is_empty());
        let by = match fields.identify_by {
            IdentifyBy::Smtp | IdentifyBy::PrimarySmtp => "SmtpAddress",
            IdentifyBy::Upn => "PrincipalName",
            IdentifyBy::Sid => "SID",
        };
        lines.extend([
            "Use Exchange Impersonation: yes".to_owned(),
            format!(
                "Impersonated user: {}",
                user.unwrap_or(fields.mailbox.trim())
            ),
            format!("Impersonated user identifier: {by}"),
        ]);
    } else {
        lines.push("Use Exchange Impersonation: no".to_owned());
    }
    lines.push("Ignore Trust for SSL: no".to_owned());
    let mut text = lines.join("\n");
    text.push('\n');
    Ok(CopyText { text })
}
