//! Everything between us and an authorization server (Entra, AD FS, any `OpenID` provider): sign-in in the
//! system browser, device code, app-only access, refresh, revocation, and what the answers mean.
//!
//! It stores nothing, opens no browser, logs no token, and trusts no token's own words. The clock, the TLS
//! configuration and the way out come from the caller ([`Http`]).
//!
//! ```no_run
//! # async fn example(http: oauth::Http) -> Result<(), Box<dyn std::error::Error>> {
//! use oauth::{Ask, Authority, Cloud, Tenant, Wanted, refresh, sign_in};
//!
//! let authority = Authority::entra(Cloud::Global, Tenant::parse("contoso.com")?);
//! let wanted = Wanted::ews(&authority, "outlook.office365.com");
//! let ask = Ask { offline: true, ..Ask::new("00001111-aaaa-2222-bbbb-3333cccc4444", wanted.clone()) };
//! let client_id = ask.client_id.clone();
//!
//! let pending = sign_in::begin(&http, &authority, ask).await?;
//! println!("open {} until {}", pending.authorization_url(), pending.expires_at());
//! let cancel = std::future::pending(); // completes when the user gives up
//! let tokens = pending.wait(cancel, |event| println!("{event:?}")).await?;
//!
//! if tokens.is_due(http.now()) && let Some(token) = &tokens.refresh {
//!     let tokens = refresh(&http, &authority, &client_id, token, &wanted).await?;
//!     println!("{:?} until {}", tokens.account(), tokens.expires_at);
//! }
//! # Ok(()) }
//! ```

mod app_only;
mod assertion;
mod authority;
mod certificate;
mod challenge;
mod claims;
pub mod device;
mod diagnostics;
mod explain;
mod failure;
mod http;
pub mod loopback;
mod refresh;
mod secret;
pub mod sign_in;
mod speak;
mod tokens;
mod wanted;

pub use app_only::{Credential, app_only};
pub use authority::{Authority, AuthorityError, Cloud, Kind as AuthorityKind, NotATenant, Tenant};
pub use certificate::{Certificate, CertificateError};
pub use challenge::{Candidate, Challenge, EXCHANGE, IssuerKind, TrustedIssuer};
pub use claims::{Claims, Unreadable};
pub use device::DeviceCode;
pub use diagnostics::Diagnostics;
pub use explain::{Explanation, RefusalKind};
pub use failure::Failure;
pub use http::{Clock, Http, HttpFault, HttpFaultKind, Via};
pub use refresh::{Revoked, refresh, revoke};
pub use secret::Hidden;
pub use sign_in::{Ask, Event, Pending};
pub use tokens::Tokens;
pub use wanted::Wanted;
