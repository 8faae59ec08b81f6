//! A disk that fills up and a folder that turns read-only in mid-run: the check says so and where,
//! keeps what is saved, and goes on once there is room.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use contract::RunState;

use crate::ledger::Ledger;
use crate::world::{
    Ended, ORGANIZATION, World, addresses, alone, binary, eventually, people, start,
};

/// Mailboxes of a run.
const MAILBOXES: usize = 2_000;

/// A disk of a few megabytes of its own: a mount namespace, kept by a shell that waits.
struct SmallDisk {
    shell: Child,
    /// The data folder as the commands inside see it.
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts it at this folder, inside; nothing where the system does not let us.
    fn mount(folder: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(folder).expect("writable");
        let script = format!(
            "mount -t tmpfs -o size={megabytes}m tmpfs '{}' && echo mounted && exec cat",
            folder.display()
        );
        let mut shell = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare is there");
        let mut line = String::new();
        let told = BufReader::new(shell.stdout.as_mut().expect("piped")).read_line(&mut line);
        if told.is_err() || line != "mounted\n" {
            shell.wait().expect("it ran");
            return None;
        }
        let folder = folder.to_owned();
        Some(Self { shell, folder })
    }

    /// A command of the program inside.
    fn enter(&self, world: &World, words: &[&str]) -> Command {
        let mut inside = Command::new("nsenter");
        inside
            .args(["--user", "--mount", "--preserve-credentials", "--target"])
            .arg(self.shell.id().to_string())
            .arg(binary());
        let mut command = world.command_by(inside, words);
        command.env("UNDERSTUDY_DATA_DIR", &self.folder);
        command
    }

    /// The folder as it is seen from outside.
    fn seen(&self) -> PathBuf {
        let root = format!("/proc/{}/root", self.shell.id());
        Path::new(&root).join(self.folder.strip_prefix("/").expect("absolute"))
    }

    /// Leaves this many bytes free.
    fn fill(&self, free: usize) {
        let mut ballast = fs::File::create(self.seen().join("ballast")).expect("there is room");
        while ballast.write_all(&[0; 4_096]).is_ok() {}
        let length = ballast.metadata().expect("it is open").len();
        let left = length.saturating_sub(u64::try_from(free).expect("small"));
        ballast.set_len(left).expect("shorter needs no room");
    }

