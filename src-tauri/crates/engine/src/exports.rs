//! Files for people, in their Downloads folder. Never half a file, never over another one.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use contract::Problem;

use crate::problems::of_io;
use crate::stage::Stage;

/// How many names are tried: `users.csv`, `users (2).csv`, …
const NAMES: u32 = 1_000;

/// Writes a file `{stem}.{ending}` (numbered where that is taken) with what `fill` gives, and
/// answers where it is. Blocks: call it on a blocking thread.
///
/// # Errors
/// [`contract::Code::DataFolder`] when the folder cannot be written, or what `fill` answers. No half
/// a file stays.
pub(crate) fn write<T>(
    folder: &Path,
    stem: &str,
    ending: &str,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, Problem>,
) -> Result<(PathBuf, T), Problem> {
    fs::create_dir_all(folder).map_err(|error| of_io(folder, &error))?;
    let (reserved, path) = reserve(folder, &harmless(stem), ending)?;
    let unfinished = folder.join(format!(".{}.unfinished", file_name(&path)));
    let filled = fill_file(&unfinished, fill).and_then(|value| {
        drop(reserved);
        fs::rename(&unfinished, &path).map_err(|error| of_io(&path, &error))?;
        Ok(value)
    });
    match filled {
        Ok(value) => Ok((path, value)),
        Err(problem) => {
            for left in [&unfinished, &path] {
                if let Err(error) = fs::remove_file(left) {
                    tracing::debug!(%error, "nothing to clean up after a failed export");
                }
            }
            Err(problem)
        }
    }
}

/// Where exports of a stage go: as told, else the Downloads folder, else the home folder.
pub(crate) fn folder(stage: &Stage) -> Result<PathBuf, Problem> {
    if let Some(folder) = &stage.downloads {
        return Ok(folder.clone());
    }
    let people = directories::UserDirs::new();
    let downloads = people
        .as_ref()
        .and_then(|dirs| dirs.download_dir().map(Path::to_owned))
        .or_else(|| people.as_ref().map(|dirs| dirs.home_dir().to_owned()));
    downloads.ok_or_else(|| {
        crate::problems::data_folder("This computer has no Downloads folder for you.")
            .hint("Create one, or export on the command line: --output FILE.")
    })
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
pub(crate) fn cell(text: &str) -> std::borrow::Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

fn fill_file<T>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let created = File::create(path).map_err(|error| of_io(path, &error))?;
    let mut buffered = BufWriter::new(created);
    let value = fill(&mut buffered)?;
    let written = buffered
        .into_inner()
        .map_err(|error| of_io(path, error.error()))?;
    written.sync_all().map_err(|error| of_io(path, &error))?;
    Ok(value)
}

/// Creates the empty file that keeps the name.
fn reserve(folder: &Path, stem: &str, ending: &str) -> Result<(File, PathBuf), Problem> {
    for number in 1..=NAMES {
        let name = match number {
            1 => format!("{stem}.{ending}"),
            _ => format!("{stem} ({number}).{ending}"),
        };
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(of_io(&path, &error)),
        }
    }
    Err(crate::problems::data_folder(format!(
        "{} holds a thousand files called {stem} already.",
        folder.display()
    ))
    .hint("Move some of them away."))
}

/// Letters, digits, dot, dash, underscore; the rest becomes a dash (Windows refuses many of them).
fn harmless(stem: &str) -> String {
    let kept = |c: char| {
        if c.is_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = stem.chars().take(80).map(kept).collect();
    name.trim_matches(['.', '-']).to_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use contract::{Code, Problem};

    #[test]
    fn a_second_export_keeps_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        for (text, name) in [("one", "users.csv"), ("two", "users (2).csv")] {
            let (path, ()) = super::write(folder.path(), "users", "csv", |to| {
                to.write_all(text.as_bytes()).expect("space");
                Ok(())
            })
            .expect("writable");
            assert_eq!(path, folder.path().join(name));
            assert_eq!(std::fs::read_to_string(path).expect("there"), text);
        }
    }

    #[test]
    fn a_failed_export_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let failed = super::write::<()>(folder.path(), "a/../b", "csv", |to| {
            to.write_all(b"half").expect("space");
            Err(Problem::new(Code::Internal, "no"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read_dir(folder.path()).expect("there").count(), 0);
    }

    #[test]
    fn spreadsheets_get_no_formula() {
        assert_eq!(super::cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(super::cell("anna@contoso.com"), "anna@contoso.com");
    }
}
