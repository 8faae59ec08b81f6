//! What a check proves, and `Save` then applies: the fingerprints of typed, stored and asked-for
//! passwords.

use contract::{
    EmailConfigurationForm, OrganizationId, OrganizationsQuery, PasswordChange,
    SaveEmailConfiguration, Secret,
};

use super::fingerprint_of;
use crate::{Engine, Options, VaultChoice};

struct World {
    engine: Engine,
    organization: OrganizationId,
}

impl World {
    async fn new() -> Self {
        let options = Options {
            vault: VaultChoice::Memory,
            ..Options::default()
        };
        let engine = Engine::temporary(options).await.expect("opens");
        let rows = engine
            .organizations_list(OrganizationsQuery::default())
            .await
            .expect("listed");
        Self {
            engine,
            organization: rows[0].id,
        }
    }

    /// As a check with this password would note it.
    async fn checked(&self, typed: Option<&str>) -> String {
        let typed = typed.map(secret);
        fingerprint_of(
            &self.engine.stage(),
            self.organization,
            &form(),
            typed.as_ref(),
        )
        .await
        .expect("computed")
    }

    /// As saving notes it.
    async fn saved(&self, password: PasswordChange) -> String {
        let organization = self.organization;
        let request = SaveEmailConfiguration {
            organization,
            form: form(),
            password,
            proxy_password: None,
            app_credential: contract::AppCredentialChange::Keep,
        };
        self.engine
            .email_configuration_save(request)
            .await
            .expect("saved");
        let stored = self
            .engine
            .stage()
            .read(move |tx| Ok(store::email_configurations::load(tx, organization)?))
            .await
            .expect("readable");
        stored.expect("saved").fingerprint
    }

    /// Another process: what was typed is forgotten.
    fn forget(&self) {
        self.engine.stage().keep_typed(self.organization, None);
        self.engine.stage().drafts.forget(self.organization);
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn store(text: &str) -> PasswordChange {
    PasswordChange::Store {
        password: secret(text),
    }
}

fn ask(text: Option<&str>) -> PasswordChange {
    PasswordChange::Ask {
        password: text.map(secret),
    }
}

fn form() -> EmailConfigurationForm {
    EmailConfigurationForm {
        account_logon: "svc@contoso.com".to_owned(),
        ews_url: "https://mail.contoso.com/EWS/Exchange.asmx".to_owned(),
        ..EmailConfigurationForm::default()
    }
}

#[tokio::test]
async fn a_check_with_a_typed_password_is_applied_by_saving_that_password() {
    let world = World::new().await;
    let draft = world.checked(Some("one")).await;
    assert_eq!(
        world.checked(Some("one")).await,
        draft,
        "checked twice, one question"
    );
    assert_eq!(world.saved(store("one")).await, draft);
    assert_eq!(
        world.checked(None).await,
        draft,
        "the stored one is the same"
    );
    assert_eq!(world.checked(Some("one")).await, draft, "typed again too");
}

#[tokio::test]
async fn a_check_with_one_password_proves_nothing_of_another() {
    let world = World::new().await;
    let draft = world.checked(Some("one")).await;
    assert_ne!(world.saved(store("two")).await, draft);
    let other = world.checked(Some("three")).await;
    assert_ne!(
        world.checked(None).await,
        other,
        "the stored one is another"
    );
    assert_ne!(world.saved(store("four")).await, other);
}

#[tokio::test]
async fn what_was_typed_in_an_earlier_session_is_not_taken_for_what_is_typed_now() {
    let world = World::new().await;
    let earlier = world.checked(Some("one")).await;
    world.forget();
    assert_ne!(world.checked(Some("two")).await, earlier);
    world.forget();
    assert_ne!(world.saved(store("three")).await, earlier);
}

#[tokio::test]
async fn a_stored_password_is_known_again_in_a_later_session() {
    let world = World::new().await;
    let saved = world.saved(store("one")).await;
    world.forget();
    assert_eq!(world.checked(Some("one")).await, saved);
    assert_eq!(
        world.saved(store("one")).await,
        saved,
        "the same password is no change"
    );
    assert_ne!(world.saved(store("two")).await, saved);
}

#[tokio::test]
async fn asked_for_each_time_the_typed_password_is_the_one_that_was_meant() {
    let world = World::new().await;
    let draft = world.checked(Some("one")).await;
    let saved = world.saved(ask(Some("one"))).await;
    assert_eq!(saved, draft, "the run is applied");
    world.forget();
    assert_eq!(
        world.checked(Some("one")).await,
        saved,
        "a later session has nothing to compare with"
    );
    assert_ne!(world.checked(Some("two")).await, saved, "but this one has");
}

#[tokio::test]
async fn a_removed_password_takes_its_proof_along() {
    let world = World::new().await;
    let saved = world.saved(store("one")).await;
    assert_ne!(world.saved(PasswordChange::Remove).await, saved);
}
