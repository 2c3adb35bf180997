//! Break-glass: a clinician opens a sealed record without a relationship. A reason, 60 minutes, an alert, a review.

use crate::user::HOME;
use crate::{BREAK_GLASS, document};
use galen_kernel::{
    Contract, Fault, Instant, MICROS_PER_MINUTE, PatientId, Phi, Rejection, RejectionKind, UserId,
};
use galen_store::{Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch};
use serde::{Deserialize, Serialize};

/// How long a record stays open.
pub const OPEN_MICROS: i64 = 60 * MICROS_PER_MINUTE;
/// Fewest characters of a reason: one that a reviewer can judge.
pub const REASON_CHARACTERS_MIN: usize = 10;
/// Most characters of a reason.
pub const REASON_CHARACTERS_MAX: usize = 1_000;
/// Most grants that one listing shows.
pub const GRANTS_LISTED_MAX: u32 = 1_000;

const PARAM_USER: Param = Param(1);
const PARAM_REVIEW: Param = Param(2);
const PARAM_OPEN: Param = Param(3);

/// Whether somebody has looked at a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Review {
    /// Nobody yet.
    Pending,
    /// It was right to open the record.
    Justified {
        /// Who says so.
        by: UserId,
        /// When.
        at: Instant,
    },
    /// It was not: an incident follows.
    Unjustified {
        /// Who says so.
        by: UserId,
        /// When.
        at: Instant,
    },
}

/// One opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Who opened it.
    pub user: UserId,
    /// Whose record.
    pub patient: PatientId,
    /// Why, in the clinician's words.
    pub reason: Phi<String>,
    /// Since when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// What a reviewer said.
    pub review: Review,
    /// The Task that asks for the review.
    pub task: String,
}

/// A grant with its id and version.
#[derive(Debug, Clone)]
pub struct StoredGrant {
    /// Its id.
    pub id: String,
    /// Version of its document.
    pub version: u64,
    /// The grant.
    pub grant: Grant,
}

/// Somebody opened a record by break-glass: an alert, and a review that must follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakGlassOpenedV1 {
    /// Who.
    pub user: UserId,
    /// Whose record.
    pub patient: PatientId,
    /// Until when it stays open.
    pub until: Instant,
    /// The review task.
    pub task: String,
}

impl Contract for BreakGlassOpenedV1 {
    const NAME: &'static str = "access.BreakGlassOpenedV1";
    fn subject(&self) -> String {
        format!("Patient/{}", self.patient)
    }
}

/// Opens a record: the grant, or why not.
pub fn open(
    user: UserId,
    patient: PatientId,
    reason: &str,
    at: Instant,
    task: String,
) -> Result<Grant, Rejection> {
    let reason = reason.trim();
    let length = reason.chars().count();
    if !(REASON_CHARACTERS_MIN..=REASON_CHARACTERS_MAX).contains(&length) {
        return Err(Rejection::new(
            RejectionKind::Unprocessable,
            "reason-required",
            "Break-glass needs a reason of 10 to 1000 characters",
        )
        .at("reason")
        .next("Say why the record is needed now"));
    }
    let until = at.plus_micros(OPEN_MICROS);
    Ok(Grant {
        user,
        patient,
        reason: Phi::new(reason.to_owned()),
        from: at,
        until,
        review: Review::Pending,
        task,
    })
}

/// Closes the review; a reviewer may not judge the own opening, and a judgement stands.
pub fn review(grant: &Grant, by: UserId, justified: bool, at: Instant) -> Result<Grant, Rejection> {
    if grant.review != Review::Pending {
        return Err(Rejection::new(
            RejectionKind::Conflict,
            "already-reviewed",
            "This opening was reviewed before",
        ));
    }
    if grant.user == by {
        return Err(Rejection::new(
            RejectionKind::Forbidden,
            "own-opening",
            "Nobody reviews the own opening",
        )
        .next("Ask another reviewer"));
    }
    let review = if justified { Review::Justified { by, at } } else { Review::Unjustified { by, at } };
    Ok(Grant { review, ..grant.clone() })
}

