//! A page of a partner's search or history, read.

use super::naming::Naming;
use super::trouble;
use crate::failure::Failure;
use galen_fhir::json::parse;
use galen_fhir::{Json, Object, valid_id};
use galen_kernel::Instant;
use galen_outbound::Answer;

/// Most entries of a page that are taken.
const ENTRIES_MAX: usize = 10_000;

/// A page of a search.
#[derive(Debug)]
pub(super) struct Page {
    /// Its resources; what only tells of the search is left out.
    pub(super) resources: Vec<Json>,
    /// Where the next one is.
    pub(super) next: Option<String>,
}

impl Page {
    /// Reads an answer to a search.
    pub(super) fn read(answer: &Answer) -> Result<Self, Failure> {
        if !answer.status.is_success() {
            return Err(trouble::refused(answer).into());
        }
        let (entries, next) = bundle(answer, "searchset")?;
        Ok(Self { resources: entries.into_iter().filter_map(resource_of).collect(), next })
    }
}

/// A version that a history tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// `Type/id` there.
    pub(super) remote: String,
    /// Whether it is the end of the resource.
    pub(super) is_end: bool,
    /// Which version, where the server counts.
    pub(super) version: Option<String>,
    /// When it was written.
    pub(super) at: Option<Instant>,
}

/// A page of a history.
#[derive(Debug)]
pub(super) struct HistoryPage {
    /// Its versions, the newest of each resource first; what cannot be read is left out.
    pub(super) versions: Vec<Told>,
    /// Where the next one is.
    pub(super) next: Option<String>,
}

impl HistoryPage {
    /// Reads an answer to a history.
    pub(super) fn read(answer: &Answer, naming: &Naming) -> Result<Self, Failure> {
        if !answer.status.is_success() {
            return Err(trouble::refused(answer).into());
        }
        let (entries, next) = bundle(answer, "history")?;
        Ok(Self { versions: entries.iter().filter_map(|entry| told(entry, naming)).collect(), next })
    }
}

/// The entries of a bundle of a type, and where the next page is.
fn bundle(answer: &Answer, bundle_type: &str) -> Result<(Vec<Json>, Option<String>), Failure> {
    let Ok(Json::Object(mut bundle)) = parse(&answer.body) else {
        return Err(trouble::unreadable("it is no JSON object"));
    };
    let says = |bundle: &Object, name: &str| bundle.get(name).and_then(Json::as_str).map(str::to_owned);
    if says(&bundle, "resourceType").as_deref() != Some("Bundle")
        || says(&bundle, "type").as_deref() != Some(bundle_type)
    {
        return Err(trouble::unreadable(&format!("it is no Bundle of type {bundle_type}")));
    }
    let links = bundle.get("link").map_or(&[][..], |links| links.as_array().unwrap_or_default());
    let next = links.iter().find(|link| link.str("relation") == Some("next"));
    let next = next.and_then(|link| link.str("url")).map(str::to_owned);
    let entries = match bundle.remove("entry") {
        Some(Json::Array(entries)) => entries,
        _ => Vec::new(),
    };
    if entries.len() > ENTRIES_MAX {
        return Err(trouble::unreadable("a page has too many entries"));
    }
    Ok((entries, next))
}

fn resource_of(entry: Json) -> Option<Json> {
    let is_told = entry.str_at(&["search", "mode"]) != Some("outcome");
    let Json::Object(mut entry) = entry else { return None };
    entry.remove("resource").filter(|_| is_told)
}

/// What an entry of a history tells: a resource that ended has only its address, which servers write in several ways.
fn told(entry: &Json, naming: &Naming) -> Option<Told> {
    let addresses = [entry.str("fullUrl"), entry.str_at(&["request", "url"])];
    let remote = addresses.into_iter().flatten().find_map(|text| naming.their_reference(text))?;
    let etag =
        entry.str_at(&["response", "etag"]).map(|etag| etag.trim_start_matches("W/").trim_matches('"'));
    Some(Told {
        remote,
        is_end: entry.str_at(&["request", "method"]) == Some("DELETE"),
        version: etag.filter(|version| valid_id(version)).map(str::to_owned),
        at: entry.str_at(&["response", "lastModified"]).and_then(Instant::parse),
    })
}
