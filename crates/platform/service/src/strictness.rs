//! How strictly each facility wants what is written to be checked.

use galen_access::Actor;
use galen_fhir::validate::Strictness;
use std::collections::BTreeMap;

/// What the operator says of the facilities.
#[derive(Debug, Clone, Default)]
pub struct FacilityStrictness {
    /// Where nothing else is said.
    pub usual: Strictness,
    /// By the id of the facility's Organization.
    pub facilities: BTreeMap<String, Strictness>,
}

impl FacilityStrictness {
    /// For what this actor writes: the strictest of the facilities where they hold a position.
    pub fn of(&self, actor: &Actor) -> Strictness {
        let at = |facility: Option<&String>| {
            facility.and_then(|id| self.facilities.get(id)).copied().unwrap_or(self.usual)
        };
        actor.positions.iter().map(|one| at(one.facility.as_ref())).max().unwrap_or(self.usual)
    }
}