fn index(grant: &Grant) -> IndexRows {
    let review: &[u8] = if grant.review == Review::Pending { b"pending" } else { b"done" };
    IndexRows {
        terms: vec![(PARAM_USER, grant.user.as_str().as_bytes().to_vec()), (PARAM_REVIEW, review.to_vec())],
        spans: vec![(PARAM_OPEN, grant.from.micros(), grant.until.micros())],
        ..IndexRows::default()
    }
}

/// The operation that stores a new grant.
pub fn add(id: &str, grant: &Grant) -> Result<Operation, Fault> {
    document::put(BREAK_GLASS, id, Expected::Absent, grant, index(grant))
}

impl StoredGrant {
    /// The operation that stores the grant as reviewed.
    pub fn change(&self, grant: &Grant) -> Result<Operation, Fault> {
        document::put(BREAK_GLASS, &self.id, Expected::Version(self.version), grant, index(grant))
    }
}

/// One grant.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<StoredGrant>, Fault> {
    let Some(found) = store.get(HOME, BREAK_GLASS, id).await? else { return Ok(None) };
    let Some(grant) = document::read(&found)? else { return Ok(None) };
    Ok(Some(StoredGrant { id: found.id, version: found.version, grant }))
}

/// A user's grants that are open at `now`.
pub async fn open_of(store: &Store, user: &UserId, now: Instant) -> Result<Vec<StoredGrant>, Fault> {
    let all = vec![
        Condition::Any(vec![Match::Term(PARAM_USER, TermMatch::Equals(user.as_str().as_bytes().to_vec()))]),
        Condition::Any(vec![Match::Span {
            param: PARAM_OPEN,
            low: (galen_store::Bound::Open, galen_store::Bound::Open),
            high: (galen_store::Bound::Excluded(now.micros()), galen_store::Bound::Open),
        }]),
    ];
    listed(store, all).await
}

/// Grants that nobody has reviewed.
pub async fn pending(store: &Store) -> Result<Vec<StoredGrant>, Fault> {
    let wanted = Match::Term(PARAM_REVIEW, TermMatch::Equals(b"pending".to_vec()));
    listed(store, vec![Condition::Any(vec![wanted])]).await
}

async fn listed(store: &Store, all: Vec<Condition>) -> Result<Vec<StoredGrant>, Fault> {
    let order = Order::Key { descending: true };
    let scan = Scan::new(BREAK_GLASS, all, order, GRANTS_LISTED_MAX);
    let mut grants = Vec::new();
    for found in store.scan(HOME, &scan).await?.documents {
        if let Some(grant) = document::read(&found)? {
            grants.push(StoredGrant { id: found.id, version: found.version, grant });
        }
    }
    Ok(grants)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn user(id: &str) -> UserId {
        UserId::parse(id).unwrap()
    }

    #[test]
    fn a_reason_is_needed_and_an_hour_is_given() {
        let at = Instant::from_micros(0);
        let patient = PatientId::parse("p").unwrap();
        assert_eq!(
            open(user("u"), patient.clone(), " too short ", at, "t".into()).unwrap_err().code,
            "reason-required"
        );
        let grant = open(user("u"), patient, "unconscious, allergies unknown", at, "t".into()).unwrap();
        assert_eq!(grant.until.since(at), OPEN_MICROS);
    }

    #[test]
    fn a_review_is_by_another_and_stands() {
        let at = Instant::from_micros(0);
        let grant =
            open(user("u"), PatientId::parse("p").unwrap(), "unconscious patient", at, "t".into()).unwrap();
        assert_eq!(review(&grant, user("u"), true, at).unwrap_err().code, "own-opening");
        let reviewed = review(&grant, user("v"), true, at).unwrap();
        assert_eq!(review(&reviewed, user("v"), false, at).unwrap_err().code, "already-reviewed");
    }
}
