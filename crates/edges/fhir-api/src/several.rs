//! Deleting what a condition names, several at once: only when the client says how many it means by `_count`.

use crate::answer::Answer;
use crate::ask::entry_of;
use crate::failure::{Failure, broken};
use crate::sights::sight;
use crate::write::{Mode, write};
use galen_access::Context;
use galen_fhir::bundle::{Method, RequestBundle, RequestEntry, Target};
use galen_fhir::search::{Handling, parse};
use galen_fhir::{Issue, operation_outcome};
use galen_kernel::{Rejection, RejectionKind};
use galen_service::House;
use galen_service::observe::Draft;

/// Most resources that one conditional delete takes.
pub(crate) const DELETED_MAX: u32 = 1_000;

/// Deletes at most `_count` of what the condition names, all of them in one commit or none.
pub(crate) async fn delete_several(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    entry: RequestEntry,
) -> Result<Answer, Failure> {
    let resource_type = entry.target.resource_type.ok_or_else(|| broken("a delete without a type"))?;
    let query = parse(resource_type, &entry.target.query, Handling::Strict, &house.records.parameters())
        .map_err(|issues| Failure::of_issues(RejectionKind::Malformed, "condition-invalid", issues))?;
    if query.criteria.is_empty() {
        let message = "A conditional delete needs a condition beside _count";
        return Err(Rejection::new(RejectionKind::PreconditionFailed, "condition-empty", message)
            .at("url")
            .into());
    }
    let asked = entry.target.query.iter().find(|(name, _)| name == "_count").map(|(_, value)| value.as_str());
    let count = asked.and_then(|text| text.parse::<u32>().ok());
    if !count.is_some_and(|count| (1..=DELETED_MAX).contains(&count)) {
        let message = format!("_count must be from 1 to {DELETED_MAX}");
        return Err(Rejection::new(RejectionKind::Malformed, "parameter-invalid", message)
            .at("_count")
            .into());
    }
    let seen = sight(house, context, crate::search::types_of(&query)).await?;
    if let Some(rejection) = seen.refused {
        return Err(rejection.into());
    }
    let found = house.records.search(&query, &seen.sight, None, context.at).await??;
    let ids: Vec<String> = found
        .rows
        .into_iter()
        .map(|row| row.stored)
        .filter(|stored| stored.resource_type == resource_type)
        .map(|stored| stored.document.id)
        .collect();
    let one = |(index, id): (usize, &String)| {
        let target = Target { resource_type: Some(resource_type), id: Some(id.clone()), ..Target::default() };
        RequestEntry { index, ..entry_of(Method::Delete, target, None) }
    };
    // With nothing to delete, policy is asked about the type all the same.
    let entries: Vec<RequestEntry> =
        if ids.is_empty() { vec![entry] } else { ids.iter().enumerate().map(one).collect() };
    let again = || Ok(RequestBundle::transaction(entries.clone()));
    let deleted = write(house, context, draft, Mode::Whole, again).await?.written.len();
    let deleted = if ids.is_empty() { 0 } else { deleted };
    let note = Issue::information(format!("{deleted} deleted"));
    Ok(Answer { is_outcome: true, ..Answer::of(operation_outcome(&[note]).to_bytes()) })
}
