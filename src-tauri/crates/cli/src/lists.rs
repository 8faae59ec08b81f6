//! User lists as they are named on the command line: files, and `-` for stdin.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use contract::{Code, IdentifyBy, Problem};
use engine::checks::{Canary, List};
use engine::users::list::{EXPORT_COMMAND, ListError, ListReader, Want};

/// Largest list that is stored, in bytes; a list that is only checked may be larger.
const LARGEST_STORED: u64 = 64 * 1024 * 1024;

/// Whether this names stdin.
pub(crate) fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

/// A list, opened.
///
/// # Errors
/// [`Code::BadList`]: not there, a folder, not readable.
pub(crate) fn open(file: &Path) -> Result<List, Problem> {
    if is_stdin(file) {
        return Ok(List {
            name: "stdin".to_owned(),
            source: Box::new(std::io::stdin()),
        });
    }
    let name = file.display().to_string();
    if file.is_dir() {
        return Err(
            bad(format!("{name} is a folder, not a user list.")).hint("Name the file in it.")
        );
    }
    match File::open(file) {
        Ok(source) => Ok(List {
            name,
            source: Box::new(source),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(bad(format!("There is no file {name}.")).hint(format!(
                "Write the list first, in the Exchange Management Shell: {EXPORT_COMMAND}"
            )))
        }
        Err(error) => Err(unreadable(&name, &error)),
    }
}

/// The whole list, where it is to be stored and checked in one go.
///
/// # Errors
/// As [`open`]; and when it is larger than can be stored.
pub(crate) fn read(file: &Path) -> Result<(String, Vec<u8>), Problem> {
    let List { name, source } = open(file)?;
    let mut bytes = Vec::new();
    let read = source.take(LARGEST_STORED + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(&name, &error))?;
    if bytes.len() as u64 > LARGEST_STORED {
        // A list that is no list gets the better message.
        prove(&name, open(file)?.source, IdentifyBy::Smtp)?;
        return Err(bad(format!(
            "{name} is larger than 64 MiB, too large to be stored."
        ))
        .hint("Check it without storing it, or part it."));
    }
    Ok((name, bytes))
}

/// Reads a list to its end, so that a bad one leaves nothing behind.
///
/// # Errors
/// [`Code::BadList`] with the line.
pub(crate) fn prove(name: &str, source: impl Read, by: IdentifyBy) -> Result<(), Problem> {
    let want = match by {
        IdentifyBy::Smtp | IdentifyBy::PrimarySmtp => Want::Address,
        IdentifyBy::Upn => Want::Upn,
        IdentifyBy::Sid => Want::Sid,
    };
    let mut usable = false;
    for row in ListReader::open(source, name, want).map_err(|error| of_list(&error))? {
        let row = row.map_err(|error| of_list(&error))?;
        usable |= match want {
            Want::Address => row.address.is_ok(),
            Want::Upn => row.upn.is_some(),
            Want::Sid => row.sid.is_some(),
        };
    }
    if usable {
        Ok(())
    } else {
        Err(of_list(&ListError::no_address(name)))
    }
}

/// `--must-refuse`: a file that exists, else an address.
///
/// # Errors
/// [`Code::BadList`] for a file that cannot be read.
pub(crate) fn canary(text: &str) -> Result<Canary, Problem> {
    let file = Path::new(text);
    if !is_stdin(file) && file.exists() {
        return open(file).map(Canary::List);
    }
    Ok(Canary::Address(text.to_owned()))
}

fn of_list(error: &ListError) -> Problem {
    let text = error.to_string();
    bad(format!("{text}.")).hint(error.hint())
}

fn unreadable(name: &str, error: &std::io::Error) -> Problem {
    bad(format!("{name} cannot be read: {error}.")).hint("Give a file that you may read.")
}

fn bad(message: String) -> Problem {
    Problem::new(Code::BadList, message)
}
