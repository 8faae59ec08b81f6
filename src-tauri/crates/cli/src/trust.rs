//! `--ca-file` and `--pin-sha256`: whose certificates are trusted. There is no flag that trusts all.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{Code, Problem, ReadCertificate, TlsTrust};
use engine::Engine;

/// Largest file that is looked at, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Where the flags stand in the help.
const HEADING: &str = "Certificates";

/// Trust's flags.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct TrustArgs {
    /// Trust the CAs in this file, PEM or DER, besides the system's
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    pub(crate) ca_file: Option<PathBuf>,
    /// Trust exactly one certificate: the SHA-256 of its DER, 64 hexadecimal digits; nothing else
    /// counts then, --ca-file neither
    #[arg(long, value_name = "HEX", value_parser = crate::values::pin, help_heading = HEADING)]
    pub(crate) pin_sha256: Option<String>,
}

impl TrustArgs {
    /// What was asked for; nothing: `None`. With a pin only the pin counts; a CA file beside it is
    /// read all the same, so that a bad one is not found out later.
    ///
    /// # Errors
    /// [`Code::BadCertificate`], naming the file.
    pub(crate) async fn settle(&self, engine: &Engine) -> Result<Option<TlsTrust>, Problem> {
        let ca = match &self.ca_file {
            Some(file) => Some(ca(engine, file).await?),
            None => None,
        };
        let pin = self.pin_sha256.clone().map(|sha256| TlsTrust::Pin {
            sha256,
            certificate: None,
        });
        Ok(pin.or(ca))
    }
}

async fn ca(engine: &Engine, file: &Path) -> Result<TlsTrust, Problem> {
    let shown = file.display().to_string();
    let bad = |message: String| {
        Problem::new(Code::BadCertificate, message)
            .hint("Give the certificate of the CA, as PEM or DER. Its private key is never needed.")
    };
    if file.is_dir() {
        return Err(bad(format!("{shown} is a folder, not a CA file.")));
    }
    let size = std::fs::metadata(file)
        .map_err(|error| bad(unreadable(&shown, &error)))?
        .len();
    if size > LARGEST {
        return Err(bad(format!("{shown} is too large for a CA file.")));
    }
    let bytes = std::fs::read(file).map_err(|error| bad(unreadable(&shown, &error)))?;
    let request = ReadCertificate {
        name: shown.clone(),
        base64: STANDARD.encode(bytes),
    };
    let found = engine
        .certificate_read(request)
        .await
        .map_err(|problem| Problem {
            message: format!("{shown}: {}", problem.message),
            ..problem
        })?;
    let name = file
        .file_name()
        .map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned());
    let pem = found
        .into_iter()
        .filter_map(|certificate| certificate.pem)
        .collect();
    Ok(TlsTrust::Ca { pem, name })
}

fn unreadable(shown: &str, error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::NotFound {
        format!("There is no file {shown}.")
    } else {
        format!("{shown} cannot be read: {error}.")
    }
}
