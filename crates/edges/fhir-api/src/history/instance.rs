//! The history of one resource.

use super::asked::Asked;
use super::page::{Shown, bundle};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::read::{absent, last_content, see};
use crate::sights::{permit, target_of};
use galen_access::Context;
use galen_fhir::ResourceType;
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{Changed, HISTORY_ROWS_MAX, Stored};
use galen_service::House;
use galen_service::observe::{Draft, looked};

/// Answers `Type/id/_history`.
pub(super) async fn history(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    (resource_type, id): (ResourceType, &str),
    asked: Asked,
) -> Result<Answer, Failure> {
    draft.entities = vec![format!("{}/{id}", resource_type.name())];
    let place = asked.page.as_deref().map(|page| {
        page.parse::<u64>().map_err(|_| {
            let message = "The page is not one of this history";
            Failure::from(Rejection::new(RejectionKind::Malformed, "page-token-invalid", message).at("_page"))
        })
    });
    let place = place.transpose()?;
    // One version above the page tells when the first of the page was replaced.
    let before = place.filter(|_| asked.newest_first).map(|place| place.saturating_add(1));
    let rows = house.records.history(resource_type, id, before, HISTORY_ROWS_MAX).await?;
    let is_whole = before.is_none() && rows.len() < usize::try_from(HISTORY_ROWS_MAX).unwrap_or(usize::MAX);
    let visible = visible(house, context, draft, resource_type, rows).await?;
    let mut all: Vec<Shown> = visible
        .into_iter()
        .filter(|one| {
            let document = &one.changed.stored.document;
            asked.takes(document.at, one.changed.replaced, document.deleted)
        })
        .collect();
    let total = is_whole.then(|| u64::try_from(all.len()).unwrap_or(u64::MAX));
    if !asked.newest_first {
        all.reverse();
    }
    if let Some(place) = place {
        all.retain(|one| {
            let version = one.changed.stored.document.version;
            if asked.newest_first { version < place } else { version > place }
        });
    }
    let count = usize::try_from(asked.count).unwrap_or(usize::MAX);
    let has_more = all.len() > count || (!is_whole && all.len() == count);
    all.truncate(count);
    let next = all.last().filter(|_| has_more).map(|one| one.changed.stored.document.version.to_string());
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let own = format!("{}/{}/{id}/_history", house.fhir_base(), resource_type.name());
    let links = asked.links(&own, next.as_deref());
    Ok(Answer::of(bundle(house, &all, &asked.how, total, &links, context.at)?))
}

/// The versions that the caller may see, newest first: each had its own labels and patients.
async fn visible(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    resource_type: ResourceType,
    rows: Vec<Stored>,
) -> Result<Vec<Shown>, Failure> {
    let Some(first) = rows.first() else {
        return Err(absent(house, context, "FhirHistory", resource_type).await);
    };
    let sealed = house.records.sealed(context.at).await?;
    // What is sealed today, or was at its end, was not written to be open in its older versions.
    if let Some(current) = house.records.get(resource_type, &first.document.id).await?
        && let Some(last) = last_content(house, &current).await?
    {
        see(house, context, draft, &target_of(context, &last, &sealed)).await?;
    }
    let mut shown: Vec<Shown> = Vec::with_capacity(rows.len());
    let mut replaced = None;
    let mut refusal = None;
    for stored in rows {
        let (at, deleted) = (stored.document.at, stored.document.deleted);
        if deleted && let Some(above) = shown.last_mut() {
            above.is_made_anew = true;
        }
        let changed = Changed { stored, replaced };
        replaced = Some(at);
        match changed.stored.resource()? {
            None => shown.push(Shown::of(changed)),
            Some(resource) => {
                match permit(house, context, "FhirHistory", &target_of(context, &resource, &sealed), draft)
                    .await
                {
                    Ok(()) => shown.push(Shown::of(changed)),
                    Err(failure) => refusal = Some(failure),
                }
            }
        }
    }
    // A page of tombstones alone tells only that something was there.
    let tells = shown.iter().any(|one| one.changed.stored.document.body.is_some());
    match refusal {
        Some(failure) if !tells => Err(failure),
        None if !tells => match absent(house, context, "FhirHistory", resource_type).await {
            failure if failure.status() == http::StatusCode::NOT_FOUND && context.actor.patient.is_none() => {
                Ok(shown)
            }
            failure => Err(failure),
        },
        _ => Ok(shown),
    }
}
