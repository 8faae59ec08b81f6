//! A thread that runs closures one after the other. What `SQLite` and the rows of a long list take of
//! memory is then asked for and given back in one place; on a pool each thread would hold some of its own.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use crate::StoreError;

type Job = Box<dyn FnOnce() + Send>;

/// Cheap to clone; the thread ends with the last clone.
#[derive(Clone)]
pub(crate) struct OwnThread {
    jobs: mpsc::Sender<Job>,
}

impl OwnThread {
    /// Starts one.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] when the system gives no thread.
    pub(crate) fn start() -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel::<Job>();
        let work = move || waiting.into_iter().for_each(|job| job());
        match thread::Builder::new().name("database".into()).spawn(work) {
            Ok(_) => Ok(Self { jobs }),
            Err(error) => {
                tracing::warn!(%error, "there is no thread for the database");
                Err(StoreError::Stopped)
            }
        }
    }

    /// Waits for what was asked before, then for `f`. A panic in `f` goes on here; the thread stays.
    ///
    /// # Errors
    /// What `f` answers.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, ended) = oneshot::channel();
        let job = move || {
            // Whoever asked may have gone: what is done is done.
            let _ = done.send(catch_unwind(AssertUnwindSafe(f)));
        };
        self.jobs
            .send(Box::new(job))
            .map_err(|_| StoreError::Stopped)?;
        match ended.await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => Err(StoreError::Stopped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OwnThread;
    use crate::StoreError;

    #[tokio::test]
    async fn everything_runs_on_one_thread_whatever_panics() {
        let own = OwnThread::start().expect("a thread");
        let here = || Ok(std::thread::current().id());
        let first = own.run(here).await.expect("runs");
        assert_ne!(first, std::thread::current().id());
        let other = own.clone();
        let broken = tokio::spawn(async move {
            let panics = || -> Result<(), StoreError> { panic!("on purpose") };
            other.run(panics).await
        });
        assert!(broken.await.expect_err("it panics").is_panic());
        assert_eq!(own.run(here).await.expect("runs on"), first);
        let refused = own.run(|| Err::<(), _>(StoreError::NotFound)).await;
        assert!(matches!(refused, Err(StoreError::NotFound)));
    }
}
