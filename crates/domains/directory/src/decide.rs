//! The rules of the directory: pure.

use crate::events::Event;
use crate::model::{Entry, PlaceKind};
use galen_kernel::{Rejection, RejectionKind};

/// Scope of the claims on bed names within a place.
pub const BED_NAME_SCOPE: &str = "bed-name";
/// Scope of the claims on practitioners' numbers.
pub const PRACTITIONER_NUMBER_SCOPE: &str = "practitioner-number";
/// Registers of professionals whose numbers belong to one person.
const PROFESSIONAL_REGISTERS: [&str; 3] = [
    "https://fhir.hl7.org.uk/Id/gmc-number",
    "https://fhir.hl7.org.uk/Id/nmc-number",
    "https://fhir.hl7.org.uk/Id/gphc-number",
];
/// How deep places may be nested.
pub const NESTING_MAX: usize = 16;
/// Longest name.
pub const NAME_CHARACTERS_MAX: usize = 300;

/// What the rules know of the places above an entry, nearest first.
#[derive(Debug, Clone, Default)]
pub struct Above(pub Vec<Entry>);

fn refuse(code: &'static str, at: &str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, code, message).at(at)
}

/// Adds an entry of `kind` (a resource type's name).
pub fn add(kind: &str, entry: &Entry, above: &Above) -> Result<Vec<Event>, Rejection> {
    check(kind, entry, above)?;
    Ok(vec![Event::Added { holds: holds(kind, entry) }])
}

/// Changes an entry.
pub fn amend(kind: &str, before: &Entry, after: &Entry, above: &Above) -> Result<Vec<Event>, Rejection> {
    check(kind, after, above)?;
    let (old, new) = (holds(kind, before), holds(kind, after));
    let leaves = old.iter().filter(|claim| !new.contains(claim)).cloned().collect();
    let takes = new.into_iter().filter(|claim| !old.contains(claim)).collect();
    Ok(vec![Event::Amended { leaves, takes }])
}

fn check(kind: &str, entry: &Entry, above: &Above) -> Result<(), Rejection> {
    if let Some(name) = &entry.name
        && (name.trim().is_empty() || name.chars().count() > NAME_CHARACTERS_MAX)
    {
        return Err(refuse("name-invalid", "name", "A name has 1 to 300 characters"));
    }
    if above.0.iter().any(|place| place.id == entry.id && !entry.id.is_empty()) {
        return Err(refuse("part-of-itself", "partOf", &format!("This {kind} would be part of itself"))
            .next("Choose a parent that is not below it"));
    }
    if above.0.len() > NESTING_MAX {
        return Err(refuse("nested-too-deep", "partOf", "Places are nested at most 16 deep"));
    }
    match (entry.place, above.0.first().and_then(|parent| parent.place)) {
        (Some(PlaceKind::Bed), None) => {
            Err(refuse("bed-needs-ward", "partOf", "A bed stands in a ward or a room")
                .next("Give the ward or room as partOf"))
        }
        (Some(kind), Some(parent)) if !kind.fits_in(parent) => {
            Err(refuse("place-does-not-fit", "partOf", "A place of this kind cannot be part of that one"))
        }
        _ => Ok(()),
    }
}

/// What an entry must hold alone.
fn holds(kind: &str, entry: &Entry) -> Vec<(&'static str, String)> {
    match (kind, entry.place, &entry.part_of, &entry.name) {
        ("Location", Some(PlaceKind::Bed), Some(parent), Some(name)) => {
            vec![(BED_NAME_SCOPE, format!("{parent} {}", name.trim().to_lowercase()))]
        }
        ("Practitioner", ..) => entry
            .identifiers
            .iter()
            .filter(|(system, _)| PROFESSIONAL_REGISTERS.contains(&system.as_str()))
            .map(|(system, value)| (PRACTITIONER_NUMBER_SCOPE, format!("{system}|{value}")))
            .collect(),
        _ => Vec::new(),
    }
}
