//! Who acts, from where, why and when: what the edge learns once and every decision reads.

use crate::proxy::Acting;
use crate::smart::Grant;
use galen_kernel::{Instant, PatientId, PractitionerId, RequestId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A post that a user holds at a facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Position {
    /// Role code of the catalogue.
    pub role: String,
    /// Where: the id of the Organization that runs the facility; `None` = every facility of this installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<String>,
    /// Activities added for this person beyond the role's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
}

/// Why a record is opened (HL7 v3 PurposeOfUse).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PurposeOfUse {
    /// Treatment.
    Treat,
    /// Emergency treatment.
    Etreat,
    /// Healthcare operations.
    Hoperat,
    /// Payment.
    Hpaymt,
    /// Public health.
    Pubhlth,
    /// Research.
    Hresch,
    /// The patient's own request.
    Patrqt,
    /// System administration.
    Hsysadmin,
}

impl PurposeOfUse {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Treat,
        Self::Etreat,
        Self::Hoperat,
        Self::Hpaymt,
        Self::Pubhlth,
        Self::Hresch,
        Self::Patrqt,
        Self::Hsysadmin,
    ];

    /// The v3-ActReason code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Treat => "TREAT",
            Self::Etreat => "ETREAT",
            Self::Hoperat => "HOPERAT",
            Self::Hpaymt => "HPAYMT",
            Self::Pubhlth => "PUBHLTH",
            Self::Hresch => "HRESCH",
            Self::Patrqt => "PATRQT",
            Self::Hsysadmin => "HSYSADMIN",
        }
    }

    /// Reads a v3-ActReason code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }
}

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// Works here.
    Staff,
    /// A patient (or a proxy).
    Patient,
    /// A program.
    Service,
}

impl ActorKind {
    /// As policies see it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Patient => "patient",
            Self::Service => "service",
        }
    }
}

/// A position with its activities worked out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EffectivePosition {
    /// Role code.
    pub role: String,
    /// Facility, or every facility.
    pub facility: Option<String>,
    /// Role's and added activities, inclusions followed.
    pub activities: BTreeSet<String>,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user: UserId,
    /// Its sign-in name.
    pub name: String,
    /// Its kind.
    pub kind: ActorKind,
    /// What it holds.
    pub positions: Vec<EffectivePosition>,
    /// The patient it is, for patients; whoever acts for somebody is that patient, within `acting`.
    pub patient: Option<PatientId>,
    /// The practitioner it is, for staff.
    pub practitioner: Option<PractitionerId>,
    /// Version of the account document: a change of rights changes it, so it keys decision caches.
    pub version: u64,
    /// The application that acts for the account, and what its token covers; `None` when the account acts itself.
    pub grant: Option<Arc<Grant>>,
    /// By which proxy it acts for the patient; `None` for oneself.
    pub acting: Option<Acting>,
}

impl Actor {
    /// What the actor may do at `facility` (all of it where the thing belongs to no facility).
    pub fn activities_at(&self, facility: Option<&str>) -> BTreeSet<&str> {
        self.positions
            .iter()
            .filter(|p| match (&p.facility, facility) {
                (Some(own), Some(asked)) => own == asked,
                _ => true,
            })
            .flat_map(|p| p.activities.iter().map(String::as_str))
            .collect()
    }

    /// The role codes held.
    pub fn roles(&self) -> Vec<&str> {
        self.positions.iter().map(|p| p.role.as_str()).collect()
    }

    /// The purpose that is assumed when a request names none.
    pub fn default_purpose(&self) -> PurposeOfUse {
        match self.kind {
            ActorKind::Patient => PurposeOfUse::Patrqt,
            ActorKind::Service => PurposeOfUse::Hoperat,
            ActorKind::Staff if self.activities_at(None).contains("B0062") => PurposeOfUse::Hsysadmin,
            ActorKind::Staff => PurposeOfUse::Treat,
        }
    }
}

/// A request's standing: actor, purpose, time, place.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who.
    pub actor: Arc<Actor>,
    /// Why.
    pub purpose: PurposeOfUse,
    /// When the request was taken in.
    pub at: Instant,
    /// Its id, for traces and the audit.
    pub request: RequestId,
    /// The client's address, for the audit.
    pub client: String,
    /// The browser session it came in, if it did.
    pub session: Option<String>,
    /// Whether the sign-in had two factors.
    pub multi_factor: bool,
}
