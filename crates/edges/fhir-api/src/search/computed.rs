//! Searches for what is not stored: the domain that owns the type computes it.

use super::written;
use crate::answer::Answer;
use crate::failure::Failure;
use galen_access::Context;
use galen_fhir::bundle::{Link, Page, SearchEntry, SearchMode, searchset};
use galen_fhir::{Resource, ResourceType};
use galen_service::House;
use galen_service::observe::{Draft, looked};

/// The answer, if what is asked for is computed. Whether the caller may see the type was asked before.
pub(super) async fn computed(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    resource_type: ResourceType,
    pairs: &[(String, String)],
) -> Result<Option<Answer>, Failure> {
    let guard = house.guards.get(&resource_type);
    let Some(computing) = guard.and_then(|guard| guard.computed(house, context, pairs)) else {
        return Ok(None);
    };
    let found: Vec<Resource> = computing.await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let bodies: Vec<Vec<u8>> = found.iter().map(|one| one.json().to_bytes()).collect();
    let entries: Vec<SearchEntry<'_>> = bodies
        .iter()
        .map(|resource| SearchEntry { full_url: "", resource, mode: SearchMode::Match })
        .collect();
    let own = format!("{}/{}?{}", house.fhir_base(), resource_type.name(), written(pairs));
    let links = [Link { relation: "self", url: &own }];
    let total = Some(u64::try_from(entries.len()).unwrap_or(u64::MAX));
    let now = context.at.to_string();
    Ok(Some(Answer::of(searchset(&Page { id: None, timestamp: Some(&now), total, links: &links }, &entries))))
}
