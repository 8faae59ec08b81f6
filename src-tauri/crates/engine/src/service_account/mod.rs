//! SKELETON, replaced by its owner today.

use contract::{
    AnswerWriteTest, Code, CopyText, NoArgs, Problem, ServiceAccountTest, ServiceAccountTestRef,
    ServiceAccountValues, StartServiceAccountTest,
};

use crate::Engine;

impl Engine {
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn service_account_start(
        &self,
        _: StartServiceAccountTest,
    ) -> Result<ServiceAccountTestRef, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn service_account_show(
        &self,
        _: ServiceAccountTestRef,
    ) -> Result<ServiceAccountTest, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn service_account_answer(&self, _: AnswerWriteTest) -> Result<NoArgs, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn service_account_cancel(
        &self,
        _: ServiceAccountTestRef,
    ) -> Result<NoArgs, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
    /// Skeleton.
    ///
    /// # Errors
    /// Always.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn service_account_values(
        &self,
        _: ServiceAccountValues,
    ) -> Result<CopyText, Problem> {
        Err(Problem::new(Code::Internal, "not built"))
    }
}
