//! The one table of commands: names, requests and answers. Four uses: Tauri commands, JSON
//! dispatch, per-command permissions, and the TypeScript map.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// No arguments.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NoArgs {}

/// Hands every command, as `/// doc` `name(Request) -> Answer;`, to a macro.
#[macro_export]
macro_rules! with_commands {
    ($callback:ident) => {
        $callback! {
            /// What the window needs to start.
            app_state($crate::NoArgs) -> $crate::AppState;
            /// Saves the settings of the app.
            settings_save($crate::Settings) -> $crate::Settings;

            /// Lists organizations by name, the default one first.
            organizations_list($crate::OrganizationsQuery) -> Vec<$crate::OrganizationRow>;
            /// The page of one organization.
            organization_show($crate::OrganizationRef) -> $crate::OrganizationPage;
            /// Name and External Id to start a new organization with.
            organization_draft($crate::NoArgs) -> $crate::OrganizationDraft;
            /// Creates an organization.
            organization_add($crate::AddOrganization) -> $crate::OrganizationRow;
            /// Changes an organization.
            organization_edit($crate::EditOrganization) -> $crate::OrganizationRow;
            /// Copies an organization.
            organization_duplicate($crate::DuplicateOrganization) -> $crate::OrganizationRow;
            /// Deletes an organization with its users; its stored password is removed now.
            organization_remove($crate::OrganizationRef) -> $crate::RemovedWithUndo;
            /// Turns `Synchronization Status` on or off.
            organization_set_enabled($crate::SetEnabled) -> $crate::OrganizationRow;
            /// Takes sync access away from every user.
            organization_deactivate($crate::OrganizationRef) -> $crate::OrganizationRow;
            /// Saves the settings tab.
            organization_settings_save($crate::SaveOrganizationSettings) -> $crate::OrganizationSettings;

            /// One page of users.
            users_page($crate::UsersQuery) -> $crate::UsersPage;
            /// Adds one user.
            user_add($crate::AddUser) -> $crate::UserRow;
            /// Changes one user.
            user_edit($crate::EditUser) -> $crate::UserRow;
            /// Sets a flag of users; answers how many changed.
            users_set($crate::SetUsers) -> u64;
            /// Removes users.
            users_remove($crate::RemoveUsers) -> $crate::RemovedWithUndo;
            /// Writes users to a CSV file in the Downloads folder.
            users_export($crate::ExportUsers) -> $crate::ExportedFile;
            /// Reads a list and shows what adding it would do.
            users_import_preview($crate::ImportSource) -> $crate::ImportPreview;
            /// One page of the preview.
            users_import_rows($crate::ImportRows) -> $crate::ImportRowsPage;
            /// Adds what the preview shows.
            users_import_apply($crate::ImportApply) -> $crate::ImportBatch;
            /// Forgets a preview.
            users_import_cancel($crate::ImportCancel) -> $crate::NoArgs;
            /// Takes a batch back.
            users_import_undo($crate::ImportUndo) -> $crate::ImportUndone;

            /// What is stored under `Email Configuration`.
            email_configuration_show($crate::OrganizationRef) -> $crate::EmailConfiguration;
            /// What is wrong with the form.
            email_configuration_validate($crate::ValidateEmailConfiguration) -> Vec<$crate::FieldMessage>;
            /// Saves the form and applies the results that wait for it.
            email_configuration_save($crate::SaveEmailConfiguration) -> $crate::Saved;
            /// The Magic Wand's pattern: no network.
            ews_url_generate($crate::GenerateEwsUrl) -> $crate::GeneratedEwsUrl;
            /// Reads a CA file before it is trusted.
            certificate_read($crate::ReadCertificate) -> Vec<$crate::CertificateInfo>;

            /// Asks the server, without any credentials, how it wants to be logged on to.
            endpoint_probe($crate::ProbeEndpoint) -> $crate::EndpointProbe;

            /// Signs in with Microsoft OAuth: opens the system's browser, or shows a code.
            sign_in_start($crate::StartSignIn) -> $crate::SignIn;
            /// How far the sign-in is, or who is signed in.
            sign_in_show($crate::SignInRef) -> $crate::SignIn;
            /// Opens the page of a waiting sign-in again.
            sign_in_open($crate::OrganizationRef) -> $crate::NoArgs;
            /// Stops waiting.
            sign_in_cancel($crate::OrganizationRef) -> $crate::SignIn;
            /// Uses the other account that signed in.
            sign_in_use($crate::OrganizationRef) -> $crate::SignIn;
            /// Renews the token now.
            sign_in_refresh($crate::OrganizationRef) -> $crate::SignIn;
            /// Forgets the tokens, and revokes them where that can be done.
            sign_in_disconnect($crate::OrganizationRef) -> $crate::SignIn;
            /// Asks the server, without credentials, who issues its tokens.
            authority_find($crate::FindAuthority) -> $crate::FoundAuthority;
            /// Gets a token for an app and shows its roles.
            app_authorize($crate::AuthorizeApp) -> $crate::SignIn;
            /// Reads the certificate of an app before it is used.
            app_certificate_read($crate::ReadAppCertificate) -> $crate::AppCertificate;

            /// Starts Autodiscover for an address.
            discovery_start($crate::StartDiscovery) -> $crate::DiscoveryRef;
            /// What Autodiscover has found so far.
            discovery_show($crate::DiscoveryRef) -> $crate::Discovery;
            /// Answers whether the password may go to a host.
            discovery_answer($crate::AnswerConsent) -> $crate::NoArgs;
            /// Stops it; what was found stays.
            discovery_cancel($crate::DiscoveryRef) -> $crate::NoArgs;

            /// Starts the Service Account Access test of one mailbox.
            service_account_start($crate::StartServiceAccountTest) -> $crate::ServiceAccountTestRef;
            /// How far the test is.
            service_account_show($crate::ServiceAccountTestRef) -> $crate::ServiceAccountTest;
            /// Answers whether a draft may be written and deleted.
            service_account_answer($crate::AnswerWriteTest) -> $crate::NoArgs;
            /// Stops the test; what it created is deleted all the same.
            service_account_cancel($crate::ServiceAccountTestRef) -> $crate::NoArgs;
            /// The values for Microsoft's form, without the password.
            service_account_values($crate::ServiceAccountValues) -> $crate::CopyText;

            /// Looks up members of a group, rooms, or a name in Exchange.
            directory_start($crate::StartDirectoryLookup) -> $crate::DirectoryLookupRef;
            /// How far the look-up is.
            directory_show($crate::DirectoryLookupRef) -> $crate::DirectoryLookup;
            /// Stops the look-up.
            directory_cancel($crate::DirectoryLookupRef) -> $crate::NoArgs;
            /// How many users live where.
            hybrid_map($crate::OrganizationRef) -> $crate::HybridMap;
            /// Asks Autodiscover, without credentials, where users live.
            hybrid_map_start($crate::OrganizationRef) -> $crate::HybridMap;
            /// Stops asking.
            hybrid_map_cancel($crate::OrganizationRef) -> $crate::HybridMap;

            /// Starts a check on the form as it stands.
            check_start($crate::StartCheck) -> $crate::RunRef;
            /// Cancels a check at once; what is decided stays.
            check_cancel($crate::RunRef) -> $crate::NoArgs;
            /// Pauses a check: what is under way is finished, nothing more is asked.
            check_pause($crate::RunRef) -> $crate::NoArgs;
            /// Lets a paused check go on.
            check_continue($crate::RunRef) -> $crate::NoArgs;
            /// Goes on with a run that was cut off; decided mailboxes are not asked again.
            run_resume($crate::ResumeRun) -> $crate::RunRef;
            /// Lists runs, newest first.
            runs_list($crate::RunsQuery) -> Vec<$crate::RunRow>;
            /// One run with its causes and steps.
            run_show($crate::RunRef) -> $crate::RunPage;
            /// How far a run is. Hosts that can stream call `Engine::watch_run` instead.
            run_progress($crate::RunRef) -> $crate::RunProgress;
            /// What a run did to the server, over its time.
            server_load($crate::RunRef) -> $crate::ServerLoad;
            /// Deletes a run and its results.
            run_remove($crate::RunRef) -> $crate::NoArgs;
            /// One page of results.
            results_page($crate::ResultsQuery) -> $crate::ResultsPage;
            /// One result with its evidence.
            result_show($crate::ResultRef) -> $crate::ResultDetail;
            /// Writes results to a file in the Downloads folder.
            run_export($crate::ExportRun) -> $crate::ExportedFile;

            /// What to hand to whoever has to change something.
            hand_off_card($crate::ClusterRef) -> $crate::HandOffCard;
            /// One script for all mailboxes of a cause: look, change, undo, verify.
            cluster_script($crate::ClusterRef) -> $crate::CopyText;

            /// The guides, with how far they are done.
            guides_list($crate::GuidesQuery) -> Vec<$crate::GuideSummary>;
            /// One guide, filled in with an organization's names.
            guide_show($crate::GuideRef) -> $crate::Guide;
            /// Marks a step done or not.
            guide_mark($crate::MarkGuideStep) -> $crate::NoArgs;
            /// Saves the names that commands are filled in with.
            exchange_names_save($crate::SaveExchangeNames) -> $crate::ExchangeNames;
            /// Opens one of the known pages in the system's browser.
            page_open($crate::OpenPage) -> $crate::NoArgs;

            /// One page of the activity log.
            activity_page($crate::ActivityQuery) -> $crate::ActivityPage;
            /// Takes an entry of the activity log back.
            activity_undo($crate::Undo) -> $crate::UndoDone;

            /// Scenarios to practise.
            practice_scenarios($crate::NoArgs) -> Vec<$crate::PracticeScenario>;
            /// Enters practice mode, or changes its scenario.
            practice_start($crate::PracticeStart) -> $crate::AppState;
            /// Leaves practice mode; the real data is as it was.
            practice_stop($crate::NoArgs) -> $crate::AppState;
        }
    };
}

macro_rules! declare {
    ($($(#[$doc:meta])* $name:ident($req:ty) -> $res:ty;)*) => {
        /// Every command name, for the capability manifest and for tests.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];

        /// Never built: it exists for its TypeScript face.
        #[derive(TS)]
        #[ts(export)]
        #[expect(dead_code, reason = "only its TypeScript face is used")]
        pub struct Commands {
            $($(#[$doc])* $name: ($req, $res),)*
        }
    };
}
with_commands!(declare);
