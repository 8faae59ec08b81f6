//! Where data goes: stdout, or a file that appears whole or not at all. What is no regular file (a
//! device, a pipe) is written through, and never replaced; a symbolic link stays one.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use contract::{Code, Problem};
use serde::Serialize;

use crate::failure::{Failure, internal};

/// Stdout, a device or pipe, or a file beside its final place.
pub(crate) struct Output {
    to: BufWriter<Box<dyn Write + Send>>,
    unfinished: Option<Unfinished>,
    /// As it was named; absent for stdout.
    named: Option<PathBuf>,
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
            named: None,
        }
    }

    /// Stdout, or this file. A regular file appears under its name in [`Output::finish`]; what a
    /// symbolic link leads to is replaced, not the link.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a folder, or a place that cannot be written.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, Problem> {
        let Some(named) = file.filter(|file| !is_stdout(file)) else {
            return Ok(Self::stdout());
        };
        let refused = |why: String| {
            Problem::new(
                Code::Invalid,
                format!("{} cannot be written: {why}.", named.display()),
            )
            .hint("Give the name of a file in a folder you may write to.")
        };
        let (to, unfinished) = match std::fs::metadata(named) {
            Ok(there) if there.is_dir() => return Err(refused("it is a folder".to_owned())),
            Ok(there) if !there.is_file() => (File::options().write(true).open(named), None),
            _ => {
                let place = behind_links(named).map_err(|error| refused(error.to_string()))?;
                let Some(at) = beside(&place) else {
                    return Err(refused("this names no file".to_owned()));
                };
                (File::create(&at), Some((at, place)))
            }
        };
        let to = to.map_err(|error| refused(error.to_string()))?;
        Ok(Self {
            to: BufWriter::new(Box::new(to)),
            unfinished: unfinished.map(|(at, place)| Unfinished {
                at,
                place,
                done: false,
            }),
            named: Some(named.to_owned()),
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

    /// Everything is written: the file appears. Answers where, if it is not stdout.
    pub(crate) fn finish(mut self) -> Result<Option<PathBuf>, Failure> {
        self.flush()?;
        let Some(named) = self.named else {
            return Ok(None);
        };
        // Windows does not rename a file that is open.
        drop(self.to);
        if let Some(mut unfinished) = self.unfinished {
            std::fs::rename(&unfinished.at, &unfinished.place).map_err(|error| {
                Problem::new(
                    Code::DataFolder,
                    format!("{} cannot be written: {error}.", named.display()),
                )
                .hint("Give the name of a file in a folder you may write to.")
            })?;
            unfinished.done = true;
        }
        Ok(Some(named))
    }
}

/// Stdout by one of its names. The last two are links on most systems, to a file perhaps, which whoever
/// started this holds open and a rename would take away.
fn is_stdout(file: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
        .iter()
        .any(|name| file == Path::new(name))
}

/// Where a file stands, or will stand, that is named by symbolic links, one after the other.
///
/// # Errors
/// What reading a link fails with; [`io::ErrorKind::InvalidInput`] for links that lead in a circle.
fn behind_links(named: &Path) -> io::Result<PathBuf> {
    let mut place = named.to_owned();
    // As many as Linux follows (path_resolution(7)).
    for _ in 0..40 {
        if !place.is_symlink() {
            return Ok(place);
        }
        let to = std::fs::read_link(&place)?;
        place = match place.parent() {
            Some(folder) => folder.join(to),
            None => to,
        };
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "its symbolic links lead in a circle",
    ))
}

/// The name of the unfinished file beside this place.
fn beside(place: &Path) -> Option<PathBuf> {
    let name = place.file_name()?.to_string_lossy();
    let mark = format!(".{name}.{}.unfinished", std::process::id());
    Some(place.with_file_name(mark))
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

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_what_it_leads_to_is_replaced() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str| folder.path().join(name);
        std::fs::create_dir(place("archive")).expect("a folder");
        std::fs::write(place("archive/old.json"), "old").expect("space");
        symlink("archive/old.json", place("link.json")).expect("a link");
        symlink("archive/new.json", place("dangling.json")).expect("a link");
        symlink("link.json", place("twice.json")).expect("a link");
        let target = place("archive/old.json");
        for (name, target) in [
            ("link.json", &target),
            ("dangling.json", &place("archive/new.json")),
            ("twice.json", &target),
        ] {
            let mut output = Output::open(Some(&place(name))).expect("writable");
            output.text(name).expect("space");
            let told = output.finish().expect("renamed");
            assert_eq!(told, Some(place(name)), "as it was named");
            assert!(place(name).is_symlink(), "{name} stays a link");
            assert_eq!(std::fs::read_to_string(target).expect("there"), name);
        }
        symlink("circle.json", place("circle.json")).expect("a link");
        let refused = Output::open(Some(&place("circle.json"))).map(|_| ());
        assert!(refused.is_err(), "a circle leads nowhere");
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
