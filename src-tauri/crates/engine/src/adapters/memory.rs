//! A key store in memory: for tests and for practice, never for real secrets. It forgets with the
//! process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use contract::{Problem, Secret};

use crate::ports::Vault;

/// A key store in memory.
#[derive(Debug, Default)]
pub struct MemoryVault {
    secrets: Mutex<HashMap<String, Secret>>,
}

impl Vault for MemoryVault {
    fn name(&self) -> &'static str {
        "Memory (practice)"
    }

    fn probe(&self) -> Result<(), Problem> {
        Ok(())
    }

    fn store(&self, key: &str, secret: &Secret) -> Result<(), Problem> {
        self.secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.to_owned(), secret.clone());
        Ok(())
    }

    fn load(&self, key: &str) -> Result<Option<Secret>, Problem> {
        Ok(self
            .secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned())
    }

    fn remove(&self, key: &str) -> Result<(), Problem> {
        self.secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
        Ok(())
    }
}
