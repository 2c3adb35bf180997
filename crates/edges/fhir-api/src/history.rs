//! The history of one resource.

use crate::answer::Answer;
use crate::failure::{Failure, not_yet};
use crate::read::{absent, may_see};
use crate::sights::permit;
use galen_access::Context;
use galen_fhir::ResourceType;
use galen_fhir::bundle::{HistoryEntry, Link, Page, history as bundle};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{HISTORY_ROWS_MAX, Stored, target_of};
use galen_service::House;
use galen_service::observe::{Draft, looked};

/// Versions on a page when nobody asks for a number.
const HISTORY_COUNT_DEFAULT: u32 = 50;

/// Answers `Type/id/_history`, newest first.
pub(crate) async fn history(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    (resource_type, id): (ResourceType, &str),
    pairs: &[(String, String)],
) -> Result<Answer, Failure> {
    draft.entities = vec![format!("{}/{id}", resource_type.name())];
    let (count, before) = read_pairs(pairs)?;
    let mut rows = house.records.history(resource_type, id, before, count.saturating_add(1)).await?;
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    let has_more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| has_more).map(|row| row.document.version);
    let rows = visible(house, context, draft, resource_type, rows).await?;
    looked(house, context, std::mem::replace(draft, Draft::new("", draft.interaction))).await?;
    let base = house.fhir_base();
    let full_url = format!("{base}/{}/{id}", resource_type.name());
    let own = format!("{full_url}/_history");
    let self_link =
        before.map_or_else(|| format!("{own}?_count={count}"), |b| format!("{own}?_count={count}&_page={b}"));
    let next_link = next.map(|version| format!("{own}?_count={count}&_page={version}"));
    let mut links = vec![Link { relation: "self", url: &self_link }];
    links.extend(next_link.as_deref().map(|url| Link { relation: "next", url }));
    Ok(Answer::of(write(&full_url, &rows, &links, &context.at.to_string())))
}

fn read_pairs(pairs: &[(String, String)]) -> Result<(u32, Option<u64>), Failure> {
    let mut count = HISTORY_COUNT_DEFAULT;
    let mut before = None;
    for (name, value) in pairs {
        let bad = || {
            let rejection = Rejection::new(
                RejectionKind::Malformed,
                "parameter-invalid",
                format!("{name} must be a whole number"),
            );
            Failure::from(rejection.at(name.clone()))
        };
        match name.as_str() {
            "_count" => count = value.parse::<u32>().map_err(|_| bad())?.clamp(1, HISTORY_ROWS_MAX - 1),
            "_page" => before = Some(value.parse::<u64>().map_err(|_| bad())?),
            "_since" | "_at" => return Err(not_yet(&format!("'{name}' of a history"))),
            _ => {
                let message = "A history has no such parameter; it takes _count";
                return Err(Rejection::new(RejectionKind::Malformed, "parameter-unknown", message).into());
            }
        }
    }
    Ok((count, before))
}

/// The versions that the caller may see: each had its own labels and patients.
async fn visible(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    resource_type: ResourceType,
    rows: Vec<Stored>,
) -> Result<Vec<Stored>, Failure> {
    let Some(first) = rows.first() else {
        return Err(absent(house, context, "FhirHistory", resource_type).await);
    };
    let current = house.records.get(resource_type, &first.document.id).await?;
    if let Some(current) = current.filter(|c| c.document.body.is_some()) {
        may_see(house, context, "FhirHistory", &current, draft).await?;
    }
    let sealed = house.records.sealed(context.at).await?;
    let mut shown = Vec::with_capacity(rows.len());
    let mut refusal = None;
    for row in rows {
        match row.resource()? {
            None => shown.push(row),
            Some(resource) => {
                match permit(house, context, "FhirHistory", &target_of(&resource, &sealed), draft).await {
                    Ok(()) => shown.push(row),
                    Err(failure) => refusal = Some(failure),
                }
            }
        }
    }
    // A page of tombstones alone tells only that something was there.
    let tells = shown.iter().any(|row| row.document.body.is_some());
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

fn write(full_url: &str, rows: &[Stored], links: &[Link<'_>], now: &str) -> Vec<u8> {
    let texts: Vec<(String, String, String)> = rows
        .iter()
        .map(|row| {
            let d = &row.document;
            (
                format!("{}/{}", row.resource_type.name(), d.id),
                format!("W/\"{}\"", d.version),
                d.at.to_string(),
            )
        })
        .collect();
    let entries: Vec<HistoryEntry<'_>> = rows
        .iter()
        .zip(&texts)
        .map(|(row, (url, etag, at))| {
            let (method, status) = match (row.document.deleted, row.document.version) {
                (true, _) => ("DELETE", "204"),
                (false, 1) => ("POST", "201"),
                (false, _) => ("PUT", "200"),
            };
            let url = if method == "POST" { row.resource_type.name() } else { url.as_str() };
            HistoryEntry {
                full_url,
                resource: row.document.body.as_deref(),
                method,
                url,
                status,
                etag,
                last_modified: at,
            }
        })
        .collect();
    bundle(&Page { id: None, timestamp: Some(now), total: None, links }, &entries)
}
