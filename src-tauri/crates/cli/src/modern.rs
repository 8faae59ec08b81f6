//! The flags of the access types that sign in with OAuth, and what an app proves itself with. A client
//! secret and the password of a certificate come from standard input, never from an argument.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    AccessType, AppCredential, AppCredentialKind, AuthorityKind, Cloud, Code,
    EmailConfigurationForm, ModernAuthentication, Problem, Secret,
};

use crate::password::first_line_of_stdin;

/// Where the flags stand in the help.
const HEADING: &str = "Sign-in with OAuth";
/// Largest certificate file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// `--access-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Type {
    /// A service account with its password (the default)
    ExImp,
    /// A service account that signs in in the browser
    EwsImp,
    /// An application, over EWS
    EwsApp,
    /// An application, over Microsoft Graph
    GraphApp,
}

impl From<Type> for AccessType {
    fn from(kind: Type) -> Self {
        match kind {
            Type::ExImp => Self::ExImp,
            Type::EwsImp => Self::EwsImp,
            Type::EwsApp => Self::EwsApp,
            Type::GraphApp => Self::GraphApp,
        }
    }
}

/// Whether an application signs in, without a person.
pub(crate) fn is_app(kind: AccessType) -> bool {
    matches!(kind, AccessType::EwsApp | AccessType::GraphApp)
}

/// Whether access tokens are sent instead of a password.
pub(crate) fn wants_token(kind: AccessType) -> bool {
    is_app(kind) || kind == AccessType::EwsImp
}

/// `--cloud`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Where {
    /// Worldwide, GCC included
    Global,
    /// US Government L4 (GCC High)
    UsGovL4,
    /// US Government L5, of the Department of Defense
    UsGovL5,
    /// Operated by 21Vianet
    China,
}

impl From<Where> for Cloud {
    fn from(cloud: Where) -> Self {
        match cloud {
            Where::Global => Self::Global,
            Where::UsGovL4 => Self::UsGovL4,
            Where::UsGovL5 => Self::UsGovL5,
            Where::China => Self::China,
        }
    }
}

/// The fields of a form that signs in with OAuth.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ModernArgs {
    /// How mailboxes are reached [default: ex-imp]
    #[arg(long, value_name = "TYPE", help_heading = HEADING)]
    pub(crate) access_type: Option<Type>,
    /// Directory (tenant) id, or a domain of the tenant
    #[arg(long, value_name = "ID|DOMAIN", help_heading = HEADING)]
    tenant: Option<String>,
    /// Application (client) id
    #[arg(long, value_name = "GUID", help_heading = HEADING)]
    client_id: Option<String>,
    /// Microsoft cloud [default: global]
    #[arg(long, value_name = "CLOUD", help_heading = HEADING)]
    cloud: Option<Where>,
    /// AD FS issues the tokens: its https address
    #[arg(long, value_name = "URL", conflicts_with_all = ["issuer", "tenant"], help_heading = HEADING)]
    adfs: Option<String>,
    /// Another provider issues the tokens (OIDC): the URL of its issuer
    #[arg(long, value_name = "URL", conflicts_with = "tenant", help_heading = HEADING)]
    issuer: Option<String>,
    /// Fixed port for the browser's answer, 0: a random one [default: 0]
    #[arg(long, value_name = "PORT", help_heading = HEADING)]
    redirect_port: Option<u16>,
    /// Whether sign-ins are kept, encrypted, beyond the command [default: no]
    #[arg(long, value_name = "yes|no", num_args = 0..=1, require_equals = true, default_missing_value = "yes", value_parser = yes_or_no, help_heading = HEADING)]
    keep_signed_in: Option<bool>,
    /// The app's certificate with its private key: PFX or PEM
    #[arg(long, value_name = "FILE", conflicts_with = "client_secret_stdin", help_heading = HEADING)]
    certificate: Option<PathBuf>,
    /// Read the password of the PFX from the first line of stdin
    #[arg(long, requires = "certificate", help_heading = HEADING)]
    pub(crate) certificate_password_stdin: bool,
    /// Read the app's client secret from the first line of stdin
    #[arg(long, help_heading = HEADING)]
    pub(crate) client_secret_stdin: bool,
}

