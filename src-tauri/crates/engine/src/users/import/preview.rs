//! Reading a list into a preview, and its pages.

use std::io::{Cursor, Read};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{
    Code, ImportCancel, ImportGroup, ImportGroupCount, ImportPreview, ImportRows, ImportRowsPage,
    ImportSource, NoArgs, OrganizationId, Problem,
};
use store::users::WaitingList;

use super::read::read;
use super::{GROUPS, MOST_BYTES, Preview};
use crate::Engine;
use crate::checks::List;
use crate::organizations::known;
use crate::problems::of_store;
use crate::stage::{Stage, on_blocking_thread};
use crate::users::list::{ListError, ListReader, ListRow, ListShape, Want};
use crate::users::page::page_size;

impl Engine {
    /// Reads a list and shows what adding it would do. Nothing is stored.
    ///
    /// # Errors
    /// [`Code::BadList`] with file, line and what to do; [`Code::NotFound`].
    pub async fn users_import_preview(
        &self,
        request: ImportSource,
    ) -> Result<ImportPreview, Problem> {
        let ImportSource {
            organization,
            name,
            base64,
        } = request;
        let file = name.clone();
        let bytes = on_blocking_thread(move || whole(&base64, &file)).await?;
        preview_of(&self.stage(), organization, name, Cursor::new(bytes)).await
    }

    /// Reads a list as it comes, however long it is, and shows what adding it would do. Nothing is
    /// stored.
    ///
    /// # Errors
    /// As [`Engine::users_import_preview`].
    pub async fn users_import_read(
        &self,
        organization: OrganizationId,
        list: List,
    ) -> Result<ImportPreview, Problem> {
        preview_of(&self.stage(), organization, list.name, list.source).await
    }

    /// One page of a preview.
    ///
    /// # Errors
    /// [`Code::NotFound`]: applied, cancelled or forgotten; [`Code::Invalid`]: no page size.
    pub async fn users_import_rows(&self, request: ImportRows) -> Result<ImportRowsPage, Problem> {
        page_size(request.limit)?;
        let preview = self
            .stage()
            .previews
            .find(&request.token)
            .ok_or_else(forgotten)?;
        on_blocking_thread(move || {
            let (total, rows) = preview
                .list
                .page(request.group, request.offset, request.limit)
                .map_err(of_store)?;
            Ok(ImportRowsPage { total, rows })
        })
        .await
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
    let list = rows.into_iter().map(Ok::<_, ListError>);
    let read = read(stage, organization, list).await?;
    let preview = hold(stage, organization, name, read.list, read.groups);
    Ok(counted(&preview))
}

async fn preview_of(
    stage: &Stage,
    organization: OrganizationId,
    name: String,
    source: impl Read + Send + 'static,
) -> Result<ImportPreview, Problem> {
    stage.read(move |tx| known(tx, organization)).await?;
    let file = name.clone();
    let reader = on_blocking_thread(move || {
        ListReader::open(source, &file, Want::Address).map_err(|error| of_list(&error))
    })
    .await?;
    let read = read(stage, organization, reader).await?;
    if !read.usable {
        return Err(of_list(&ListError::no_address(&name)));
    }
    let preview = hold(stage, organization, name, read.list, read.groups);
    Ok(answer(&preview, read.source.shape()))
}

fn hold(
    stage: &Stage,
    organization: OrganizationId,
    name: String,
    list: Arc<WaitingList>,
    groups: Vec<(ImportGroup, u64)>,
) -> Arc<Preview> {
    let token = uuid::Builder::from_random_bytes(stage.dice.roll())
        .into_uuid()
        .to_string();
    stage.previews.hold(Preview {
        token,
        organization,
        name,
        list,
        groups,
    })
}

/// A preview that is not there.
pub(super) fn forgotten() -> Problem {
    Problem::new(Code::NotFound, "This preview is not there any more.")
        .hint("Choose the list again.")
}

/// A list that comes in one piece.
fn whole(base64: &str, name: &str) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        Problem::new(Code::BadList, format!("{name} is larger than 64 MiB."))
            .hint("Import it on the command line: understudy user import.")
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
    Ok(bytes)
}

/// A list that cannot be read, in words.
pub(crate) fn of_list(error: &ListError) -> Problem {
    Problem::new(Code::BadList, format!("{error}.")).hint(error.hint())
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
        let counted = preview.groups.iter().find(|(other, _)| *other == group);
        counted.map_or(0, |(_, rows)| *rows)
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
