//! The vocabulary of Understudy: ids, requests, answers, [`Problem`] and the one command table.
//!
//! Everything that crosses an edge (webview, command line, test host) is declared here and
//! nowhere else. This crate performs no I/O, takes no decision and names no other crate of ours.

mod activity;
mod address;
mod authentication;
mod cause;
mod checks;
mod commands;
mod directory;
mod discovery;
mod email_configuration;
mod guide;
mod ids;
mod organizations;
mod practice;
mod problem;
mod results;
mod secret;
mod server_load;
mod service_account;
mod settings;
mod sign_in;
mod users;
mod users_import;
mod verdict;

pub use activity::{ActivityPage, ActivityQuery, ActivityRow, Undo, UndoDone};
pub use address::{AddressError, SmtpAddress};
pub use authentication::{
    BindingLookedAt, ChannelBinding, EndpointProbe, ProbeEndpoint, RunAuthentication,
    SchemeOutcome, SchemeTried, ServerDomain, SilentAuthority,
};
pub use cause::{Blame, Cause, Radius};
pub use checks::{
    Alternative, CauseCard, CauseCount, CheckPassword, CheckScope, Remedy, RemedyPurpose,
    ResumeRun, RunPage, RunProgress, RunRef, RunRow, RunState, RunsQuery, SampleStatement,
    StartCheck, Step, StepStatus, Summary,
};
pub use commands::{COMMANDS, Commands, NoArgs};
pub use directory::{
    DirectoryLookup, DirectoryLookupRef, DirectorySource, DirectoryState, HybridMap,
    MailboxLocation, StartDirectoryLookup,
};
pub use discovery::{
    AnswerConsent, ConsentAnswer, ConsentQuestion, Discovery, DiscoveryCandidate, DiscoveryMethod,
    DiscoveryPlacement, DiscoveryRef, DiscoveryState, DiscoveryStep, StartDiscovery,
};
pub use email_configuration::{
    AccessTypeInfo, Authentication, CertificateInfo, EmailConfiguration, EmailConfigurationForm,
    FieldLevel, FieldMessage, GenerateEwsUrl, GeneratedEwsUrl, IdentifyBy, PasswordChange,
    PasswordState, ProxySetting, ReadCertificate, SaveEmailConfiguration, Saved, TlsTrust,
    UrlOrigin, ValidateEmailConfiguration,
};
pub use guide::{
    ClusterRef, ExchangeNames, Guide, GuideBlock, GuideFact, GuidePage, GuideRef, GuideStep,
    GuideSummary, GuidesQuery, HandOffCard, MarkGuideStep, OpenPage, SaveExchangeNames,
};
pub use ids::{ActivityId, OrganizationId, RunId, UserId};
pub use organizations::{
    AccessType, AddOrganization, Badge, DuplicateOrganization, EditOrganization, OrganizationDraft,
    OrganizationPage, OrganizationRef, OrganizationRow, OrganizationSettings, OrganizationsQuery,
    Platform, RemovedWithUndo, SaveOrganizationSettings, SetEnabled, SyncCounts,
};
pub use practice::{PracticeScenario, PracticeStart, PracticeState};
pub use problem::{Code, Problem};
pub use results::{
    Evidence, ExportFormat, ExportRun, FolderResult, MailboxProof, ResultDetail, ResultRef,
    ResultRow, ResultsPage, ResultsQuery, ResultsSort,
};
pub use secret::Secret;
pub use server_load::{LearnedLoad, LoadSample, ServerLoad};
pub use service_account::{
    AnswerWriteTest, CopyText, ServiceAccountFields, ServiceAccountTest, ServiceAccountTestRef,
    ServiceAccountTestState, ServiceAccountValues, StartServiceAccountTest,
};
pub use settings::{AppState, KeyStoreState, Settings, Theme};
pub use sign_in::{
    AppCertificate, AppCredential, AppCredentialChange, AppCredentialKind, AppCredentialState,
    AuthorityKind, AuthorizeApp, Cloud, FindAuthority, FoundAuthority, ModernAuthentication,
    ReadAppCertificate, SignIn, SignInFailure, SignInFailureKind, SignInRef, SignInState,
    SignInWaiting, StartSignIn,
};
pub use users::{
    AddUser, EditUser, ExportUsers, ExportedFile, RemoveUsers, SetUsers, SortDirection, SyncAccess,
    UserChange, UserIds, UserRow, UsersFilter, UsersPage, UsersQuery, UsersSort,
};
pub use users_import::{
    ImportApply, ImportBatch, ImportCancel, ImportGroup, ImportGroupCount, ImportPreview,
    ImportPreviewRow, ImportRows, ImportRowsPage, ImportSource, ImportUndo, ImportUndone,
};
pub use verdict::{Expectation, Verdict};
