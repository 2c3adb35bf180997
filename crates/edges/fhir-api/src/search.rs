//! Searching one type: sight first, then the page, then the audit, then the answer.

use crate::answer::Answer;
use crate::failure::Failure;
use crate::sights::{Seen, note_patients, sight};
use crate::wish::Wish;
use galen_access::Context;
use galen_fhir::bundle::{Link, Page, SearchEntry, SearchMode, searchset};
use galen_fhir::search::{Clause, Handling, ReferenceTest, SearchQuery, SearchValue, parse};
use galen_fhir::{ParsedReference, ResourceType, operation_outcome};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{Found, PageToken};
use galen_service::House;
use galen_service::observe::{Draft, looked};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

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
    resource_type: ResourceType,
    mut pairs: Vec<(String, String)>,
    wish: Wish,
) -> Result<Answer, Failure> {
    let from = take_page(house, &mut pairs, draft, resource_type)?;
    let mut query = parse(resource_type, &pairs, wish.handling)
        .map_err(|issues| Failure::of_issues(RejectionKind::Malformed, "search-invalid", issues))?;
    let base = house.fhir_base();
    query.criteria.iter_mut().for_each(|criterion| criterion.each_clause_mut(&mut |c| localize(c, &base)));
    let Seen { sight, refused, opened } = sight(house, context, types_of(&query)).await?;
    if let Some(rejection) = refused {
        return Err(rejection.into());
    }
    let found = house.records.search(&query, &sight, from.clone(), context.at).await??;
    for row in &found.rows {
        let document = &row.stored.document;
        let body = document.body.as_deref().unwrap_or_default();
        note_patients(row.stored.resource_type, &document.id, body, &mut draft.patients);
    }
    draft.broken_glass = opened.iter().any(|p| draft.patients.iter().any(|shown| shown == p.as_str()));
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    if !query.ignored.is_empty() {
        // The self link tells what was really looked for.
        pairs.retain(|pair| parse(resource_type, std::slice::from_ref(pair), Handling::Strict).is_ok());
    }
    let body = write(house, &query, &found, &pairs, from.as_ref(), &context.at.to_string())?;
    Ok(Answer::of(body))
}

/// Takes the page token out of the pairs and notes the query in the draft.
fn take_page(
    house: &House,
    pairs: &mut Vec<(String, String)>,
    draft: &mut Draft,
    resource_type: ResourceType,
) -> Result<Option<PageToken>, Failure> {
    let token = pairs.iter().position(|(name, _)| name == PAGE).map(|place| pairs.remove(place).1);
    draft.entities = vec![resource_type.name().to_owned()];
    draft.query = Some(format!("{}?{}", resource_type.name(), written(pairs)));
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

/// References that name a resource of this server in full are stored in short: they are looked for so.
fn localize(clause: &mut Clause, base: &str) {
    for value in &mut clause.any_of {
        if let SearchValue::Reference(ReferenceTest::To(target)) = value
            && let ParsedReference::Absolute { base: own, resource_type, id, version } = target
            && own.trim_end_matches('/') == base
        {
            *target = ParsedReference::Local {
                resource_type: *resource_type,
                id: std::mem::take(id),
                version: version.take(),
            };
        }
    }
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
    query: &SearchQuery,
    found: &Found,
    pairs: &[(String, String)],
    from: Option<&PageToken>,
    now: &str,
) -> Result<Vec<u8>, Failure> {
    let base = house.fhir_base();
    let mut own = format!("{base}/{}", query.resource_type.name());
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
    links.extend(next_link.as_deref().map(|url| Link { relation: "next", url }));
    let urls: Vec<String> = found
        .rows
        .iter()
        .map(|row| format!("{base}/{}/{}", row.stored.resource_type.name(), row.stored.document.id))
        .collect();
    let mut entries: Vec<SearchEntry<'_>> = found
        .rows
        .iter()
        .zip(&urls)
        .map(|(row, full_url)| {
            let resource = row.stored.document.body.as_deref().unwrap_or(b"{}");
            SearchEntry { full_url, resource, mode: row.mode }
        })
        .collect();
    let outcome = (!query.ignored.is_empty()).then(|| operation_outcome(&query.ignored).to_bytes());
    if let Some(resource) = &outcome {
        entries.push(SearchEntry { full_url: "", resource, mode: SearchMode::Outcome });
    }
    Ok(searchset(&Page { id: None, timestamp: Some(now), total: found.total, links: &links }, &entries))
}
