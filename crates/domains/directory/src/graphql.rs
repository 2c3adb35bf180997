//! The directory in the graph: thin. Places as over REST; organizations and practitioners by their ids.

use crate::model::entry;
use crate::queries::{ListPlaces, PlacePage, PlaceView};
use crate::rest;
use galen_access::{Category, Context};
use galen_audit::Interaction::Execute;
use galen_fhir::{Json, Resource};
use galen_records::target_of;
use galen_service::Refusal;
use galen_service::graph::{Entity, Link, Load, Read, Subgraph, given, taken};
use galen_service::openapi::schema;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The directory's part of the graph.
pub static SUBGRAPH: Subgraph = Subgraph {
    names: &[("PlaceView", "Location"), ("PlacePage", "LocationPage")],
    sizes: &[("LocationPage.places", 200), ("Practitioner.given", 2)],
    entities,
    queries,
    mutations: Vec::new,
    operations: &[("Places", PLACES)],
};

const PLACES: &str = "query Places($partOf: String, $name: String, $page: String) { places(partOf: $partOf, name: $name, \
    page: $page) { next places { id name kind partOf { id } } } }";

/// Somebody who works here.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerView {
    /// Its id.
    pub id: String,
    /// The whole name: `Dr Ada Lovelace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Given names.
    pub given: Vec<String>,
}

/// An organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationView {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is part of: `Organization/7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
}

fn show_practitioner(resource: &Resource, _: u64, _: &Context) -> Result<Option<Value>, Refusal> {
    let name = resource.json().list("name").next();
    let words = |member: &'static str| {
        name.into_iter().flat_map(move |name| name.list(member)).filter_map(Json::as_str).map(str::to_owned)
    };
    let family = name.and_then(|name| name.str("family")).map(str::to_owned);
    let parts: Vec<String> = words("prefix").chain(words("given")).chain(family.clone()).collect();
    let text = || name.and_then(|name| name.str("text")).map(str::to_owned);
    given(&PractitionerView {
        id: resource.id().unwrap_or_default().to_owned(),
        name: if parts.is_empty() { text() } else { Some(parts.join(" ")) },
        family,
        given: words("given").collect(),
    })
    .map(Some)
}

fn show_organization(resource: &Resource, _: u64, _: &Context) -> Result<Option<Value>, Refusal> {
    let entry = entry(resource);
    given(&OrganizationView { id: entry.id, name: entry.name, part_of: entry.part_of }).map(Some)
}

fn show_location(resource: &Resource, _: u64, _: &Context) -> Result<Option<Value>, Refusal> {
    given(&PlaceView::from(entry(resource))).map(Some)
}

const LOCATION: Load = Load {
    view: schema::<PlaceView>,
    action: "ReadDirectoryEntry",
    kind: "Location",
    category: Category::Directory,
    target: target_of,
    show: show_location,
};

fn entities() -> Vec<Entity> {
    let organization =
        Load { view: schema::<OrganizationView>, kind: "Organization", show: show_organization, ..LOCATION };
    let practitioner =
        Load { view: schema::<PractitionerView>, kind: "Practitioner", show: show_practitioner, ..LOCATION };
    let part_of = |to: &'static str, prefix: &'static str| {
        vec![Link::reference("partOf", ("partOf", prefix), to, "What it is part of")]
    };
    vec![
        Entity {
            name: "Location",
            load: Some(LOCATION),
            links: part_of("Location", "Location/"),
            reads: vec![],
        },
        Entity {
            name: "Organization",
            load: Some(organization),
            links: part_of("Organization", "Organization/"),
            reads: vec![],
        },
        Entity { name: "Practitioner", load: Some(practitioner), links: vec![], reads: vec![] },
    ]
}

fn queries() -> Vec<Read> {
    vec![Read {
        name: "places",
        about: "Places, all or those of one place",
        operation: "ListPlaces",
        interaction: Execute,
        arguments: Some(schema::<ListPlaces>),
        of: None,
        answers: schema::<PlacePage>,
        read: |house, context, arguments, _| {
            Box::pin(
                async move { given(&rest::listed(house, context, taken::<ListPlaces>(&arguments)).await?) },
            )
        },
    }]
}