    fn make_room(&self) {
        fs::remove_file(self.seen().join("ballast")).expect("it is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// A stored organization, and a server that is slow enough to be caught in mid-run.
fn stored() -> World {
    let world = World::new(people(MAILBOXES));
    let ended = world.save(&addresses(MAILBOXES));
    assert_eq!(ended.status.code(), Some(0), "{}", world.said());
    world
        .exchange
        .update(|options| options.latency = Duration::from_millis(10));
    world
}

fn ledger(world: &World, folder: &Path) -> Ledger {
    let read = world.runtime.block_on(Ledger::read(folder));
    read.expect("there is a run")
}

/// Waits until so many more requests came.
fn requests(world: &World, more: u64) {
    let asked = || world.exchange.counters().requests;
    let before = asked();
    eventually("mailboxes are asked", || asked() >= before + more);
}

#[test]
fn a_full_disk_cuts_a_check_off_and_room_lets_it_go_on() {
    let _alone = alone();
    let world = stored();
    let Some(disk) = SmallDisk::mount(&world.path("disk"), 24) else {
        eprintln!("SKIPPED: this system lets nobody mount a disk of their own");
        return;
    };
    crate::world::copy(&world.data(), &disk.seen());
    let child = start(disk.enter(&world, &["check", ORGANIZATION, "--password-stdin"]));
    requests(&world, 300);
    disk.fill(0);
    let ended = Ended::of(child);
    let said = world.said();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    for words in [
        "error: The check was cut off.",
        &format!("The disk that holds {} is full.", disk.folder.display()),
        "What was saved before stays.",
        "hint: Free some space, then go on with this check",
        "understudy check --resume last",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    assert!(!said.contains("panicked"), "{said}");
    let cut = ledger(&world, &disk.seen());
    let decided = cut.decided();
    assert_eq!(cut.rows.len(), MAILBOXES + 1, "every row is there");
    assert!((1..MAILBOXES).contains(&decided.len()), "{}", decided.len());

    // Not yet: nothing is asked while nothing can be saved.
    let before = world.exchange.counters().requests;
    let again = start(disk.enter(&world, &["check", "--resume", "last", "--password-stdin"]));
    assert_eq!(Ended::of(again).status.code(), Some(2));
    let said = world.said();
    assert!(said.contains("is full"), "{said}");
    assert_eq!(world.exchange.counters().requests, before, "{said}");

    disk.make_room();
    let again = start(disk.enter(&world, &["check", "--resume", "last", "--password-stdin"]));
    assert_eq!(Ended::of(again).status.code(), Some(0), "{}", world.said());
    goes_on(&world, &cut, &ledger(&world, &disk.seen()));
}

#[test]
fn a_folder_that_turns_read_only_cuts_a_check_off() {
    let _alone = alone();
    let world = stored();
    let data = world.data();
    let Some(frozen) = Frozen::new(&data) else {
        eprintln!("SKIPPED: this system or this person cannot make files immutable");
        return;
    };
    // From the start: nothing is asked at all.
    let before = world.exchange.counters().requests;
    let ended = Ended::of(world.start(&["check", ORGANIZATION, "--password-stdin"]));
    drop(frozen);
    let said = world.said();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    let folder = data.display().to_string();
    assert!(
        said.contains("cannot be written") && said.contains(&folder),
        "{said}"
    );
    assert_eq!(world.exchange.counters().requests, before, "{said}");

    let child = world.start(&["check", ORGANIZATION, "--password-stdin"]);
    requests(&world, 300);
    let frozen = Frozen::new(&data).expect("as before");
    let ended = Ended::of(child);
    let cut = ledger(&world, &data);
    drop(frozen);
    let said = world.said();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    for words in [
        "error: The check was cut off.",
        &format!("The folder {folder} has become read-only."),
        "hint: Give yourself write access to this folder, then go on with this check",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let ended = Ended::of(world.start(&["check", "--resume", "last", "--password-stdin"]));
    assert_eq!(ended.status.code(), Some(0), "{}", world.said());
    goes_on(&world, &cut, &ledger(&world, &data));
}

/// What was saved before stayed, nobody of it was asked again, and the rest is decided now.
fn goes_on(world: &World, cut: &Ledger, after: &Ledger) {
    assert_eq!(cut.run.id, after.run.id, "the same run");
    assert_eq!(after.run.state, RunState::Complete, "{}", world.said());
    assert_eq!(after.decided().len(), MAILBOXES + 1);
    for (mailbox, was) in cut.decided() {
        assert_eq!(after.decided()[&mailbox], was, "{mailbox}");
    }
    let again = cut.rows.iter().zip(&after.rows).filter(|(was, is)| {
        assert_eq!(was.mailbox, is.mailbox, "the order of the list");
        was.verdict.is_some() && was.request_id != is.request_id
    });
    assert_eq!(again.count(), 0, "what was saved is not asked again");
}

/// A folder and its files made immutable, for root too, until this is dropped; the nearest thing to
/// a file system that turns read-only under open files.
struct Frozen<'a>(&'a Path);

impl<'a> Frozen<'a> {
    /// Nothing where this system or this person cannot.
    fn new(folder: &'a Path) -> Option<Self> {
        let frozen = Self(folder);
        frozen.mark("+i").then_some(frozen)
    }

    /// Not the index of the log: it is memory that processes share, and the kernel kills who writes
    /// to it then.
    fn mark(&self, flag: &str) -> bool {
        let mut command = Command::new("chattr");
        command.args([flag.as_ref(), self.0.as_os_str()]);
        for entry in fs::read_dir(self.0).expect("it is there") {
            let path = entry.expect("readable").path();
            if path.is_file() && !path.ends_with("understudy.db-shm") {
                command.arg(path);
            }
        }
        let done = command.stderr(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        self.mark("-i");
    }
}
