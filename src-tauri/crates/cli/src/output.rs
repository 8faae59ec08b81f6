//! Where data goes: stdout, or a file that appears whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use contract::{Code, Problem};
use serde::Serialize;

use crate::failure::{Failure, internal};

/// Stdout, or a file beside its final place.
pub(crate) struct Output {
    to: BufWriter<Box<dyn Write + Send>>,
    unfinished: Option<Unfinished>,
}

/// A file that is not renamed yet; dropped, it goes.
struct Unfinished {
    at: PathBuf,
    place: PathBuf,
    done: bool,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.done
            && let Err(error) = std::fs::remove_file(&self.at)
        {
            tracing::warn!(%error, "an unfinished file stays: {}", self.at.display());
        }
    }
}

impl Output {
    /// Stdout.
    pub(crate) fn stdout() -> Self {
        Self {
            to: BufWriter::new(Box::new(io::stdout())),
            unfinished: None,
        }
    }

    /// Stdout, or this file. The file appears under its name in [`Output::finish`].
    ///
    /// # Errors
    /// [`Code::Invalid`] for a folder, or a place that cannot be written.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, Problem> {
        let Some(place) = file.filter(|file| *file != Path::new("-")) else {
            return Ok(Self::stdout());
        };
        let refused = |why: String| {
            Problem::new(
                Code::Invalid,
                format!("{} cannot be written: {why}.", place.display()),
            )
            .hint("Give the name of a file in a folder you may write to.")
        };
        if place.is_dir() {
            return Err(refused("it is a folder".to_owned()));
        }
        let Some(name) = place.file_name() else {
            return Err(refused("this names no file".to_owned()));
        };
        let mark = format!(
            ".{}.{}.unfinished",
            name.to_string_lossy(),
            std::process::id()
        );
        let at = place.with_file_name(mark);
        let file = File::create(&at).map_err(|error| refused(error.to_string()))?;
        let unfinished = Unfinished {
            at,
            place: place.to_owned(),
            done: false,
        };
        Ok(Self {
            to: BufWriter::new(Box::new(file)),
            unfinished: Some(unfinished),
        })
    }

    /// Writes text.
    ///
    /// # Errors
    /// [`Failure::NobodyReads`] when the reader is gone, [`Code::DataFolder`] when the disk is full.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.to
            .write_all(text.as_bytes())
            .map_err(|error| unwritten(&error))
    }

    /// Writes a value as JSON on one line, without its end.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text =
            serde_json::to_string(value).map_err(|error| internal("writing JSON", &error))?;
        self.text(&text)
    }

    /// Writes a value as JSON that people can read, with its end.
    pub(crate) fn pretty(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| internal("writing JSON", &error))?;
        self.text(&text)?;
        self.text("\n")
    }

    /// Hands on what has been written so far.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.to.flush().map_err(|error| unwritten(&error))
    }

    /// Everything is written: the file appears. Answers where, if it is a file.
    pub(crate) fn finish(mut self) -> Result<Option<PathBuf>, Failure> {
        self.flush()?;
        let Some(mut unfinished) = self.unfinished.take() else {
            return Ok(None);
        };
        // Windows does not rename a file that is open.
        drop(self.to);
        std::fs::rename(&unfinished.at, &unfinished.place).map_err(|error| {
            Problem::new(
                Code::DataFolder,
                format!("{} cannot be written: {error}.", unfinished.place.display()),
            )
            .hint("Give the name of a file in a folder you may write to.")
        })?;
        unfinished.done = true;
        Ok(Some(unfinished.place.clone()))
    }
}

fn unwritten(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::NobodyReads;
    }
    Problem::new(
        Code::DataFolder,
        format!("The output cannot be written: {error}."),
    )
    .hint("Make room on the disk, or write to another place.")
    .into()
}

#[cfg(test)]
mod tests {
    use super::Output;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("report.json");
        let mut output = Output::open(Some(&place)).expect("writable");
        output.text("half").expect("space");
        drop(output);
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("there").count(),
            0,
            "no half a file"
        );
        let mut output = Output::open(Some(&place)).expect("writable");
        output.text("whole").expect("space");
        assert!(!place.exists(), "not before the end");
        output.finish().expect("renamed");
        assert_eq!(std::fs::read_to_string(&place).expect("there"), "whole");
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let problem = Output::open(Some(folder.path()))
            .map(|_| ())
            .expect_err("a folder");
        assert!(
            problem.message.ends_with("it is a folder."),
            "{}",
            problem.message
        );
    }
}
