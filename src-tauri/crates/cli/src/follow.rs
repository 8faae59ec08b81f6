//! Watching a run: progress on a terminal, rows as they are decided, and Ctrl-C.

use std::io::{IsTerminal as _, Write as _};
use std::pin::pin;
use std::time::Duration;

use contract::RunProgress;
use engine::checks::{RunEvent, StartedCheck};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::{Failure, internal};
use crate::print::jsonl::Stream;
use crate::style::{count, grouped};

/// Ctrl-C, the signal to end where there is one, and a terminal that is closed. From the moment it is made the program does
/// not die of them any more: whoever makes it must listen.
pub(crate) struct Interrupts {
    signals: tokio::sync::mpsc::UnboundedReceiver<()>,
}

impl Interrupts {
    /// Starts listening.
    ///
    /// # Errors
    /// Our own fault: the system refuses.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let (send, signals) = tokio::sync::mpsc::unbounded_channel();
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let refused = |error: std::io::Error| internal("listening for Ctrl-C", &error);
            let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
            if !hang_up_is_ignored() {
                kinds.push(SignalKind::hangup());
            }
            for kind in kinds {
                let (mut signal, send) = (signal(kind).map_err(refused)?, send.clone());
                tokio::spawn(async move {
                    while signal.recv().await.is_some() && send.send(()).is_ok() {}
                });
            }
        }
        #[cfg(windows)]
        {
            use tokio::signal::windows::{ctrl_c, ctrl_close};
            let refused = |error: std::io::Error| internal("listening for Ctrl-C", &error);
            let (mut signal, closed) = (ctrl_c().map_err(refused)?, send.clone());
            tokio::spawn(
                async move { while signal.recv().await.is_some() && send.send(()).is_ok() {} },
            );
            let mut signal = ctrl_close().map_err(refused)?;
            tokio::spawn(async move {
                while signal.recv().await.is_some() && closed.send(()).is_ok() {}
            });
        }
        Ok(Self { signals })
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        if self.signals.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Whether whoever started the program wants it to outlive its terminal, as `nohup` does. Told where
/// the system has `/proc`; elsewhere it is not.
#[cfg(unix)]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // SIGHUP is signal 1, the lowest bit.
    ignored.is_some_and(|mask| mask & 1 == 1)
}

/// Says a line on stderr. A terminal that is gone keeps nobody from cleaning up.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Follows a run to its end. The first Ctrl-C cancels it; what is decided stays.
///
/// # Errors
/// [`Failure::Killed`] at the second Ctrl-C; what the stream could not write, after cancelling.
pub(crate) async fn follow(
    started: &mut StartedCheck,
    interrupts: &mut Interrupts,
    mut stream: Option<&mut Stream<'_>>,
) -> Result<(), Failure> {
    let bar = Bar::new();
    let mut progress = started.progress.clone();
    let mut events = started.events.take();
    let (mut cancelled, mut ended, mut written) = (false, false, Ok(()));
    let mut moving = true;
    while !ended || events.is_some() {
        tokio::select! {
            biased;
            () = interrupts.next() => {
                if cancelled {
                    return Err(Failure::Killed);
                }
                cancelled = true;
                bar.say("Stopping. What is decided is kept; Ctrl-C again leaves at once.");
                started.cancel();
            }
            event = next(&mut events), if events.is_some() => match (event, stream.as_deref_mut()) {
                (Some(RunEvent::Result { row, supersedes }), Some(stream)) if written.is_ok() => {
                    written = stream.row(&row, supersedes).await;
                    if written.is_err() {
                        started.cancel();
                    }
                }
                (Some(_), _) => {}
                (None, _) => events = None,
            },
            changed = progress.changed(), if moving => {
                moving = changed.is_ok();
                bar.show(&progress.borrow_and_update().clone());
            }
            () = started.ended(), if !ended => ended = true,
        }
    }
    bar.clear();
    written
}

/// Waits for something that may take long, unless Ctrl-C comes first.
pub(crate) async fn or_interrupted<T>(
    interrupts: &mut Interrupts,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        () = interrupts.next() => Err(Failure::Killed),
        done = &mut work => Ok(done),
    }
}

async fn next(events: &mut Option<tokio::sync::mpsc::Receiver<RunEvent>>) -> Option<RunEvent> {
    match events {
        Some(events) => events.recv().await,
        None => None,
    }
}

/// One line on stderr, on a terminal only.
struct Bar {
    bar: Option<ProgressBar>,
}

impl Bar {
    fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        let style = ProgressStyle::with_template("{spinner} {wide_bar} {msg}");
        bar.set_style(
            style
                .expect("the template is well-formed")
                .progress_chars("=> "),
        );
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar: Some(bar) }
    }

    fn show(&self, progress: &RunProgress) {
        let Some(bar) = &self.bar else { return };
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(words(progress));
    }

    fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => say(text),
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn words(progress: &RunProgress) -> String {
    let mut text = format!(
        "{} of {}, {}",
        grouped(progress.done),
        grouped(progress.total),
        count(progress.findings, "finding", "findings")
    );
    if progress.rate >= 0.1 {
        text.extend([format!(", {:.0}/s", progress.rate.max(1.0))]);
    }
    if let Some(seconds) = progress.eta_seconds.filter(|seconds| *seconds > 0) {
        text.extend([format!(", {}:{:02} left", seconds / 60, seconds % 60)]);
    }
    if progress.waiting_until.is_some() {
        text.push_str(", the server asked to wait");
    } else if progress.waiting > 0 {
        text.extend([format!(", {} waiting", grouped(progress.waiting))]);
    }
    text
}
