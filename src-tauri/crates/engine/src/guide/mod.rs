//! SKELETON, replaced by its owner today.

use contract::{
    Code, ExchangeNames, Guide, GuideRef, GuideSummary, GuidesQuery, MarkGuideStep, NoArgs,
    OpenPage, Problem, SaveExchangeNames,
};

use crate::Engine;

impl Engine {
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn guides_list(&self, _: GuidesQuery) -> Result<Vec<GuideSummary>, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn guide_show(&self, _: GuideRef) -> Result<Guide, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn guide_mark(&self, _: MarkGuideStep) -> Result<NoArgs, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn exchange_names_save(
        &self,
        _: SaveExchangeNames,
    ) -> Result<ExchangeNames, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn page_open(&self, _: OpenPage) -> Result<NoArgs, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
}
