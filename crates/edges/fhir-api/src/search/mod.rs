//! Searching: sight first, then the page, then the audit, then the answer.

mod computed;
mod explain;
mod scope;

use crate::answer::Answer;
use crate::ask::Scope;
use crate::failure::{Failure, broken};
use crate::sights::{Seen, note_patients, plain, sight};
use crate::wish::Wish;
use galen_access::Context;
use galen_fhir::bundle::{Link, Page, SearchEntry, SearchMode, searchset};
use galen_fhir::search::SearchQuery;
use galen_fhir::{Issue, IssueCode, ResourceType, Subset, operation_outcome, subset};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{Found, FoundRow, PageToken};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use scope::Asked;
use std::borrow::Cow;

/// The parameter that carries a page token.
const PAGE: &str = "_page";
/// What a query value may hold unescaped.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b':')
    .remove(b'/')
    .remove(b',');

/// Answers a search.
pub(crate) async fn search(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    scope: &Scope,
    mut pairs: Vec<(String, String)>,
    wish: Wish,
) -> Result<Answer, Failure> {
    let from = take_page(house, &mut pairs, draft, &scope.path())?;
    let Asked { mut queries, is_named, path } =
        scope::read(scope, &mut pairs, wish.handling, &house.fhir_base(), &house.records.parameters())?;
    draft.entities = match scope {
        Scope::System if !is_named => Vec::new(),
        _ => queries.iter().map(|query| query.resource_type.name().to_owned()).collect(),
    };
    let types: Vec<ResourceType> = queries.iter().flat_map(types_of).collect();
    let Seen { sight, refused, opened } = sight(house, context, types).await?;
    if is_named {
        let unseen = queries.iter().find(|query| sight.of(query.resource_type).is_none());
        if let Some(query) = unseen {
            let refusal = house.access.visibility(context, "FhirSearch", &plain(query.resource_type)).await?;
            let refusal = refusal.err().or(refused).ok_or_else(|| broken("a type is seen and is not"))?;
            return Err(refusal.into());
        }
    }
    queries.retain(|query| sight.of(query.resource_type).is_some());
    if let Scope::Type(resource_type) = scope
        && let Some(answer) = computed::computed(house, context, draft, *resource_type, &pairs).await?
    {
        return Ok(answer);
    }
    if queries.first().is_some_and(|query| query.explain) {
        return explain::explain(house, context, draft, &queries, &sight).await;
    }
    let found = house.records.search_types(&queries, &sight, from.clone(), context.at).await??;
    for row in &found.rows {
        let document = &row.stored.document;
        let body = document.body.as_deref().unwrap_or_default();
        note_patients(row.stored.resource_type, &document.id, body, &mut draft.patients);
    }
    draft.broken_glass = opened.iter().any(|p| draft.patients.iter().any(|shown| shown == p.as_str()));
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let mut own = format!("{}/{path}", house.fhir_base());
    if path.is_empty() {
        own.truncate(own.len() - 1);
    }
    let body = write(house, &queries, &found, (&own, &pairs), from.as_ref(), &context.at.to_string())?;
    Ok(Answer::of(body))
}

/// Takes the page token out of the pairs and notes the query in the draft.
fn take_page(
    house: &House,
    pairs: &mut Vec<(String, String)>,
    draft: &mut Draft,
    path: &str,
) -> Result<Option<PageToken>, Failure> {
    let token = pairs.iter().position(|(name, _)| name == PAGE).map(|place| pairs.remove(place).1);
    draft.query = Some(format!("{path}?{}", written(pairs)));
    let Some(text) = token else { return Ok(None) };
    if let Some(token) = PageToken::parse(&house.store, &text) {
        return Ok(Some(token));
    }
    let message = "The page token is not one of this server";
    let rejection = Rejection::new(RejectionKind::Malformed, "page-token-invalid", message);
    Err(rejection.at(PAGE).next("Begin the search again").into())
}

/// Every type that a search touches, the searched one first.
pub(crate) fn types_of(query: &SearchQuery) -> Vec<ResourceType> {
    let mut types = vec![query.resource_type];
    for criterion in &query.criteria {
        criterion.each_type(query.resource_type, &mut |touched| types.push(touched));
    }
    for include in &query.includes {
        match (include.target, include.param) {
            (Some(target), _) => types.push(target),
            (None, Some(param)) if !param.targets.is_empty() => types.extend(param.targets),
            _ => types.extend(ResourceType::all()),
        }
    }
    types.extend(query.revincludes.iter().filter_map(|include| include.source));
    types
}

/// Name-value pairs as a query.
pub(crate) fn written(pairs: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| {
        format!("{}={}", utf8_percent_encode(name, QUERY), utf8_percent_encode(value, QUERY))
    };
    pairs.iter().map(one).collect::<Vec<_>>().join("&")
}

fn write(
    house: &House,
    queries: &[SearchQuery],
    found: &Found,
    (address, pairs): (&str, &[(String, String)]),
    from: Option<&PageToken>,
    now: &str,
) -> Result<Vec<u8>, Failure> {
    let base = house.fhir_base();
    let mut own = address.to_owned();
    if !pairs.is_empty() {
        own.push('?');
        own.push_str(&written(pairs));
    }
    let paged = |token: &PageToken| -> Result<String, Failure> {
        let mark = if pairs.is_empty() { '?' } else { '&' };
        Ok(format!("{own}{mark}{PAGE}={}", token.seal(&house.store)?))
    };
    let self_link = from.map_or_else(|| Ok(own.clone()), paged)?;
    let next_link = found.next.as_ref().map(paged).transpose()?;
    let mut links = vec![Link { relation: "self", url: &self_link }];
    // A page begins again at the first, whatever page this is.
    links.extend(from.map(|_| Link { relation: "first", url: &own }));
    links.extend(next_link.as_deref().map(|url| Link { relation: "next", url }));
    let how = queries.first().map(|query| query.subset.clone()).unwrap_or_default();
    let mut shown = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        let url = format!("{base}/{}/{}", row.stored.resource_type.name(), row.stored.document.id);
        shown.push((url, part(row, &how)?, row.mode));
    }
    let mut entries: Vec<SearchEntry<'_>> = shown
        .iter()
        .map(|(full_url, resource, mode)| SearchEntry { full_url, resource, mode: *mode })
        .collect();
    let mut notes = queries.first().map(|query| query.ignored.clone()).unwrap_or_default();
    if found.is_truncated {
        let message = "More resources would be included than a page takes; not all of them are here";
        notes.push(Issue::warning(IssueCode::TooCostly, message));
    }
    let outcome = (!notes.is_empty()).then(|| operation_outcome(&notes).to_bytes());
    if let Some(resource) = &outcome {
        entries.push(SearchEntry { full_url: "", resource, mode: SearchMode::Outcome });
    }
    Ok(searchset(&Page { id: None, timestamp: Some(now), total: found.total, links: &links }, &entries))
}

/// The wanted part of a row. Element names are about matches; a summary is of everything on the page.
fn part<'r>(row: &'r FoundRow, how: &Subset) -> Result<Cow<'r, [u8]>, Failure> {
    let whole = row.stored.document.body.as_deref().unwrap_or(b"{}");
    let is_untouched = how.is_whole() || (row.mode == SearchMode::Include && !how.elements.is_empty());
    if is_untouched {
        return Ok(Cow::Borrowed(whole));
    }
    Ok(match row.stored.resource()? {
        Some(resource) => Cow::Owned(subset(&resource, how)),
        None => Cow::Borrowed(whole),
    })
}
