//! What a run sends besides requests: the password for the user of a proxy, and whether a password
//! that was refused lately is sent once more. The stored ones are read here and handed on, nothing else.

use contract::{
    CheckPassword, Code, OrganizationId, OrganizationRow, Problem, ProxySetting, Secret,
};
use store::email_configurations;

use super::bearer::Tokens;
use super::guard::{self, SendAgain};
use super::plan::{Plan, ProxyChoice};
use crate::Engine;
use crate::email_configuration::proxy;
use crate::stage::Stage;

/// How a run sends passwords.
#[derive(Debug, Clone, Default)]
pub struct Sending {
    /// Whether one that was refused lately is sent once more.
    pub again: SendAgain,
    /// For the user of a proxy that was named by hand; left out: the stored one, if any.
    pub proxy_password: Option<Secret>,
    /// Where access tokens come from, where the run signs in with them; left out: nobody is signed in.
    pub tokens: Option<Tokens>,
}

impl Engine {
    /// Whether this password was refused lately, so that [`SendAgain::Ask`] would not send it: with
    /// the problem that says when and by whom. Asks no server.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a plan that names no server.
    pub async fn password_refused_at(
        &self,
        plan: &Plan,
        password: &Secret,
    ) -> Result<Option<Problem>, Problem> {
        guard::question(&self.stage(), plan, password).await
    }

    /// How a run of an organization sends passwords: as this handle says, with the stored password
    /// of its proxy's user.
    pub(super) async fn sending_of(
        &self,
        stage: &Stage,
        organization: Option<OrganizationId>,
        plan: &Plan,
    ) -> Result<Sending, Problem> {
        let Sending {
            again,
            proxy_password: typed,
            tokens,
        } = self.sending.clone();
        let proxy_password = match organization {
            Some(organization) => for_proxy(stage, organization, plan, typed).await?,
            None => typed,
        };
        Ok(Sending {
            again,
            proxy_password,
            tokens,
        })
    }
}

/// The password for the user of a proxy that was named by hand: the typed one, else the stored one if
/// it belongs to the same user of the same proxy.
///
/// # Errors
/// [`Code::PasswordNeeded`]; [`Code::KeyStore`].
pub(crate) async fn for_proxy(
    stage: &Stage,
    organization: OrganizationId,
    plan: &Plan,
    typed: Option<Secret>,
) -> Result<Option<Secret>, Problem> {
    let ProxyChoice::Http {
        user: Some(user), ..
    } = &plan.proxy
    else {
        return Ok(None);
    };
    if let Some(typed) = typed.filter(|typed| !typed.is_empty()) {
        return Ok(Some(typed));
    }
    let stored = stored_for_proxy(stage, organization, plan).await?;
    stored.map(Some).ok_or_else(|| {
        Problem::new(
            Code::PasswordNeeded,
            format!("The password of {user} for the proxy is neither typed nor stored."),
        )
        .field("proxy")
        .hint("Enter the proxy's password, or remove the proxy's user.")
    })
}

/// The stored one alone. Never the password of another user, or for another proxy.
pub(super) async fn stored_for_proxy(
    stage: &Stage,
    organization: OrganizationId,
    plan: &Plan,
) -> Result<Option<Secret>, Problem> {
    let saved = stage
        .read(move |tx| Ok(email_configurations::load(tx, organization)?))
        .await?;
    let Some(saved) = saved.filter(|saved| saved.has_proxy_password) else {
        return Ok(None);
    };
    if same_sign_in(&saved.form.proxy, &plan.proxy) {
        stage.proxy_password(organization).await
    } else {
        Ok(None)
    }
}

/// Whether the same user signs in to the same proxy.
fn same_sign_in(saved: &ProxySetting, choice: &ProxyChoice) -> bool {
    let ProxyChoice::Http {
        host,
        port,
        user: Some(user),
    } = choice
    else {
        return false;
    };
    // Another port is another proxy.
    if !matches!(ProxyChoice::of(saved), Ok(ProxyChoice::Http { port: known, .. }) if known == *port)
    {
        return false;
    }
    proxy::sign_in(saved).is_some_and(|(saved, whose)| {
        let saved = saved.trim_start_matches('[').trim_end_matches(']');
        saved.eq_ignore_ascii_case(host) && whose == *user
    })
}

/// What was typed in the window, if anything.
pub(super) fn typed(password: CheckPassword) -> Option<Secret> {
    match password {
        CheckPassword::Typed { password } if !password.is_empty() => Some(password),
        _ => None,
    }
}

/// What the window said to a password that was refused lately.
pub(super) fn once_more(send_again: bool) -> SendAgain {
    if send_again {
        SendAgain::Yes
    } else {
        SendAgain::Ask
    }
}

/// The password of an organization's account: typed in this session, else from the key store. Empty
/// where none is needed.
///
/// # Errors
/// [`Code::PasswordNeeded`]; [`Code::KeyStore`].
pub(super) async fn stored_password(
    stage: &Stage,
    row: &OrganizationRow,
    plan: &Plan,
) -> Result<Secret, Problem> {
    if !plan.wants_password() {
        return Ok(Secret::new(String::new()));
    }
    stage
        .password(row.id)
        .await?
        .ok_or_else(|| password_needed(&row.name))
}

/// Neither typed nor stored.
pub(super) fn password_needed(whose: &str) -> Problem {
    Problem::new(
        Code::PasswordNeeded,
        format!("The password for {whose} is neither typed nor stored."),
    )
    .field("password")
    .hint("Enter the password, or store it in the key store.")
}
