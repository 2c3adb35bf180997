//! References between the entries of a bundle: conditional ones, and those that lead nowhere.

use galen_fhir::bundle::RequestEntry;
use galen_fhir::{Json, Resource, ResourceType};
use galen_kernel::{Rejection, RejectionKind};

/// A cheap look before the located one: most resources have no conditional reference.
pub(crate) fn has_conditional_reference(resource: &Resource) -> bool {
    any_reference(resource, |text| text.contains('?'))
}

/// Whether what looks like a reference passes; without its place, which costs more to find.
fn any_reference(resource: &Resource, test: impl Fn(&str) -> bool + Copy) -> bool {
    fn within(json: &Json, test: impl Fn(&str) -> bool + Copy) -> bool {
        match json {
            Json::Object(object) => object.iter().any(|(name, value)| {
                (name == "reference" && value.as_str().is_some_and(test)) || within(value, test)
            }),
            Json::Array(items) => items.iter().any(|item| within(item, test)),
            _ => false,
        }
    }
    within(resource.json(), test)
}

/// A place within an entry's resource.
pub(crate) fn place_of(index: usize, location: &str) -> String {
    let place = location.split_once('.').map_or("", |(_, rest)| rest);
    format!("Bundle.entry[{index}].resource.{place}")
}

/// Refuses a reference to an entry that is not there.
pub(crate) fn check_dangling(draft: &RequestEntry) -> Result<(), Rejection> {
    let Some(resource) =
        draft.resource.as_ref().filter(|one| any_reference(one, |text| text.starts_with("urn:")))
    else {
        return Ok(());
    };
    let dangles = |text: &str| text.starts_with("urn:uuid:") || text.starts_with("urn:oid:");
    match galen_fhir::index::references(resource).into_iter().find(|found| dangles(found.literal)) {
        None => Ok(()),
        Some(found) => {
            let message = "No entry of this transaction has the fullUrl that is referred to";
            Err(Rejection::new(RejectionKind::Malformed, "reference-dangling", message)
                .at(format!("{}.reference", place_of(draft.index, &found.location)))
                .next("Add the entry, or refer to a resource that is there"))
        }
    }
}

pub(crate) fn nothing_matches(resource_type: ResourceType) -> Rejection {
    let message = format!("The conditional reference matches no {}", resource_type.name());
    Rejection::new(RejectionKind::PreconditionFailed, "no-match", message)
        .next("Load the resource that is referred to first")
}

pub(crate) fn several_match(resource_type: ResourceType) -> Rejection {
    let message = format!("The conditional reference matches more than one {}", resource_type.name());
    Rejection::new(RejectionKind::PreconditionFailed, "multiple-matches", message)
}

pub(crate) fn unreadable() -> Rejection {
    Rejection::new(RejectionKind::Malformed, "condition-invalid", "The conditional reference cannot be read")
}
