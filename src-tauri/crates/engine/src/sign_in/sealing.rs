//! Seals what is too long for the key store of Windows (2,560 bytes): AES-256-GCM with a random nonce, its
//! key in the key store, the organization and the kind as associated data. Without the key the bytes in
//! the database are worth nothing, and bytes of one organization or kind never open as another's.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::{Code, OrganizationId, Problem, Secret};
use store::sealed_secrets::SealedKind;
use zeroize::Zeroizing;

use crate::ports::{Dice, Vault};
use crate::stage::{Stage, on_blocking_thread};

/// Name of an organization's key in the key store.
pub(crate) fn sealing_key(organization: OrganizationId) -> String {
    format!("organization-{organization}-sealing-key")
}

/// Seals a secret: nonce, ciphertext, tag. The key is made where there is none.
///
/// # Errors
/// [`Code::KeyStore`]; then nothing can be kept.
pub(crate) async fn seal(
    stage: &Stage,
    organization: OrganizationId,
    kind: SealedKind,
    secret: &Secret,
) -> Result<Vec<u8>, Problem> {
    let (vault, dice) = (Arc::clone(&stage.vault), Arc::clone(&stage.dice));
    let secret = secret.clone();
    on_blocking_thread(move || {
        let key = key_or_new(vault.as_ref(), dice.as_ref(), organization)?;
        let mut bytes = Zeroizing::new(secret.expose().as_bytes().to_vec());
        let context = Aad::from(context(organization, kind));
        let nonce = key
            .seal_in_place_append_tag(context, &mut *bytes)
            .map_err(|error| crate::problems::internal("sealing a secret", &error))?;
        Ok([nonce.as_ref().as_slice(), &bytes].concat())
    })
    .await
}

/// Opens what was sealed. `None`: the key is gone or another, or the bytes are damaged; then it is as if
/// nothing had been kept.
///
/// # Errors
/// [`Code::KeyStore`].
pub(crate) async fn open(
    stage: &Stage,
    organization: OrganizationId,
    kind: SealedKind,
    sealed: Vec<u8>,
) -> Result<Option<Secret>, Problem> {
    let vault = Arc::clone(&stage.vault);
    on_blocking_thread(move || {
        let Some(key) = vault.load(&sealing_key(organization))? else {
            tracing::warn!(%organization, "the key of what is sealed is not in the key store");
            return Ok(None);
        };
        let opened = unsealed(&key, &context(organization, kind), &sealed);
        if opened.is_none() {
            tracing::warn!(%organization, kind = kind.as_str(), "what is sealed can't be opened");
        }
        Ok(opened)
    })
    .await
}

/// Forgets the key: whatever was sealed with it is worth nothing from now on.
///
/// # Errors
/// [`Code::KeyStore`].
pub(crate) async fn forget_key(stage: &Stage, organization: OrganizationId) -> Result<(), Problem> {
    let vault = Arc::clone(&stage.vault);
    on_blocking_thread(move || vault.remove(&sealing_key(organization))).await
}

fn key_or_new(
    vault: &dyn Vault,
    dice: &dyn Dice,
    organization: OrganizationId,
) -> Result<RandomizedNonceKey, Problem> {
    let name = sealing_key(organization);
    if let Some(known) = vault.load(&name)?
        && let Some(key) = key_of(&known)
    {
        return Ok(key);
    }
    let bytes = Zeroizing::new([dice.roll(), dice.roll()].concat());
    let fresh = Secret::new(STANDARD.encode(&*bytes));
    vault.store(&name, &fresh)?;
    key_of(&fresh)
        .ok_or_else(|| Problem::new(Code::Internal, "A key of 32 bytes was made, and is none."))
}

fn key_of(text: &Secret) -> Option<RandomizedNonceKey> {
    let bytes = Zeroizing::new(STANDARD.decode(text.expose()).ok()?);
    RandomizedNonceKey::new(&AES_256_GCM, &bytes).ok()
}

fn unsealed(key: &Secret, context: &str, sealed: &[u8]) -> Option<Secret> {
    let (nonce, ciphertext) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut bytes = Zeroizing::new(ciphertext.to_vec());
    let plain = key_of(key)?
        .open_in_place(nonce, Aad::from(context), &mut bytes)
        .ok()?;
    std::str::from_utf8(plain)
        .ok()
        .map(|text| Secret::new(text.to_owned()))
}

/// What the bytes belong to.
fn context(organization: OrganizationId, kind: SealedKind) -> String {
    format!("understudy sealed 1 {organization} {}", kind.as_str())
}

#[cfg(test)]
mod tests {
    use contract::{OrganizationId, Secret};
    use store::sealed_secrets::SealedKind;

    use super::{open, seal, sealing_key};
    use crate::{Engine, Options, VaultChoice};

    const ONE: OrganizationId = OrganizationId(1);
    const CANARY: &str = "canary-0f1e2d";

    async fn engine() -> Engine {
        let options = Options {
            vault: VaultChoice::Memory,
            ..Options::default()
        };
        Engine::temporary(options).await.expect("opens")
    }

    #[tokio::test]
    async fn what_is_sealed_opens_for_its_organization_and_kind_alone() {
        let engine = engine().await;
        let stage = engine.stage();
        let secret = Secret::new(CANARY.to_owned());
        let (tokens, app) = (SealedKind::Tokens, SealedKind::AppCredential);
        let sealed = seal(&stage, ONE, tokens, &secret).await.expect("sealed");
        assert!(
            !sealed
                .windows(6)
                .any(|part| part == &CANARY.as_bytes()[..6])
        );
        let again = seal(&stage, ONE, tokens, &secret).await.expect("sealed");
        assert_ne!(sealed, again, "a nonce is used once");
        let opened = |organization, kind, bytes: Vec<u8>| {
            let stage = engine.stage();
            async move {
                let opened = open(&stage, organization, kind, bytes)
                    .await
                    .expect("readable");
                opened.map(|secret| secret.expose().to_owned())
            }
        };
        assert_eq!(
            opened(ONE, tokens, sealed.clone()).await.as_deref(),
            Some(CANARY)
        );
        assert_eq!(opened(ONE, app, sealed.clone()).await, None, "another kind");
        let two = OrganizationId(2);
        seal(&stage, two, tokens, &secret).await.expect("sealed");
        assert_eq!(
            opened(two, tokens, sealed.clone()).await,
            None,
            "another key"
        );
        let own = stage
            .vault
            .load(&sealing_key(ONE))
            .expect("readable")
            .expect("there");
        stage.vault.store(&sealing_key(two), &own).expect("stored");
        assert_eq!(
            opened(two, tokens, sealed.clone()).await,
            None,
            "another organization"
        );
        let mut damaged = sealed.clone();
        *damaged.last_mut().expect("not empty") ^= 1;
        assert_eq!(opened(ONE, tokens, damaged).await, None);
        assert_eq!(opened(ONE, tokens, Vec::new()).await, None);
        stage.vault.remove(&sealing_key(ONE)).expect("removed");
        assert_eq!(opened(ONE, tokens, sealed).await, None, "the key is gone");
    }
}
