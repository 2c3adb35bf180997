//! Care relationships: who looks after whom. Declared by the clinic; opens sealed records to those who treat.

use crate::user::HOME;
use crate::{RELATIONSHIP, document};
use galen_kernel::{Fault, Instant, PatientId, UserId};
use galen_store::{Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch};
use serde::{Deserialize, Serialize};

/// Most relationships of one user that a decision looks at; a user with more should be given a role that sees the records.
pub const RELATIONSHIPS_OF_USER_MAX: u32 = 500;

const PARAM_USER: Param = Param(1);
const PARAM_PERIOD: Param = Param(2);

/// One relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Relationship {
    /// Who cares.
    pub user: UserId,
    /// For whom.
    pub patient: PatientId,
    /// Since when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// Who said so.
    pub declared_by: UserId,
}

/// The operation that stores a new relationship.
pub fn add(id: &str, relationship: &Relationship) -> Result<Operation, Fault> {
    let index = IndexRows {
        terms: vec![(PARAM_USER, relationship.user.as_str().as_bytes().to_vec())],
        spans: vec![(PARAM_PERIOD, relationship.from.micros(), relationship.until.micros())],
        ..IndexRows::default()
    };
    document::put(RELATIONSHIP, id, Expected::Absent, relationship, index)
}

/// The patients that a user cares for at `now`.
pub async fn patients_of(store: &Store, user: &UserId, now: Instant) -> Result<Vec<PatientId>, Fault> {
    let scan = Scan::new(
        RELATIONSHIP,
        vec![
            Condition::Any(vec![Match::Term(
                PARAM_USER,
                TermMatch::Equals(user.as_str().as_bytes().to_vec()),
            )]),
            document::in_force(PARAM_PERIOD, now),
        ],
        Order::Key { descending: true },
        RELATIONSHIPS_OF_USER_MAX,
    );
    let mut patients = Vec::new();
    for found in store.scan(HOME, &scan).await?.documents {
        if let Some(relationship) = document::read::<Relationship>(&found)? {
            patients.push(relationship.patient);
        }
    }
    Ok(patients)
}
