//! What an access token lets its client do: the one place where scopes become yes or no, and conditions of a search.

use super::scope::{Level, Permissions, ResourceScope, Scopes};
use crate::target::{Category, Met, Target};
use galen_kernel::{Instant, PatientId, Rejection, RejectionKind, UserId};
use serde::{Deserialize, Serialize};

/// Code of the refusal of what a token's scopes do not cover.
pub const INSUFFICIENT_SCOPE: &str = "insufficient-scope";

/// An access token's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The client that it was issued to.
    pub client: String,
    /// On whose behalf: never more than this account may.
    pub user: UserId,
    /// Nor more than this.
    pub scopes: Scopes,
    /// The patient in context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The encounter in context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<String>,
    /// The user's authorization that it stands on; `None` for a program of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
    /// Since when.
    pub issued: Instant,
    /// Until when.
    pub expires: Instant,
}

/// One way in which rows may be seen; of several, one suffices.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Granted {
    /// Only in this patient's compartment, and in no other's.
    pub patient: Option<PatientId>,
    /// Only what meets these search criteria.
    pub criteria: Option<String>,
}

/// What an action needs of a scope.
enum Need {
    /// All of these.
    All(Permissions),
    /// One of these.
    Any(Permissions),
    /// Something of anything: what it does is asked again, thing by thing.
    Entry,
}

/// What the actions of the FHIR edge need. Applications do nothing else here.
fn need(action: &str, is_search: bool) -> Option<Need> {
    Some(match action {
        "FhirRead" | "BindSubscription" => Need::All(Permissions::READ),
        "FhirSearch" => Need::All(Permissions::SEARCH),
        // The history of a type or of all is a search; that of one resource is a read. Of each version in it, either.
        "FhirHistory" if is_search => Need::All(Permissions::SEARCH),
        "FhirHistory" => Need::Any(Permissions::READ.with(Permissions::SEARCH)),
        "FhirCreate" => Need::All(Permissions::CREATE),
        "FhirUpdate" => Need::All(Permissions::UPDATE),
        "FhirDelete" => Need::All(Permissions::DELETE),
        "FhirExport" => Need::All(Permissions::READ.with(Permissions::SEARCH)),
        "FhirBundle" | "FhirImport" => Need::Entry,
        _ => return None,
    })
}

impl Need {
    fn is_met_by(&self, permissions: Permissions) -> bool {
        match self {
            Self::All(all) => permissions.has(*all),
            Self::Any(any) => permissions.has_any(*any),
            Self::Entry => true,
        }
    }

    /// Whether nothing is changed by it.
    fn only_reads(&self) -> bool {
        let changes = Permissions::CREATE.with(Permissions::UPDATE).with(Permissions::DELETE);
        match self {
            Self::All(all) | Self::Any(all) => !all.has_any(changes),
            Self::Entry => false,
        }
    }
}

/// Types that belong to no patient and that a patient's record cannot be read without: who, where, what words mean.
fn is_common(kind: &str) -> bool {
    matches!(Category::of_type(kind), Category::Directory | Category::Conformance) || kind == "Medication"
}

impl Grant {
    /// Whether the grant has run out.
    pub fn is_live(&self, now: Instant) -> bool {
        now < self.expires
    }

    /// The ways in which rows of `kind` may be seen for `action`; none is a refusal.
    pub fn granted(&self, action: &str, kind: &str) -> Vec<Granted> {
        self.ways(action, kind, true)
    }

    fn ways(&self, action: &str, kind: &str, is_search: bool) -> Vec<Granted> {
        let Some(need) = need(action, is_search) else { return Vec::new() };
        let is_gate = matches!(need, Need::Entry) || (action == "FhirExport" && kind == "Bundle");
        let way = |scope: &ResourceScope| {
            let fits = (is_gate || scope.is_about(kind)) && need.is_met_by(scope.permissions);
            let patient = match scope.level {
                Level::User | Level::System => None,
                Level::Patient if is_common(kind) && need.only_reads() => None,
                // A scope of a patient who is not known is good for nothing.
                Level::Patient => Some(self.patient.clone()?),
            };
            fits.then(|| Granted { patient, criteria: scope.criteria.clone() })
        };
        self.scopes.resources().filter_map(way).collect()
    }

    /// Whether the scopes cover this; `target` is a thing, or a kind of thing.
    pub fn permits(&self, action: &str, target: &Target) -> bool {
        let ways = self.ways(action, target.kind, false);
        match &target.met {
            Met::Unasked => !ways.is_empty(),
            Met::These(met) => ways.iter().any(|way| {
                let is_patients = way.patient.as_ref().is_none_or(|patient| {
                    !target.patients.is_empty() && target.patients.iter().all(|one| one == patient)
                });
                is_patients && way.criteria.as_ref().is_none_or(|criteria| met.contains(criteria))
            }),
        }
    }

    /// The criteria that scopes for `kind` speak of: what a resource of that kind must be held against.
    pub fn criteria_of(&self, kind: &str) -> impl Iterator<Item = &str> {
        let about = self.scopes.resources().filter(move |scope| scope.is_about(kind));
        about.filter_map(|scope| scope.criteria.as_deref())
    }
}

/// The refusal of what the scopes do not cover.
pub fn insufficient(kind: &str) -> Rejection {
    Rejection::new(
        RejectionKind::Forbidden,
        INSUFFICIENT_SCOPE,
        format!("The token's scopes do not cover this ({kind})"),
    )
    .next("Ask for a scope that covers it when the application is authorized")
}
