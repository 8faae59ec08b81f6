//! A delay that is exact on average: tokio counts whole milliseconds, which is too coarse for a
//! latency of thirty, and timers and wake-ups come late, by a tenth of a millisecond on a virtual
//! machine. How late they come is measured at every delay and taken off the next ones. All delays
//! are equally long, so that the first to begin is the first to end.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// At most so much is taken off: more is a machine that does other things.
const MOST: i64 = 1_000_000;

/// The same delay for everybody who waits.
pub(crate) struct Delay {
    length: Duration,
    waiting: Sender<Waiting>,
    /// Nanoseconds taken off the next delay.
    off: AtomicI64,
    passed: AtomicU64,
    nanoseconds: AtomicU64,
}

struct Waiting {
    until: Instant,
    over: oneshot::Sender<()>,
}

impl Delay {
    /// Starts the thread that keeps the time; it ends with the delay.
    pub(crate) fn new(length: Duration) -> Self {
        let (waiting, queue) = channel();
        std::thread::spawn(move || keep_time(&queue));
        Self {
            length,
            waiting,
            off: AtomicI64::new(0),
            passed: AtomicU64::new(0),
            nanoseconds: AtomicU64::new(0),
        }
    }

    /// Waits.
    pub(crate) async fn pass(&self) {
        if self.length.is_zero() {
            return;
        }
        let began = Instant::now();
        let (over, passed) = oneshot::channel();
        let off = Duration::from_nanos(self.off.load(Ordering::Relaxed).unsigned_abs());
        let until = began + self.length.saturating_sub(off);
        self.waiting
            .send(Waiting { until, over })
            .expect("the thread lives as long as the delay");
        passed.await.expect("the thread wakes everybody");
        self.learn(nanoseconds(began.elapsed()));
    }

    /// Mean of the delays so far, in milliseconds; nothing before the first.
    pub(crate) fn mean(&self) -> Option<f64> {
        let passed = self.passed.load(Ordering::Relaxed);
        let total = Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed));
        let passed = u32::try_from(passed).ok().filter(|&passed| passed > 0)?;
        Some((total / passed).as_secs_f64() * 1000.0)
    }

    fn learn(&self, took: i64) {
        self.passed.fetch_add(1, Ordering::Relaxed);
        self.nanoseconds
            .fetch_add(took.unsigned_abs(), Ordering::Relaxed);
        let late = (took - nanoseconds(self.length)).clamp(-MOST, MOST);
        let off = self.off.load(Ordering::Relaxed) + late / 16;
        self.off.store(off.clamp(0, MOST), Ordering::Relaxed);
    }
}

fn nanoseconds(length: Duration) -> i64 {
    i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)
}

fn keep_time(queue: &Receiver<Waiting>) {
    for waiting in queue {
        let left = waiting.until.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            std::thread::sleep(left);
        }
        // Whoever hung up meanwhile does not wait any more.
        let _ = waiting.over.send(());
    }
}

/// Linux lets timers be 50 microseconds late unless a process asks for better; threads inherit it.
/// Elsewhere there is no such file, and the timers are as they are.
pub(crate) fn exact_timers() {
    let _ = std::fs::write("/proc/self/timerslack_ns", "1");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lateness_is_taken_off() {
        let delay = Delay::new(Duration::from_millis(5));
        for _ in 0..100 {
            delay.learn(5_200_000);
        }
        let off = delay.off.load(Ordering::Relaxed);
        assert_eq!(
            off, MOST,
            "late again and again, although more is taken off"
        );
        for _ in 0..100 {
            delay.learn(4_000_000);
        }
        assert_eq!(
            delay.off.load(Ordering::Relaxed),
            0,
            "early again and again"
        );
        assert!((delay.mean().expect("there were some") - 4.6).abs() < 0.001);
    }

    #[tokio::test]
    async fn delays_that_begin_together_end_together() {
        let delay = Delay::new(Duration::from_millis(200));
        let started = Instant::now();
        tokio::join!(delay.pass(), delay.pass(), delay.pass());
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(199), "{took:?} is too short");
        assert!(
            took < Duration::from_millis(590),
            "{took:?}: one after the other"
        );
    }
}
