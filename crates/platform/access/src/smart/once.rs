//! What works once: a code, a launch, a refresh token, an assertion. Each is a claim in the store while it is good, and
//! another once it is spent, so that no process of the installation takes it twice.

use super::secret::hash_of;
use crate::user::HOME;
use galen_kernel::{Fault, Instant};
use galen_store::{Conflict, Operation, Store};
use serde::{Serialize, de::DeserializeOwned};

/// What is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// An authorization code.
    Code,
    /// An EHR's launch.
    Launch,
    /// An access token: works until it expires, not once.
    Access,
    /// A refresh token.
    Refresh,
    /// A client's assertion, by its client and `jti`.
    Assertion,
}

impl Presented {
    const fn scope(self) -> &'static str {
        match self {
            Self::Code => "smart-code",
            Self::Launch => "smart-launch",
            Self::Access => "smart-access",
            Self::Refresh => "smart-refresh",
            Self::Assertion => "smart-assertion",
        }
    }

    const fn spent_scope(self) -> &'static str {
        match self {
            Self::Code => "smart-code-spent",
            Self::Launch => "smart-launch-spent",
            Self::Access => "smart-access-spent",
            Self::Refresh => "smart-refresh-spent",
            Self::Assertion => "smart-assertion-spent",
        }
    }

    /// The operation that makes it good until then, standing for `value`.
    pub fn issue<T: Serialize>(self, secret: &str, value: &T, until: Instant) -> Result<Operation, Fault> {
        Ok(Operation::Claim {
            scope: self.scope(),
            value: hash_of(secret),
            holder: bytes(value)?,
            until: Some(until),
        })
    }

    /// What it stands for, while it is good.
    pub async fn find<T: DeserializeOwned>(
        self,
        store: &Store,
        secret: &str,
        now: Instant,
    ) -> Result<Option<T>, Fault> {
        read(store, self.scope(), secret, now).await
    }

    /// The operation that ends it.
    pub fn end(self, secret: &str) -> Operation {
        Operation::Release { scope: self.scope(), value: hash_of(secret) }
    }

    /// The operation that spends it: refused ([`Self::is_spent_by`]) when it was spent before. `value` is what a second
    /// try is told.
    pub fn spend<T: Serialize>(self, secret: &str, value: &T, until: Instant) -> Result<Operation, Fault> {
        Ok(Operation::Claim {
            scope: self.spent_scope(),
            value: hash_of(secret),
            holder: bytes(value)?,
            until: Some(until),
        })
    }

    /// What was noted when it was spent, if it was.
    pub async fn spent<T: DeserializeOwned>(
        self,
        store: &Store,
        secret: &str,
        now: Instant,
    ) -> Result<Option<T>, Fault> {
        read(store, self.spent_scope(), secret, now).await
    }

    /// Whether a commit failed because it was spent in the meantime.
    pub fn is_spent_by(self, conflict: &Conflict) -> bool {
        matches!(conflict, Conflict::Claimed { scope, .. } if *scope == self.spent_scope())
    }
}

async fn read<T: DeserializeOwned>(
    store: &Store,
    scope: &'static str,
    secret: &str,
    now: Instant,
) -> Result<Option<T>, Fault> {
    let Some(claim) = store.claim(HOME, scope, &hash_of(secret), now).await? else { return Ok(None) };
    serde_json::from_slice(&claim.holder).map(Some).map_err(|e| Fault::new("smart claim", e))
}

fn bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|e| Fault::new("smart claim", e))
}
