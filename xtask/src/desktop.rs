//! A desktop of its own for one command: X server, D-Bus session and an unlocked key store in
//! throw-away folders. Nothing of the person at the machine is read or written.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::process::run as run_command;

/// A busy machine takes this long to bring up the key store.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a command on a desktop of its own, and takes the desktop down again.
///
/// # Errors
/// When a part of the desktop does not start, or the command fails.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let folder = Folder::new()?;
    let display = display()?;
    let bus = bus(&folder.0)?;
    dress(command, &folder.0, &display.1, &bus.1);
    let _key_store = key_store(&folder.0, &display.1, &bus.1)?;
    run_command(command)
}

/// A process that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder that goes with its owner.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, String> {
        let folder =
            std::env::temp_dir().join(format!("understudy-desktop-{}", std::process::id()));
        for name in ["data", "config", "cache", "run"] {
            fs::create_dir_all(folder.join(name))
                .map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        private(&folder.join("run"))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A process that is just ending may still write; what stays lies in the temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn private(folder: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .map_err(|error| format!("{}: {error}", folder.display()))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Outcome {
    Ok(())
}

/// An X server, and the display it chose.
fn display() -> Result<(Running, String), String> {
    let mut command = Command::new("Xvfb");
    command.args([
        "-displayfd",
        "1",
        "-screen",
        "0",
        "1400x900x24",
        "-nolisten",
        "tcp",
    ]);
    let (server, number) = first_line(command.stderr(Stdio::null()))?;
    Ok((server, format!(":{number}")))
}

/// A D-Bus session, and its address. It starts no services on demand: a key store of that kind would be
/// a locked one, and first to the name now and then.
fn bus(folder: &Path) -> Result<(Running, String), String> {
    let configuration = folder.join("bus.conf");
    let socket = folder.join("run/bus");
    fs::write(
        &configuration,
        BUS.replace("SOCKET", &socket.to_string_lossy()),
    )
    .map_err(|error| format!("{}: {error}", configuration.display()))?;
    let mut command = Command::new("dbus-daemon");
    command.args(["--nofork", "--nopidfile", "--print-address=1"]);
    command.arg(format!("--config-file={}", configuration.display()));
    folders(&mut command, folder);
    first_line(&mut command)
}

/// What `session.conf` says, without the folders of services.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// The key store, unlocked with a password of its own; it answers from the first question on.
fn key_store(folder: &Path, display: &str, bus: &str) -> Result<Running, String> {
    let mut command = Command::new("gnome-keyring-daemon");
    command.args(["--unlock", "--components=secrets", "--foreground"]);
    dress(&mut command, folder, display, bus);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command
        .spawn()
        .map_err(|error| format!("gnome-keyring-daemon cannot be started: {error}"))?;
    let mut password = child.stdin.take().expect("it is piped");
    let unlocked = password.write_all(b"throw-away");
    drop(password);
    let running = Running(child);
    unlocked.map_err(|error| format!("gnome-keyring-daemon takes no password: {error}"))?;
    let end = Instant::now() + PATIENCE;
    while !has_owner(bus, "org.freedesktop.secrets") {
        if Instant::now() > end {
            return Err("gnome-keyring-daemon does not offer its key store".into());
        }
        sleep(Duration::from_millis(50));
    }
    Ok(running)
}

/// Whether somebody on this bus goes by that name.
fn has_owner(bus: &str, name: &str) -> bool {
    let asked = Command::new("dbus-send")
        .arg(format!("--bus={bus}"))
        .args(["--print-reply", "--dest=org.freedesktop.DBus", "/"])
        .args([
            "org.freedesktop.DBus.NameHasOwner",
            &format!("string:{name}"),
        ])
        .stderr(Stdio::null())
        .output();
    asked.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("boolean true"))
}

/// Starts a program that says on its first line where it is to be found.
fn first_line(command: &mut Command) -> Result<(Running, String), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name} cannot be started: {error}"))?;
    let mut line = String::new();
    let read = BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line);
    let running = Running(child);
    match read {
        Ok(count) if count > 0 => Ok((running, line.trim().to_owned())),
        _ => Err(format!("{name} ended before it said where it is")),
    }
}

fn folders(command: &mut Command, folder: &Path) {
    for (name, part) in [
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "run"),
    ] {
        command.env(name, folder.join(part));
    }
}

fn dress(command: &mut Command, folder: &Path, display: &str, bus: &str) {
    folders(command, folder);
    command
        .env("DISPLAY", display)
        .env_remove("WAYLAND_DISPLAY")
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .env("GDK_BACKEND", "x11")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("NO_AT_BRIDGE", "1")
        .env("GIO_USE_VFS", "local")
        .env("GSETTINGS_BACKEND", "memory");
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_key_store_takes_a_password_from_the_first_question_on() {
        let question = "printf secret | secret-tool store --label=test service xtask && \
                        test \"$(secret-tool lookup service xtask)\" = secret";
        run(Command::new("sh").args(["-c", question])).unwrap();
    }
}
