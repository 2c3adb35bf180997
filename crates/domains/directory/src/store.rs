//! The directory in the store: what stands above an entry, and its claims.

use crate::decide::{Above, BED_NAME_SCOPE, NESTING_MAX, PRACTITIONER_NUMBER_SCOPE};
use crate::events::Event;
use crate::model::{Entry, entry};
use galen_fhir::ResourceType;
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::House;
use galen_store::{Conflict, Operation, ShardId};

/// Where a zone's claims on names lie.
const CLAIMS: ShardId = ShardId(0);

/// The entries above this one, nearest first, as far as they are there.
pub async fn above(house: &House, of: &Entry) -> Result<Above, Fault> {
    let mut all = Vec::new();
    let mut next = of.part_of.clone();
    while let Some(reference) = next.take() {
        if all.len() > NESTING_MAX
            || all.iter().any(|e: &Entry| Some(e.id.as_str()) == reference.split('/').nth(1))
        {
            break;
        }
        let Some((name, id)) = reference.split_once('/') else { break };
        let Some(resource_type) = ResourceType::parse(name) else { break };
        let Some(found) = house.records.get(resource_type, id).await? else { break };
        let Some(resource) = found.resource()? else { break };
        let found = entry(&resource);
        next.clone_from(&found.part_of);
        all.push(found);
    }
    Ok(Above(all))
}

/// Writes an event's claims.
pub fn claim(holder: &str, events: &[Event], change: &mut Change) {
    for event in events {
        let (leaves, takes): (&[_], &[_]) = match event {
            Event::Added { holds } => (&[], holds),
            Event::Amended { leaves, takes } => (leaves, takes),
        };
        for (scope, value) in leaves {
            change.push(CLAIMS, Operation::Release { scope, value: value.clone() });
        }
        for (scope, value) in takes {
            let holder = holder.as_bytes().to_vec();
            change.push(CLAIMS, Operation::Claim { scope, value: value.clone(), holder, until: None });
        }
    }
}

/// What a clash on a name means.
pub fn clash(conflict: &Conflict) -> Option<Rejection> {
    let (code, at, message) = match conflict {
        Conflict::Claimed { scope, .. } if *scope == BED_NAME_SCOPE => {
            ("bed-name-taken", "name", "Another bed of this place has the name")
        }
        Conflict::Claimed { scope, .. } if *scope == PRACTITIONER_NUMBER_SCOPE => {
            ("identifier-taken", "identifier", "Another practitioner has this identifier")
        }
        _ => return None,
    };
    Some(Rejection::new(RejectionKind::Conflict, code, message).at(at))
}
