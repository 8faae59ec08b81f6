//! Work whose panic ends it and nothing else: what follows it, as cleaning up, is done all the same.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The work panicked; the panic hook has told where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Panicked;

/// Does the work to its end, or to its panic. What it left half-done is the caller's to look after.
pub(super) async fn guarded<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::{Panicked, guarded};

    #[tokio::test]
    async fn a_panic_ends_the_work_alone() {
        let work = async |fails: bool| {
            tokio::task::yield_now().await;
            assert!(!fails, "as ordered");
            7
        };
        assert_eq!(guarded(work(false)).await, Ok(7));
        assert_eq!(guarded(work(true)).await, Err(Panicked));
    }
}
