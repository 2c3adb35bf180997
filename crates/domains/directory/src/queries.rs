//! The read side: the places of a place.

use crate::model::{Entry, PlaceKind, entry};
use galen_access::Visibility;
use galen_fhir::search::{Handling, parse};
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{PageToken, Sight};
use galen_service::{House, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Places on a page.
const PLACES_PER_PAGE: u32 = 200;

/// Which places.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListPlaces {
    /// Location (id) that they are part of.
    pub part_of: Option<String>,
    /// The beginning of the name.
    pub name: Option<String>,
    /// Where the page before ended.
    pub page: Option<String>,
}

/// A place as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceView {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What sort of place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PlaceKind>,
    /// What it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
}

impl From<Entry> for PlaceView {
    fn from(entry: Entry) -> Self {
        Self { id: entry.id, name: entry.name, kind: entry.place, part_of: entry.part_of }
    }
}

/// A page of places.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacePage {
    /// The places.
    pub places: Vec<PlaceView>,
    /// Token of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Lists places by name.
pub async fn list(house: &House, wanted: &ListPlaces, visibility: Visibility) -> Result<PlacePage, Refusal> {
    let location = galen_records::resource_type("Location")?;
    let mut pairs = vec![("_sort".to_owned(), "name".to_owned())];
    if let Some(parent) = &wanted.part_of {
        pairs.push(("partof".to_owned(), format!("Location/{parent}")));
    }
    if let Some(name) = &wanted.name {
        pairs.push(("name".to_owned(), name.replace('\\', "\\\\").replace(',', "\\,")));
    }
    let malformed = |message: String| Rejection::new(RejectionKind::Malformed, "criteria-invalid", message);
    let mut query = parse(location, &pairs, Handling::Strict, &house.records.parameters())
        .map_err(|issues| malformed(issues.into_iter().next().map(|i| i.message).unwrap_or_default()))?;
    query.count = Some(PLACES_PER_PAGE);
    let from = match &wanted.page {
        None => None,
        Some(text) => Some(
            PageToken::parse(&house.store, text)
                .ok_or_else(|| malformed("The page token is not one of ours".to_owned()).at("page"))?,
        ),
    };
    let sight = Sight::nothing().with(location, visibility);
    let found = house.records.search(&query, &sight, from, house.clock.now()).await??;
    let mut places = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        if let Some(resource) = row.stored.resource()? {
            places.push(PlaceView::from(entry(&resource)));
        }
    }
    let next = found.next.map(|token| token.seal(&house.store)).transpose()?;
    Ok(PlacePage { places, next })
}