impl ModernArgs {
    /// Whether anything was given.
    pub(crate) fn given(&self) -> bool {
        self.access_type.is_some() || self.any_field() || self.has_credential()
    }

    fn any_field(&self) -> bool {
        self.tenant.is_some()
            || self.client_id.is_some()
            || self.cloud.is_some()
            || self.adfs.is_some()
            || self.issuer.is_some()
            || self.redirect_port.is_some()
            || self.keep_signed_in.is_some()
    }

    /// Whether a client secret or a certificate was given.
    pub(crate) fn has_credential(&self) -> bool {
        self.certificate.is_some() || self.client_secret_stdin
    }

    /// Whether it takes the first line of standard input.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.client_secret_stdin || self.certificate_password_stdin
    }

    /// Puts what was given into a form; the rest stays.
    pub(crate) fn fill(&self, form: &mut EmailConfigurationForm) {
        if let Some(kind) = self.access_type {
            form.access_type = kind.into();
        }
        let modern = &mut form.modern;
        let text = |into: &mut String, given: &Option<String>| {
            if let Some(given) = given {
                given.trim().clone_into(into);
            }
        };
        text(&mut modern.tenant, &self.tenant);
        text(&mut modern.client_id, &self.client_id);
        if let Some(cloud) = self.cloud {
            modern.cloud = cloud.into();
        }
        self.fill_authority(modern);
        if let Some(port) = self.redirect_port {
            modern.redirect_port = (port > 0).then_some(port);
        }
        if let Some(keep) = self.keep_signed_in {
            modern.keep_signed_in = keep;
        }
        if self.certificate.is_some() {
            modern.app_credential = AppCredentialKind::Certificate;
        } else if self.client_secret_stdin {
            modern.app_credential = AppCredentialKind::Secret;
        }
    }

    fn fill_authority(&self, modern: &mut ModernAuthentication) {
        let (kind, url) = match (&self.adfs, &self.issuer, &self.tenant) {
            (Some(url), _, _) => (AuthorityKind::AdFs, Some(url)),
            (_, Some(url), _) => (AuthorityKind::OpenId, Some(url)),
            (_, _, Some(_)) => (AuthorityKind::Entra, None),
            _ => return,
        };
        modern.authority = kind;
        if let Some(url) = url {
            url.trim().clone_into(&mut modern.authority_url);
        }
    }

    /// The certificate or the client secret, where one was given.
    ///
    /// # Errors
    /// [`Code::BadCertificate`] for a file that cannot be read; those of standard input.
    pub(crate) fn credential(&self) -> Result<Option<AppCredential>, Problem> {
        if let Some(file) = &self.certificate {
            let base64 = Secret::new(STANDARD.encode(read(file)?));
            let password = if self.certificate_password_stdin {
                Some(first_line_of_stdin("the password of the certificate")?)
            } else {
                None
            };
            let name = file.file_name().unwrap_or(file.as_os_str());
            return Ok(Some(AppCredential::Certificate {
                name: name.to_string_lossy().into_owned(),
                base64,
                password,
            }));
        }
        if self.client_secret_stdin {
            let secret = first_line_of_stdin("the client secret")?;
            return Ok(Some(AppCredential::Secret { secret }));
        }
        Ok(None)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Problem> {
    let shown = file.display();
    let bad = |message: String| {
        Problem::new(Code::BadCertificate, message)
            .hint("Give the certificate with its private key, as PFX (PKCS #12) or PEM.")
    };
    let about = std::fs::metadata(file)
        .map_err(|error| bad(format!("{shown} cannot be read: {error}.")))?;
    if about.is_dir() || about.len() > LARGEST {
        return Err(bad(format!("{shown} is no certificate file.")));
    }
    std::fs::read(file).map_err(|error| bad(format!("{shown} cannot be read: {error}.")))
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("Give yes or no.".to_owned()),
    }
}
