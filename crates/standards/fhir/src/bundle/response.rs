//! Bundles that answer. Search sets and histories are written around stored bytes: a page is never parsed to be sent.

use crate::json::{Json, Object};

/// A link of a page: relation and url.
#[derive(Debug, Clone, Copy)]
pub struct Link<'l> {
    /// `self`, `next`, `prev`...
    pub relation: &'l str,
    /// Where.
    pub url: &'l str,
}

/// What every page has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page<'l> {
    /// The bundle's own id.
    pub id: Option<&'l str>,
    /// When it was made, an instant.
    pub timestamp: Option<&'l str>,
    /// How many match in all, when counted.
    pub total: Option<u64>,
    /// `self`, `next`...
    pub links: &'l [Link<'l>],
}

/// Why a resource is on a page of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchMode {
    /// It matched.
    Match,
    /// It was included.
    Include,
    /// It tells about the search: an `OperationOutcome`.
    Outcome,
}

/// A row of a search set.
#[derive(Debug, Clone, Copy)]
pub struct SearchEntry<'l> {
    /// Its absolute url; empty for an outcome.
    pub full_url: &'l str,
    /// The resource as stored: valid JSON, compact or not.
    pub resource: &'l [u8],
    /// Why it is here.
    pub mode: SearchMode,
}

/// A row of a history, newest first.
#[derive(Debug, Clone, Copy)]
pub struct HistoryEntry<'l> {
    /// Its absolute url without version.
    pub full_url: &'l str,
    /// The resource as it was; `None` for a deletion.
    pub resource: Option<&'l [u8]>,
    /// `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'l str,
    /// `Patient/1`.
    pub url: &'l str,
    /// `200`, `201`, `204`.
    pub status: &'l str,
    /// `W/"3"`.
    pub etag: &'l str,
    /// An instant.
    pub last_modified: &'l str,
}

/// An answer to one entry of a transaction or batch.
#[derive(Debug, Clone, Default)]
pub struct ResponseEntry {
    /// `201 Created`.
    pub status: String,
    /// `Patient/1/_history/1`.
    pub location: Option<String>,
    /// `W/"1"`.
    pub etag: Option<String>,
    /// An instant.
    pub last_modified: Option<String>,
    /// What was read or stored.
    pub resource: Option<Json>,
    /// An `OperationOutcome`.
    pub outcome: Option<Json>,
}

/// Writes a search set around stored bytes.
pub fn searchset(page: &Page<'_>, entries: &[SearchEntry<'_>]) -> Vec<u8> {
    let size: usize = entries.iter().map(|entry| entry.resource.len() + entry.full_url.len() + 64).sum();
    let mut out = head("searchset", page, size);
    array(&mut out, entries, |out, entry| {
        out.push(b'{');
        if !entry.full_url.is_empty() {
            member(out, "fullUrl", entry.full_url);
            out.push(b',');
        }
        out.extend_from_slice(b"\"resource\":");
        out.extend_from_slice(entry.resource);
        let mode = match entry.mode {
            SearchMode::Match => "match",
            SearchMode::Include => "include",
            SearchMode::Outcome => "outcome",
        };
        out.extend_from_slice(b",\"search\":{");
        member(out, "mode", mode);
        out.extend_from_slice(b"}}");
    });
    out
}

/// Writes a history around stored bytes.
pub fn history(page: &Page<'_>, entries: &[HistoryEntry<'_>]) -> Vec<u8> {
    let size: usize = entries.iter().map(|entry| entry.resource.map_or(0, <[u8]>::len) + 256).sum();
    let mut out = head("history", page, size);
    array(&mut out, entries, |out, entry| {
        out.push(b'{');
        member(out, "fullUrl", entry.full_url);
        if let Some(resource) = entry.resource {
            out.extend_from_slice(b",\"resource\":");
            out.extend_from_slice(resource);
        }
        out.extend_from_slice(b",\"request\":{");
        member(out, "method", entry.method);
        out.push(b',');
        member(out, "url", entry.url);
        out.extend_from_slice(b"},\"response\":{");
        member(out, "status", entry.status);
        out.push(b',');
        member(out, "etag", entry.etag);
        out.push(b',');
        member(out, "lastModified", entry.last_modified);
        out.extend_from_slice(b"}}");
    });
    out
}

/// Builds a `transaction-response` or `batch-response`; entries in the order of the request.
pub fn response(kind: super::BundleKind, entries: Vec<ResponseEntry>) -> Json {
    let name = match kind {
        super::BundleKind::Transaction => "transaction-response",
        super::BundleKind::Batch => "batch-response",
    };
    let rows: Vec<Json> = entries
        .into_iter()
        .map(|entry| {
            let answer = Object::new()
                .with("status", entry.status)
                .with_some("location", entry.location)
                .with_some("etag", entry.etag)
                .with_some("lastModified", entry.last_modified)
                .with_some("outcome", entry.outcome);
            Json::Object(Object::new().with_some("resource", entry.resource).with("response", answer))
        })
        .collect();
    let mut bundle = Object::new().with("resourceType", "Bundle").with("type", name);
    if !rows.is_empty() {
        bundle.insert("entry", rows);
    }
    Json::Object(bundle)
}

fn head(kind: &str, page: &Page<'_>, size: usize) -> Vec<u8> {
    let mut head = Object::new()
        .with("resourceType", "Bundle")
        .with_some("id", page.id)
        .with_some("meta", page.timestamp.map(|at| Object::new().with("lastUpdated", at)))
        .with("type", kind)
        .with_some("timestamp", page.timestamp)
        .with_some("total", page.total);
    if !page.links.is_empty() {
        let links =
            page.links.iter().map(|link| Object::new().with("relation", link.relation).with("url", link.url));
        head.insert("link", links.collect::<Vec<_>>());
    }
    let mut out = Vec::with_capacity(size + 512);
    Json::Object(head).write(&mut out);
    out
}

/// Appends `"entry":[...]` to an object that ends in `}`; nothing when there are none, for FHIR has no empty arrays.
fn array<T>(out: &mut Vec<u8>, entries: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    if entries.is_empty() {
        return;
    }
    out.pop();
    out.extend_from_slice(b",\"entry\":[");
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, entry);
    }
    out.extend_from_slice(b"]}");
}

fn member(out: &mut Vec<u8>, name: &str, value: &str) {
    Json::from(name).write(out);
    out.push(b':');
    Json::from(value).write(out);
}
