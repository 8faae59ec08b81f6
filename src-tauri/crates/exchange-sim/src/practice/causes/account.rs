//! Causes that lie in the service account, its log-on, or its rights as a whole.

use super::{Brought, ClientSide, World};
use crate::fault::{Fault, HttpAnswer, What, When};
use crate::options::{AccountState, Build, Role};

pub(super) fn bring(cause: &str, world: &mut World) -> Option<Brought> {
    log_on(cause, world)
        .or_else(|| state(cause, world))
        .or_else(|| rights(cause, world))
        .map(|by| (by, client(cause)))
}

fn client(cause: &str) -> ClientSide {
    if cause == "oauth.token_rejected" {
        ClientSide::Bearer
    } else {
        ClientSide::AsUsual
    }
}

fn log_on(cause: &str, world: &mut World) -> Option<&'static str> {
    /// Requests that are answered before the password is changed.
    const BEFORE: u64 = 9;
    Some(match cause {
        "auth.scheme_not_offered" => {
            world.offer(&["Negotiate", "NTLM"]);
            "Options::offered without Basic"
        }
        "auth.rejected" => {
            "Yesterday-Pa55!".clone_into(&mut world.password);
            "another password"
        }
        "auth.lost" => {
            let refused = HttpAnswer::unauthorized(&["Basic realm=\"mail.contoso.com\""]);
            let fault = Fault::always(When::After(BEFORE), What::Http(refused));
            world.options.faults.push(fault);
            "When::After(9), HttpAnswer::unauthorized"
        }
        "oauth.token_rejected" => {
            world.offer(&["Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\""]);
            let refused = HttpAnswer::token_rejected(
                "2000003;reason=\"The audience claim value is invalid 'aud'.\";\
                 error_category=\"invalid_resource\"",
            );
            let fault = Fault::always(When::Credentials, What::Http(refused));
            world.options.faults.push(fault);
            "When::Credentials, HttpAnswer::token_rejected"
        }
        _ => return None,
    })
}

fn state(cause: &str, world: &mut World) -> Option<&'static str> {
    let (state, by) = match cause {
        "account.locked" => (AccountState::Locked, "AccountState::Locked"),
        "account.password_expired" => (
            AccountState::PasswordExpired,
            "AccountState::PasswordExpired",
        ),
        "account.disabled" => (AccountState::Disabled, "AccountState::Disabled"),
        "account.not_in_directory" => {
            (AccountState::NotInDirectory, "AccountState::NotInDirectory")
        }
        "account.not_authorized" => (AccountState::NotAuthorized, "AccountState::NotAuthorized"),
        "policy.ews_blocked" => (AccountState::EwsBlocked, "AccountState::EwsBlocked"),
        _ => return None,
    };
    world.account().state = state;
    Some(by)
}

fn rights(cause: &str, world: &mut World) -> Option<&'static str> {
    Some(match cause {
        "account.no_mailbox" => {
            world.account().mailbox = None;
            world.options.build = Build::EXCHANGE_2013;
            world.options.schema_versions = Build::EXCHANGE_2013.schema_versions();
            "Build::EXCHANGE_2013, Account::mailbox none"
        }
        "impersonation.role_missing" => {
            world.account().role = Role::None;
            "Role::None"
        }
        "impersonation.refused" => {
            world.account().role = Role::None;
            world.users.truncate(1);
            "Role::None and one mailbox"
        }
        "impersonation.ignored" => {
            world.options.ignores_impersonation = true;
            "Options::ignores_impersonation"
        }
        "impersonation.exposed" => {
            world.account().role = Role::Everyone;
            "Role::Everyone"
        }
        _ => return None,
    })
}
