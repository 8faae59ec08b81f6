//! SKELETON, replaced by its owner today.

use contract::{AnswerConsent, Code, Discovery, DiscoveryRef, NoArgs, Problem, StartDiscovery};

use crate::Engine;

impl Engine {
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn discovery_start(&self, _: StartDiscovery) -> Result<DiscoveryRef, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn discovery_show(&self, _: DiscoveryRef) -> Result<Discovery, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn discovery_answer(&self, _: AnswerConsent) -> Result<NoArgs, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn discovery_cancel(&self, _: DiscoveryRef) -> Result<NoArgs, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
}
