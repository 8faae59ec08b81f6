//! Reading a list into a preview, and its pages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    Code, ImportCancel, ImportGroupCount, ImportPreview, ImportRows, ImportRowsPage, ImportSource,
    NoArgs, OrganizationId, Problem,
};
use store::users;

use super::classify::{Present, classify};
use super::{GROUPS, MOST_BYTES, Preview};
use crate::Engine;
use crate::organizations::known;
use crate::stage::{Stage, on_blocking_thread};
use crate::users::list::{ListError, ListReader, ListRow, ListShape, Want};
use crate::users::page::page_size;

/// What a row that came from elsewhere counts for.
const ROW_BYTES: usize = 256;
/// Addresses looked up at once.
const PIECE: usize = 10_000;

impl Engine {
    /// Reads a list and shows what adding it would do. Nothing is stored.
    ///
    /// # Errors
    /// [`Code::BadList`] with file, line and what to do; [`Code::NotFound`].
    pub async fn users_import_preview(
        &self,
        request: ImportSource,
    ) -> Result<ImportPreview, Problem> {
        let stage = self.stage();
        let ImportSource {
            organization,
            name,
            base64,
        } = request;
        stage.read(move |tx| known(tx, organization)).await?;
        let file = name.clone();
        let (rows, shape, bytes) = on_blocking_thread(move || read(&base64, &file)).await?;
        let preview = classified(&stage, organization, name, rows, bytes).await?;
        let answer = answer(&preview, &shape);
        stage.previews.hold(preview);
        Ok(answer)
    }

    /// One page of a preview.
    ///
    /// # Errors
    /// [`Code::NotFound`]: applied, cancelled or forgotten; [`Code::Invalid`]: no page size.
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn users_import_rows(&self, request: ImportRows) -> Result<ImportRowsPage, Problem> {
        page_size(request.limit)?;
        let preview = self
            .stage()
            .previews
            .find(&request.token)
            .ok_or_else(forgotten)?;
        let of_group = || {
            preview
                .rows
                .iter()
                .filter(|row| request.group.is_none_or(|group| row.shown.group == group))
        };
        let (offset, limit) = (to_usize(request.offset), to_usize(request.limit));
        let rows = of_group()
            .skip(offset)
            .take(limit)
            .map(|row| row.shown.clone())
            .collect();
        Ok(ImportRowsPage {
            total: of_group().count() as u64,
            rows,
        })
    }

    /// Forgets a preview; fine if it is forgotten already.
    ///
    /// # Errors
    /// None.
    #[expect(
        clippy::unused_async,
        reason = "every command is asynchronous, for one table"
    )]
    pub async fn users_import_cancel(&self, request: ImportCancel) -> Result<NoArgs, Problem> {
        self.stage().previews.forget(&request.token);
        Ok(NoArgs {})
    }
}

/// Shows what adding people would do who come from elsewhere than a list. Nothing is stored.
///
/// # Errors
/// As the database.
pub(crate) async fn preview_rows(
    stage: &Stage,
    organization: OrganizationId,
    name: String,
    rows: Vec<ListRow>,
) -> Result<ImportPreview, Problem> {
    let bytes = rows.len() * ROW_BYTES;
    let preview = classified(stage, organization, name, rows, bytes).await?;
    let counted = counted(&preview);
    stage.previews.hold(preview);
    Ok(counted)
}

/// A preview that is not there.
pub(super) fn forgotten() -> Problem {
    Problem::new(Code::NotFound, "This preview is not there any more.")
        .hint("Choose the list again.")
}

fn read(base64: &str, name: &str) -> Result<(Vec<ListRow>, ListShape, usize), Problem> {
    let too_large = || {
        Problem::new(Code::BadList, format!("{name} is larger than 64 MiB."))
            .hint("Split the list, or export fewer columns.")
    };
    if base64.len() / 4 * 3 > MOST_BYTES + 3 {
        return Err(too_large());
    }
    let bytes = STANDARD.decode(base64.trim()).map_err(|_| {
        Problem::invalid("base64", "The list did not arrive whole.").hint("Choose the file again.")
    })?;
    if bytes.len() > MOST_BYTES {
        return Err(too_large());
    }
    let mut reader =
        ListReader::open(bytes.as_slice(), name, Want::Address).map_err(|error| of_list(&error))?;
    let mut rows = Vec::new();
    for row in &mut reader {
        rows.push(row.map_err(|error| of_list(&error))?);
    }
    if !rows.iter().any(|row| row.address.is_ok()) {
        return Err(of_list(&ListError::no_address(name)));
    }
    Ok((rows, reader.shape().clone(), bytes.len()))
}

/// A list that cannot be read, in words.
pub(crate) fn of_list(error: &ListError) -> Problem {
    Problem::new(Code::BadList, format!("{error}.")).hint(error.hint())
}

async fn classified(
    stage: &Stage,
    organization: OrganizationId,
    name: String,
    rows: Vec<ListRow>,
    bytes: usize,
) -> Result<Preview, Problem> {
    let present = present(stage, organization, &rows).await?;
    let rows = on_blocking_thread(move || Ok(classify(rows, &present))).await?;
    let token = uuid::Builder::from_random_bytes(stage.dice.roll())
        .into_uuid()
        .to_string();
    Ok(Preview {
        token,
        organization,
        name,
        bytes,
        rows,
    })
}

async fn present(
    stage: &Stage,
    organization: OrganizationId,
    rows: &[ListRow],
) -> Result<Present, Problem> {
    let keys: Vec<String> = rows
        .iter()
        .filter_map(|row| row.address.as_ref().ok())
        .map(contract::SmtpAddress::key)
        .collect();
    stage
        .read(move |tx| {
            let (mut known, mut aliases) = (Vec::new(), Vec::new());
            for keys in keys.chunks(PIECE) {
                known.extend(users::lookup(tx, keys)?);
                aliases.extend(users::lookup_aliases(tx, organization, keys)?);
            }
            Ok(Present {
                organization,
                known,
                aliases,
            })
        })
        .await
}

fn answer(preview: &Preview, shape: &ListShape) -> ImportPreview {
    ImportPreview {
        encoding: shape.encoding.to_owned(),
        separator: shape.separator.as_str().to_owned(),
        columns: shape.columns.clone(),
        ..counted(preview)
    }
}

/// How many rows are in which group; of no list, so without its shape.
fn counted(preview: &Preview) -> ImportPreview {
    let count = |group| {
        preview
            .rows
            .iter()
            .filter(|row| row.shown.group == group)
            .count() as u64
    };
    ImportPreview {
        token: preview.token.clone(),
        encoding: String::new(),
        separator: String::new(),
        columns: Vec::new(),
        groups: GROUPS
            .into_iter()
            .map(|group| ImportGroupCount {
                group,
                count: count(group),
            })
            .filter(|counted| counted.count > 0)
            .collect(),
        to_add: preview.to_add(),
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
