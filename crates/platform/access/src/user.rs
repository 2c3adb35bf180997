//! User accounts: one document each, the name claimed so that it is unique.

use crate::actor::{Actor, ActorKind, EffectivePosition, Position};
use crate::roles::RoleCatalogue;
use crate::{USER, document};
use galen_kernel::{
    Fault, Instant, MICROS_PER_SECOND, PatientId, Phi, PractitionerId, Rejection, RejectionKind, UserId,
};
use galen_store::{
    Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, ShardId, Store, TermMatch,
};
use serde::{Deserialize, Serialize};

/// The shard that keeps accounts, sessions and keys.
pub const HOME: ShardId = ShardId(0);
/// How long a cached account may be served after it changed: bounds how late a revocation is seen.
pub const USER_CACHE_MICROS_MAX: i64 = MICROS_PER_SECOND;
/// Most characters of a sign-in name.
pub const NAME_CHARACTERS_MAX: usize = 64;
/// Most accounts that one listing shows.
pub const USERS_LISTED_MAX: u32 = 1_000;
/// Scope of the claim that makes an account the only one of its patient.
pub const PATIENT_SCOPE: &str = "patient-account";
/// Scope of the claim on sign-in names.
pub const NAME_SCOPE: &str = "user-name";

const PARAM_NAME: Param = Param(1);

/// An account as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Sign-in name, lower case.
    pub name: String,
    /// What kind of account.
    pub kind: ActorKind,
    /// What it holds.
    pub positions: Vec<Position>,
    /// The patient it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The practitioner it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerId>,
    /// argon2id, PHC format.
    pub password_hash: Phi<String>,
    /// Whether the password was set by somebody else and must be changed at the next sign-in.
    pub password_expired: bool,
    /// Secret of one-time codes, hex; `None` until enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_secret: Option<Phi<String>>,
    /// Whether a code made with the secret was ever given.
    #[serde(default)]
    pub totp_confirmed: bool,
    /// Step of the last code taken, so that none is taken twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_last_step: Option<u64>,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Sessions and tokens made before this are void.
    pub valid_from: Instant,
    /// When it was made.
    pub created: Instant,
}

/// An account with its id and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUser {
    /// Its id.
    pub id: UserId,
    /// Version of its document.
    pub version: u64,
    /// The account.
    pub user: User,
}

/// Reads a sign-in name: 1 to 64 of letters, digits, `.`, `-`, `_`, `@`, in lower case.
pub fn parse_name(text: &str) -> Result<String, Rejection> {
    let name = text.trim().to_lowercase();
    let fits = (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    if fits {
        Ok(name)
    } else {
        Err(Rejection::new(
            RejectionKind::Unprocessable,
            "user-name-invalid",
            "A sign-in name has 1 to 64 letters, digits, dots, dashes, underscores or @",
        )
        .at("name"))
    }
}

impl User {
    /// A new account with one position.
    pub fn new(
        name: String,
        kind: ActorKind,
        position: Position,
        password_hash: String,
        at: Instant,
    ) -> Self {
        Self {
            name,
            kind,
            positions: vec![position],
            patient: None,
            practitioner: None,
            password_hash: Phi::new(password_hash),
            password_expired: true,
            totp_secret: None,
            totp_confirmed: false,
            totp_last_step: None,
            disabled: false,
            valid_from: at,
            created: at,
        }
    }
}

impl StoredUser {
    /// The actor that this account is.
    pub fn actor(&self, catalogue: &RoleCatalogue) -> Actor {
        Actor {
            user: self.id.clone(),
            name: self.user.name.clone(),
            kind: self.user.kind,
            positions: self
                .user
                .positions
                .iter()
                .map(|p| EffectivePosition {
                    role: p.role.clone(),
                    facility: p.facility.clone(),
                    activities: catalogue.effective(&p.role, &p.added),
                })
                .collect(),
            patient: self.user.patient.clone(),
            practitioner: self.user.practitioner.clone(),
            version: self.version,
            grant: None,
            acting: None,
        }
    }

    /// The operations that add this account: the document and the claims on its name and its patient.
    pub fn add(&self) -> Result<Vec<Operation>, Fault> {
        let claim = |scope, value| {
            let holder = self.id.as_str().as_bytes().to_vec();
            Operation::Claim { scope, value, holder, until: None }
        };
        let mut operations = vec![
            document::put(USER, self.id.as_str(), Expected::Absent, &self.user, index(&self.user))?,
            claim(NAME_SCOPE, self.user.name.clone()),
        ];
        if let Some(patient) = &self.user.patient {
            operations.push(claim(PATIENT_SCOPE, patient.as_str().to_owned()));
        }
        Ok(operations)
    }

    /// The operation that stores the account as changed since it was read.
    pub fn change(&self) -> Result<Operation, Fault> {
        document::put(USER, self.id.as_str(), Expected::Version(self.version), &self.user, index(&self.user))
    }
}

fn index(user: &User) -> IndexRows {
    IndexRows { terms: vec![(PARAM_NAME, user.name.as_bytes().to_vec())], ..IndexRows::default() }
}

/// The account with this id.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<StoredUser>, Fault> {
    let Some(found) = store.get(HOME, USER, id).await? else { return Ok(None) };
    let Some(user) = document::read(&found)? else { return Ok(None) };
    let id = UserId::parse(found.id).map_err(|e| Fault::new("user id", e))?;
    Ok(Some(StoredUser { id, version: found.version, user }))
}

/// The accounts of these ids that there are, in one round trip.
pub async fn many(store: &Store, ids: impl Iterator<Item = &str>) -> Result<Vec<StoredUser>, Fault> {
    let wanted: Vec<_> = ids.map(|id| (USER, id.to_owned())).collect();
    let mut users = Vec::with_capacity(wanted.len());
    for found in store.get_many(HOME, &wanted).await? {
        if let Some(user) = document::read(&found)? {
            let id = UserId::parse(found.id).map_err(|e| Fault::new("user id", e))?;
            users.push(StoredUser { id, version: found.version, user });
        }
    }
    Ok(users)
}

/// The account with this sign-in name.
pub async fn by_name(store: &Store, name: &str, now: Instant) -> Result<Option<StoredUser>, Fault> {
    match store.claim(HOME, NAME_SCOPE, name, now).await? {
        None => Ok(None),
        Some(claim) => by_id(store, &String::from_utf8_lossy(&claim.holder)).await,
    }
}

/// Whether a patient has an account.
pub async fn is_patients(store: &Store, patient: &PatientId, now: Instant) -> Result<bool, Fault> {
    Ok(store.claim(HOME, PATIENT_SCOPE, patient.as_str(), now).await?.is_some())
}

/// All accounts by name, up to [`USERS_LISTED_MAX`].
pub async fn list(store: &Store) -> Result<Vec<StoredUser>, Fault> {
    let scan = Scan::new(
        USER,
        vec![Condition::Any(vec![Match::Term(PARAM_NAME, TermMatch::Present)])],
        Order::Term { param: PARAM_NAME, descending: false },
        USERS_LISTED_MAX,
    );
    let mut users = Vec::new();
    for found in store.scan(HOME, &scan).await?.documents {
        if let Some(user) = document::read(&found)? {
            let id = UserId::parse(found.id).map_err(|e| Fault::new("user id", e))?;
            users.push(StoredUser { id, version: found.version, user });
        }
    }
    Ok(users)
}
