//! A page of a history as a bundle.

use crate::failure::Failure;
use crate::read::part;
use galen_fhir::Subset;
use galen_fhir::bundle::{HistoryEntry, Link, Page, history as written};
use galen_kernel::Instant;
use galen_records::Changed;
use galen_service::House;

/// A version on a page.
pub(super) struct Shown {
    /// The version.
    pub(super) changed: Changed,
    /// Whether the version before it was a tombstone.
    pub(super) is_made_anew: bool,
}

impl Shown {
    /// Of a version that followed another, or nothing.
    pub(super) fn of(changed: Changed) -> Self {
        Self { changed, is_made_anew: false }
    }
}

/// What an entry says beside the resource.
struct Told {
    full_url: String,
    method: &'static str,
    url: String,
    status: &'static str,
    etag: String,
    at: String,
    body: Option<Vec<u8>>,
}

/// Writes the bundle.
pub(super) fn bundle(
    house: &House,
    rows: &[Shown],
    how: &Subset,
    total: Option<u64>,
    links: &(String, Option<String>),
    now: Instant,
) -> Result<Vec<u8>, Failure> {
    let base = house.fhir_base();
    let told: Vec<Told> = rows.iter().map(|row| told(house, &base, row, how)).collect::<Result<_, _>>()?;
    let entries: Vec<HistoryEntry<'_>> = told
        .iter()
        .map(|one| HistoryEntry {
            full_url: &one.full_url,
            resource: one.body.as_deref(),
            method: one.method,
            url: &one.url,
            status: one.status,
            etag: &one.etag,
            last_modified: &one.at,
        })
        .collect();
    let mut all = vec![Link { relation: "self", url: &links.0 }];
    all.extend(links.1.as_deref().map(|url| Link { relation: "next", url }));
    Ok(written(&Page { id: None, timestamp: Some(&now.to_string()), total, links: &all }, &entries))
}

fn told(house: &House, base: &str, row: &Shown, how: &Subset) -> Result<Told, Failure> {
    let stored = &row.changed.stored;
    let document = &stored.document;
    let reference = stored.reference();
    // Ids that this server made came by POST; the others were put.
    let was_posted = house.store.shard_of_id(&document.id).is_some();
    let (method, url, status) = match (document.deleted, document.version) {
        (true, _) => ("DELETE", reference.clone(), "204"),
        (false, 1) if was_posted => ("POST", stored.resource_type.name().to_owned(), "201"),
        (false, 1) => ("PUT", reference.clone(), "201"),
        (false, _) if row.is_made_anew => ("PUT", reference.clone(), "201"),
        (false, _) => ("PUT", reference.clone(), "200"),
    };
    let body = if document.body.is_some() { Some(part(stored, how)?) } else { None };
    Ok(Told {
        full_url: format!("{base}/{reference}"),
        method,
        url,
        status,
        etag: format!("W/\"{}\"", document.version),
        at: document.at.to_string(),
        body,
    })
}
