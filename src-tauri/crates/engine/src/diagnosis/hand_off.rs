//! SKELETON, replaced by its owner today.

use contract::{ClusterRef, Code, CopyText, HandOffCard, Problem};

use crate::Engine;

impl Engine {
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn hand_off_card(&self, _: ClusterRef) -> Result<HandOffCard, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn cluster_script(&self, _: ClusterRef) -> Result<CopyText, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
}
