//! SKELETON, replaced by its owner today.

use contract::{
    Code, DirectoryLookup, DirectoryLookupRef, HybridMap, NoArgs, OrganizationRef, Problem,
    StartDirectoryLookup,
};

use crate::Engine;

impl Engine {
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn directory_start(
        &self,
        _: StartDirectoryLookup,
    ) -> Result<DirectoryLookupRef, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn directory_show(&self, _: DirectoryLookupRef) -> Result<DirectoryLookup, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn directory_cancel(&self, _: DirectoryLookupRef) -> Result<NoArgs, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn hybrid_map(&self, _: OrganizationRef) -> Result<HybridMap, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn hybrid_map_start(&self, _: OrganizationRef) -> Result<HybridMap, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn hybrid_map_cancel(&self, _: OrganizationRef) -> Result<HybridMap, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
}
