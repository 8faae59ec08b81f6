//! The codes, in plain words with the next step.
//! <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>,
//! <https://learn.microsoft.com/windows-server/identity/ad-fs/troubleshooting/ad-fs-tshoot-logging>

use super::RefusalKind as Kind;

/// One code.
pub(super) struct Entry {
    code: &'static str,
    pub(super) kind: Kind,
    pub(super) sentence: &'static str,
    pub(super) next_step: &'static str,
}

/// The entry of a code.
pub(super) fn find(code: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.code == code)
}

const fn entry(
    code: &'static str,
    kind: Kind,
    sentence: &'static str,
    next_step: &'static str,
) -> Entry {
    Entry {
        code,
        kind,
        sentence,
        next_step,
    }
}

const ADMIN_APPROVAL: &str =
    "Open the consent link as an administrator of the tenant, accept, then sign in again.";
const SIGN_IN: &str = "Sign in again.";

/// Codes of Entra first, then of AD FS, then of OAuth and `OpenID` Connect themselves.
const TABLE: &[Entry] = &[
    entry(
        "AADSTS50011",
        Kind::Setup,
        "The redirect address isn't registered for this application.",
        "In the app registration, under Authentication, add the platform Mobile and desktop applications with http://localhost, then try again.",
    ),
    entry(
        "AADSTS65001",
        Kind::Consent,
        "Nobody has consented yet to what this application asks for.",
        ADMIN_APPROVAL,
    ),
    entry(
        "AADSTS65004",
        Kind::Denied,
        "The consent was declined in the browser.",
        "Sign in again and accept, or ask an administrator of the tenant to consent.",
    ),
    entry(
        "AADSTS90094",
        Kind::Consent,
        "Need admin approval: in this tenant only an administrator may consent.",
        ADMIN_APPROVAL,
    ),
    entry(
        "AADSTS700016",
        Kind::Setup,
        "This tenant has no application with this client ID.",
        "Compare Application (client) ID and Directory (tenant) ID with the overview page of the app registration.",
    ),
    entry(
        "AADSTS7000218",
        Kind::Setup,
        "The application doesn't allow public client flows.",
        "In the app registration, under Authentication, set Allow public client flows to Yes, save, then try again.",
    ),
    entry(
        "AADSTS50105",
        Kind::Account,
        "This account isn't assigned to the application.",
        "In Enterprise applications, open the application, then Users and groups, and add the service account; or set Assignment required to No.",
    ),
    entry(
        "AADSTS53003",
        Kind::Policy,
        "A Conditional Access policy blocked the sign-in.",
        "Open the sign-in log in Entra, find this sign-in and its policy, and ask its owner to exclude the service account or allow this device.",
    ),
    entry(
        "AADSTS53000",
        Kind::Policy,
        "A Conditional Access policy wants a compliant device.",
        "Sign in on a managed device, or ask the owner of the policy to exclude the service account.",
    ),
    entry(
        "AADSTS500011",
        Kind::Setup,
        "The tenant doesn't know the Exchange host as a resource.",
        "Add https:// and the EWS host to the service principal names of application 00000002-0000-0ff1-ce00-000000000000, wait some minutes, then try again.",
    ),
    entry(
        "AADSTS50020",
        Kind::Account,
        "This account belongs to another tenant.",
        "Sign in with an account of this tenant, or correct Directory (tenant) ID.",
    ),
    entry(
        "AADSTS50034",
        Kind::Account,
        "This tenant has no such account.",
        "Check the spelling of the account and Directory (tenant) ID.",
    ),
    entry(
        "AADSTS90002",
        Kind::Setup,
        "There is no such tenant in this cloud.",
        "Check Directory (tenant) ID and Cloud.",
    ),
    entry(
        "AADSTS50057",
        Kind::Account,
        "This account is disabled.",
        "Enable the account in Entra or Active Directory, then sign in again.",
    ),
    entry(
        "AADSTS50076",
        Kind::SignIn,
        "The account has to prove itself with a second factor.",
        "Sign in again and finish the multifactor prompt in the browser.",
    ),
    entry(
        "AADSTS50079",
        Kind::SignIn,
        "The account has to set up a second factor first.",
        "Sign in again and set up multifactor authentication in the browser.",
    ),
    entry(
        "AADSTS50078",
        Kind::SignIn,
        "The second factor has to be shown again.",
        "Sign in again and finish the multifactor prompt in the browser.",
    ),
    entry(
        "AADSTS7000215",
        Kind::Credential,
        "The secret was refused (7000215).",
        "Paste the value of the client secret, not its ID; if it is lost, create a new one under Certificates & secrets.",
    ),
    entry(
        "AADSTS7000222",
        Kind::Credential,
        "The client secret has expired.",
        "Create a new one in the app registration under Certificates & secrets and enter its value.",
    ),
    entry(
        "AADSTS700027",
        Kind::Credential,
        "The certificate was refused: it isn't registered for this application, or this machine's clock is wrong.",
        "Upload the certificate (without its key) in the app registration under Certificates & secrets, compare the thumbprints, and check the clock.",
    ),
    entry(
        "AADSTS50126",
        Kind::Account,
        "Account or password is wrong.",
        "Sign in again in the browser and check the password there.",
    ),
    entry(
        "AADSTS70008",
        Kind::SignIn,
        "The stored sign-in has expired.",
        SIGN_IN,
    ),
    entry(
        "AADSTS700082",
        Kind::SignIn,
        "The stored sign-in has expired because it wasn't used for a long time.",
        SIGN_IN,
    ),
    entry(
        "AADSTS700084",
        Kind::SignIn,
        "The stored sign-in has reached the end of its life.",
        SIGN_IN,
    ),
    entry(
        "AADSTS50173",
        Kind::SignIn,
        "The stored sign-in was revoked: the password was changed, or an administrator revoked the sessions.",
        SIGN_IN,
    ),
    entry(
        "AADSTS54005",
        Kind::SignIn,
        "The answer of this sign-in was used before.",
        SIGN_IN,
    ),
    entry(
        "MSIS9223",
        Kind::Setup,
        "AD FS doesn't know this client ID.",
        "On AD FS run Get-AdfsNativeClientApplication, compare the identifiers, and register Understudy with Add-AdfsNativeClientApplication if it is missing.",
    ),
    entry(
        "MSIS9224",
        Kind::Setup,
        "AD FS refused the redirect address.",
        "Choose a fixed port here, then register exactly http://localhost:PORT/ (that port, and the slash) on AD FS with Set-AdfsNativeClientApplication -RedirectUri.",
    ),
    entry(
        "access_denied",
        Kind::Denied,
        "The sign-in was declined.",
        "Sign in again and accept; if you didn't decline it yourself, ask an administrator whether this account may use the application.",
    ),
    entry(
        "authorization_declined",
        Kind::Denied,
        "The sign-in was declined.",
        "Ask for a new code and accept.",
    ),
    entry(
        "login_required",
        Kind::SignIn,
        "Somebody has to sign in.",
        SIGN_IN,
    ),
    entry(
        "interaction_required",
        Kind::SignIn,
        "The authorization server wants to ask something in the browser.",
        SIGN_IN,
    ),
    entry(
        "consent_required",
        Kind::Consent,
        "Nobody has consented yet to what this application asks for.",
        ADMIN_APPROVAL,
    ),
    entry(
        "invalid_grant",
        Kind::SignIn,
        "The sign-in isn't valid any more: it expired, was revoked, or was used before.",
        SIGN_IN,
    ),
    entry(
        "expired_token",
        Kind::SignIn,
        "The code has expired.",
        "Ask for a new code and enter it within its time.",
    ),
    entry(
        "bad_verification_code",
        Kind::SignIn,
        "The authorization server doesn't know this code.",
        "Ask for a new code.",
    ),
    entry(
        "invalid_client",
        Kind::Setup,
        "The authorization server doesn't accept this application as it signs itself.",
        "Check the client ID, and the secret or certificate, in the app registration.",
    ),
    entry(
        "unauthorized_client",
        Kind::Setup,
        "This application may not sign in this way.",
        "Allow this kind of sign-in in the app registration.",
    ),
    entry(
        "invalid_scope",
        Kind::Setup,
        "The authorization server doesn't know the permission that was asked for.",
        "Add the permission to the app registration, or to the application group of AD FS.",
    ),
    entry(
        "invalid_target",
        Kind::Setup,
        "The authorization server doesn't know the Exchange host as a resource.",
        "Register https:// and the EWS host as a resource, then try again.",
    ),
    entry(
        "invalid_resource",
        Kind::Setup,
        "The authorization server doesn't know the Exchange host as a resource.",
        "Register https:// and the EWS host as a resource, then try again.",
    ),
    entry(
        "temporarily_unavailable",
        Kind::Temporary,
        "The authorization server is busy.",
        "Wait a minute, then try again.",
    ),
    entry(
        "server_error",
        Kind::Temporary,
        "The authorization server failed.",
        "Wait a minute, then try again; if it stays, look at the health page of the authorization server.",
    ),
];
