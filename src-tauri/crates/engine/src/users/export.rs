//! Users as a CSV file that the import reads again, and that a spreadsheet shows well.

use std::io::Write;

use contract::{
    Code, ExportUsers, ExportedFile, OrganizationId, Problem, SyncAccess, UserId, UserRow,
    UsersFilter,
};
use ews::MailboxGuid;
use store::users;
use tokio::sync::mpsc;

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
        // Reading awaits, and the file is written on a blocking thread: a piece is on its way at most.
        let (send, pieces) = mpsc::channel(1);
        let write = on_blocking_thread(move || {
            exports::write(&folder, &stem, "csv", |to| write_csv(to, pieces))
        });
        let read = read_pieces(&stage, request.organization, &request.filter, send);
        let ((), written) = tokio::join!(read, write);
        let (path, rows) = written?;
        Ok(ExportedFile {
            path: path.display().to_string(),
            rows,
        })
    }
}

/// Users, each with the mailbox GUID its list named, or why they could not be read.
type Piece = Result<Vec<(UserRow, Option<MailboxGuid>)>, Problem>;

/// Sends the users piece by piece, as long as somebody listens.
async fn read_pieces(
    stage: &Stage,
    organization: Option<OrganizationId>,
    filter: &UsersFilter,
    send: mpsc::Sender<Piece>,
) {
    let mut after = UserId(0);
    loop {
        let filter = filter.clone();
        let read = stage
            .read(move |tx| {
                let piece = users::each(tx, organization, &filter, after, PIECE)?;
                let last = piece.last().map_or(after, |last| last.id);
                Ok((users::mailbox_guids(tx, after, last)?, piece, last))
            })
            .await;
        let piece = read.map(|(guids, piece, last)| {
            after = last;
            let guid = |user: &UserRow| guids.get(&user.id).map(|guid| MailboxGuid(*guid));
            piece
                .into_iter()
                .map(|user| {
                    let guid = guid(&user);
                    (user, guid)
                })
                .collect::<Vec<_>>()
        });
        let ended = piece.as_ref().map_or(true, Vec::is_empty);
        if send.send(piece).await.is_err() || ended {
            return;
        }
    }
}

/// UTF-8 with a byte order mark, without which Excel takes it for another encoding. Answers how many
/// rows there are; the last piece is empty.
fn write_csv(to: &mut dyn Write, mut pieces: mpsc::Receiver<Piece>) -> Result<u64, Problem> {
    let unwritten = |error: std::io::Error| internal("writing the file", &error);
    let failed = |error: csv::Error| internal("writing the file", &error);
    to.write_all("\u{feff}".as_bytes()).map_err(unwritten)?;
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(to);
    csv.write_record(HEADER).map_err(failed)?;
    let mut rows = 0;
    loop {
        let piece = pieces
            .blocking_recv()
            .unwrap_or_else(|| Err(Problem::new(Code::Internal, "The export was given up.")))?;
        if piece.is_empty() {
            break;
        }
        for (user, guid) in &piece {
            write_row(&mut csv, user, *guid).map_err(failed)?;
            rows += 1;
        }
    }
    csv.flush().map_err(unwritten)?;
    Ok(rows)
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
