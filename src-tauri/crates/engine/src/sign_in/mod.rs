//! Microsoft OAuth: who is signed in for an organization, and how that came about.

use contract::{
    AppCertificate, AuthorizeApp, FindAuthority, FoundAuthority, NoArgs, OrganizationRef, Problem,
    ReadAppCertificate, SignIn, SignInRef, StartSignIn,
};

use crate::Engine;

fn missing() -> Problem {
    Problem::invalid("accessType", "Signing in isn't part of this version yet.")
}

macro_rules! to_come {
    ($($name:ident($req:ty) -> $res:ty;)*) => {
        #[expect(clippy::missing_errors_doc, clippy::unused_async, missing_docs, reason = "being built")]
        impl Engine {
            $(pub async fn $name(&self, _request: $req) -> Result<$res, Problem> { Err(missing()) })*
        }
    };
}
to_come! {
    sign_in_start(StartSignIn) -> SignIn;
    sign_in_show(SignInRef) -> SignIn;
    sign_in_open(OrganizationRef) -> NoArgs;
    sign_in_cancel(OrganizationRef) -> SignIn;
    sign_in_use(OrganizationRef) -> SignIn;
    sign_in_refresh(OrganizationRef) -> SignIn;
    sign_in_disconnect(OrganizationRef) -> SignIn;
    authority_find(FindAuthority) -> FoundAuthority;
    app_authorize(AuthorizeApp) -> SignIn;
    app_certificate_read(ReadAppCertificate) -> AppCertificate;
}
