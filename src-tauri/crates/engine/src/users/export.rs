//! Users as a CSV file that the import reads again, and that a spreadsheet shows well.

use std::io::Write;

use contract::{
    ExportUsers, ExportedFile, OrganizationId, Problem, SyncAccess, UserId, UserRow, UsersFilter,
};
use ews::MailboxGuid;
use store::users;

use crate::Engine;
use crate::exports::{self, cell};
use crate::organizations::known;
use crate::problems::internal;
use crate::stage::{Stage, on_blocking_thread};

/// Rows read at once.
const PIECE: u64 = 5_000;

const HEADER: [&str; 17] = [
    "DisplayName",
    "PrimarySmtpAddress",
    "UserPrincipalName",
    "RecipientTypeDetails",
    "EmailAddresses",
    "SID",
    "ExchangeGuid",
    "Tags",
    "Organization",
    "SyncAccess",
    "InScope",
    "MustBeRefused",
    "SynchronizationDisabled",
    "LastVerdict",
    "LastCause",
    "LastCheckResults",
    "LastCheck",
];

impl Engine {
    /// Writes users to a CSV file in the Downloads folder.
    ///
    /// # Errors
    /// [`contract::Code::DataFolder`] when that cannot be written; [`contract::Code::NotFound`].
    pub async fn users_export(&self, request: ExportUsers) -> Result<ExportedFile, Problem> {
        let stage = self.stage();
        let stem = match request.organization {
            None => "users".to_owned(),
            Some(id) => {
                let row = stage.read(move |tx| known(tx, id)).await?;
                format!("users-{}", row.external_id)
            }
        };
        let folder = exports::folder(&stage)?;
        // Collected as text: reading awaits, and the file is written on a blocking thread.
        let (bytes, rows) = csv_of(&stage, request.organization, &request.filter).await?;
        let (path, ()) = on_blocking_thread(move || {
            exports::write(&folder, &stem, "csv", |to| {
                to.write_all(&bytes)
                    .map_err(|error| internal("writing the file", &error))
            })
        })
        .await?;
        Ok(ExportedFile {
            path: path.display().to_string(),
            rows,
        })
    }
}

/// UTF-8 with a byte order mark, without which Excel takes it for another encoding.
async fn csv_of(
    stage: &Stage,
    organization: Option<OrganizationId>,
    filter: &UsersFilter,
) -> Result<(Vec<u8>, u64), Problem> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice("\u{feff}".as_bytes());
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(bytes);
    let failed = |error: csv::Error| internal("writing the file", &error);
    csv.write_record(HEADER).map_err(failed)?;
    let (mut after, mut rows) = (UserId(0), 0_u64);
    loop {
        let filter = filter.clone();
        let (piece, guids) = stage
            .read(move |tx| {
                let piece = users::each(tx, organization, &filter, after, PIECE)?;
                let last = piece.last().map_or(after, |last| last.id);
                let guids = users::mailbox_guids(tx, after, last)?;
                Ok((piece, guids))
            })
            .await?;
        let Some(last) = piece.last() else { break };
        after = last.id;
        for user in &piece {
            let guid = guids.get(&user.id).map(|guid| MailboxGuid(*guid));
            write_row(&mut csv, user, guid).map_err(failed)?;
            rows += 1;
        }
    }
    let bytes = csv
        .into_inner()
        .map_err(|error| internal("writing the file", error.error()))?;
    Ok((bytes, rows))
}

fn write_row<W: Write>(
    csv: &mut csv::Writer<W>,
    user: &UserRow,
    guid: Option<MailboxGuid>,
) -> csv::Result<()> {
    let text = |text: Option<&str>| cell(text.unwrap_or_default()).into_owned();
    let flag = |flag: bool| if flag { "True" } else { "False" }.to_owned();
    let primary = format!("SMTP:{}", user.address);
    let others = user.aliases.iter().map(|alias| format!("smtp:{alias}"));
    let addresses: Vec<String> = std::iter::once(primary).chain(others).collect();
    csv.write_record([
        text(Some(&user.name)),
        text(Some(&user.address)),
        text(user.upn.as_deref()),
        text(user.kind.as_deref()),
        addresses.join(";"),
        text(user.sid.as_deref()),
        guid.map(|guid| guid.to_string()).unwrap_or_default(),
        text(Some(&user.tags)),
        text(Some(&user.organization_name)),
        sync_access(user.sync_access).to_owned(),
        flag(user.in_scope),
        flag(user.must_refuse),
        flag(user.synchronization_disabled),
        text(user.last_verdict.map(contract::Verdict::as_str)),
        text(user.last_cause.map(contract::Cause::as_str)),
        text(user.last_message.as_deref()),
        text(user.last_checked_at.as_deref()),
    ])
}

const fn sync_access(access: SyncAccess) -> &'static str {
    match access {
        SyncAccess::NotActivated => "Not activated",
        SyncAccess::Active => "Active",
        SyncAccess::NeedsRenewal => "Needs renewal",
        SyncAccess::Failed => "Failed",
    }
}
