//! What a user allowed a client: one document each, which the user can list and revoke. Its tokens stand on it and fall
//! with it.

use super::scope::{Plain, Scopes};
use crate::user::HOME;
use crate::{AUTHORIZATION, document};
use galen_kernel::{
    Fault, Instant, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND, PatientId, UserId,
};
use galen_store::{Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch};
use serde::{Deserialize, Serialize};

/// Life of an access token.
pub const ACCESS_MICROS: i64 = MICROS_PER_HOUR;
/// Life of a token of a program (Backend Services: five minutes).
pub const BACKEND_ACCESS_MICROS: i64 = 5 * MICROS_PER_MINUTE;
/// Life of an authorization code.
pub const CODE_MICROS: i64 = MICROS_PER_MINUTE;
/// How long a code that was used is remembered, so that its second use ends what the first began.
pub const CODE_REMEMBERED_MICROS: i64 = MICROS_PER_DAY;
/// Life of an EHR's launch.
pub const LAUNCH_MICROS: i64 = 5 * MICROS_PER_MINUTE;
/// Time that a user has to decide.
pub const REQUEST_MICROS: i64 = 15 * MICROS_PER_MINUTE;
/// An authorization ends so long after it was given, whatever happens.
pub const AGE_MICROS_MAX: i64 = 90 * MICROS_PER_DAY;
/// Most authorizations of one user that are listed.
pub const AUTHORIZATIONS_LISTED_MAX: u32 = 1_000;

const PARAM_USER: Param = Param(1);

/// An authorization as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    /// Whose.
    pub user: UserId,
    /// For which client.
    pub client: String,
    /// What was allowed.
    pub scopes: Scopes,
    /// About which patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// Within which encounter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<String>,
    /// The browser session that it lasts as long as; `None` when it outlives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// When it was given.
    pub created: Instant,
}

/// An authorization with its id and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAuthorization {
    /// Its id.
    pub id: String,
    /// Version of its document.
    pub version: u64,
    /// The authorization.
    pub authorization: Authorization,
}

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The authorization that the user gave.
    pub authorization: String,
    /// The client that it was sent to.
    pub client: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// PKCE.
    pub challenge: String,
    /// For the id token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

/// What a launch stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// Who launched.
    pub user: UserId,
    /// Which client.
    pub client: String,
    /// Whose record was open.
    pub patient: PatientId,
    /// Which encounter was open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<String>,
}

/// What a refresh token stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// The authorization.
    pub authorization: String,
    /// The client that it was issued to.
    pub client: String,
}

impl Authorization {
    /// Whether it is good for more than the one token that its code brings.
    pub fn lasts(&self) -> bool {
        self.session.is_some() || self.scopes.has(Plain::OfflineAccess)
    }

    /// When it ends by itself: one that nothing can be refreshed on, with its only token.
    pub fn expires(&self) -> Instant {
        let life = if self.lasts() { AGE_MICROS_MAX } else { CODE_MICROS + ACCESS_MICROS };
        self.created.plus_micros(life)
    }

    /// Whether it has not run out.
    pub fn is_live(&self, now: Instant) -> bool {
        now < self.expires()
    }
}

/// Whole seconds of a life.
pub const fn seconds(micros: i64) -> i64 {
    micros / MICROS_PER_SECOND
}

impl StoredAuthorization {
    /// The operation that keeps it.
    pub fn add(&self) -> Result<Operation, Fault> {
        let terms = vec![(PARAM_USER, self.authorization.user.as_str().as_bytes().to_vec())];
        let index = IndexRows { terms, ..IndexRows::default() };
        document::put(AUTHORIZATION, &self.id, Expected::Absent, &self.authorization, index)
    }

    /// The operation that ends it, and with it every token that stands on it.
    pub fn end(&self) -> Operation {
        Operation::Delete { kind: AUTHORIZATION, id: self.id.clone(), expected: self.version }
    }
}

/// The authorization with this id, while it holds.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<StoredAuthorization>, Fault> {
    let Some(found) = store.get(HOME, AUTHORIZATION, id).await? else { return Ok(None) };
    let Some(authorization) = document::read(&found)? else { return Ok(None) };
    Ok(Some(StoredAuthorization { id: found.id, version: found.version, authorization }))
}

/// The authorizations of a user, newest first.
pub async fn of_user(store: &Store, user: &UserId, now: Instant) -> Result<Vec<StoredAuthorization>, Fault> {
    let own = TermMatch::Equals(user.as_str().as_bytes().to_vec());
    let scan = Scan::new(
        AUTHORIZATION,
        vec![Condition::Any(vec![Match::Term(PARAM_USER, own)])],
        Order::Key { descending: true },
        AUTHORIZATIONS_LISTED_MAX,
    );
    let mut all = Vec::new();
    for found in store.scan(HOME, &scan).await?.documents {
        let Some(authorization) = document::read::<Authorization>(&found)? else { continue };
        if authorization.is_live(now) {
            all.push(StoredAuthorization { id: found.id, version: found.version, authorization });
        }
    }
    Ok(all)
}
