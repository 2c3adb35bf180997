//! A page of a partner's search, read.

use super::trouble;
use crate::failure::Failure;
use galen_fhir::json::parse;
use galen_fhir::{Json, Object};
use galen_outbound::Answer;

/// Most entries of a page that are taken.
const ENTRIES_MAX: usize = 10_000;

/// A page.
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
        let Ok(Json::Object(mut bundle)) = parse(&answer.body) else {
            return Err(trouble::unreadable("it is no JSON object"));
        };
        let says = |bundle: &Object, name: &str| bundle.get(name).and_then(Json::as_str).map(str::to_owned);
        if says(&bundle, "resourceType").as_deref() != Some("Bundle")
            || says(&bundle, "type").as_deref() != Some("searchset")
        {
            return Err(trouble::unreadable("a search is answered with a Bundle of type searchset"));
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
        let resources = entries.into_iter().filter_map(resource_of).collect();
        Ok(Self { resources, next })
    }
}

fn resource_of(entry: Json) -> Option<Json> {
    let is_told = entry.str_at(&["search", "mode"]) != Some("outcome");
    let Json::Object(mut entry) = entry else { return None };
    entry.remove("resource").filter(|_| is_told)
}
