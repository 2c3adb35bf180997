//! The directory over HTTP: thin. The four additions are one command with four bodies.

use crate::commands::{AddOrganization, AddPlace, AddPractitioner, AssignRole};
use crate::decide::{self, Above};
use crate::events::Event;
use crate::model::{Entry, entry};
use crate::queries::{self, ListPlaces, PlacePage};
use crate::{fhir, store};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_contracts::directory::DirectoryEntryChangedV1;
use galen_fhir::Resource;
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::answering::{Sent, run, shown};
use galen_service::command::{Command, Facts, Saved, clash};
use galen_service::observe::Draft;
use galen_service::openapi::schema;
use galen_service::{Access, Caller, House, Media, Method, Refusal, Route};
use galen_store::{Conflict, Expected, ShardId};
use http::StatusCode;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const ADD: &str = "AddDirectoryEntry";

/// An entry that was added.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    /// Resource type.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u64,
}

/// A body that adds an entry of one type.
pub trait NewEntry: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// The resource type.
    const KIND: &'static str;
    /// The resource.
    fn resource(&self, id: &str) -> Result<Resource, Fault>;
}

macro_rules! new_entry {
    ($($body:ty => $kind:literal, $build:path;)*) => {$(
        impl NewEntry for $body {
            const KIND: &'static str = $kind;
            fn resource(&self, id: &str) -> Result<Resource, Fault> {
                $build(id, self)
            }
        }
    )*};
}

new_entry! {
    AddOrganization => "Organization", fhir::organization;
    AddPlace => "Location", fhir::location;
    AddPractitioner => "Practitioner", fhir::practitioner;
    AssignRole => "PractitionerRole", fhir::role;
}

/// The command behind every addition.
struct Add<B>(B);

impl<B: NewEntry> Command for Add<B> {
    type Loaded = (Entry, Above);
    type Event = Event;
    type Answer = EntryView;
    const NAME: &'static str = ADD;
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = (B::KIND, Category::Directory);

    async fn load(&self, house: &House, _: &Context) -> Result<Self::Loaded, Refusal> {
        let entry = entry(&self.0.resource("new")?);
        let above = store::above(house, &entry).await?;
        if entry.part_of.is_some() && above.0.is_empty() {
            return Err(Rejection::new(
                RejectionKind::Unprocessable,
                "not-found",
                "There is nothing it could be part of",
            )
            .at("partOf")
            .into());
        }
        Ok((entry, above))
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        Target::plain(B::KIND, Category::Directory)
    }

    fn decide(&self, (entry, above): &Self::Loaded, _: &Facts) -> Result<Vec<Event>, Rejection> {
        decide::add(B::KIND, entry, above)
    }

    fn save(
        &self,
        house: &House,
        _: Self::Loaded,
        events: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<EntryView>, Fault> {
        let id = house.store.new_id(ShardId(0), facts.now, facts.chance_for_id());
        let mut resource = self.0.resource(&id)?;
        store::claim(&id, &events, change);
        change.put(&house.records, &mut resource, Expected::Absent, facts.now);
        let reference = format!("{}/{id}", B::KIND);
        change.event(&DirectoryEntryChangedV1 { entry: reference.clone(), version: 1 });
        Ok(Saved::new(EntryView { kind: B::KIND.to_owned(), id, version: 1 }, vec![reference]))
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        store::clash(conflict).unwrap_or_else(|| clash(conflict))
    }
}

async fn add<B: NewEntry>(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    sent: Sent,
) -> Result<Response, Refusal> {
    run(&house, &context, sent, StatusCode::CREATED, |new: B| Add(new)).await
}

async fn places(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    wanted: Result<Query<ListPlaces>, QueryRejection>,
) -> Result<Response, Refusal> {
    let draft = Draft::new("ListPlaces", Interaction::Execute);
    let wanted = wanted.map(|Query(wanted)| wanted).map_err(|_| {
        Rejection::new(RejectionKind::Malformed, "criteria-invalid", "There is a parameter that is not known")
            .next("Use partOf, name and page")
    });
    let page = listed(&house, &context, wanted).await;
    shown(&house, &context, draft, page).await
}

/// The places that fit.
pub(crate) async fn listed(
    house: &House,
    context: &Context,
    wanted: Result<ListPlaces, Rejection>,
) -> Result<PlacePage, Refusal> {
    let wanted = wanted?;
    let target = Target::plain("Location", Category::Directory);
    let visibility = house.access.visibility(context, "ListPlaces", &target).await??;
    queries::list(house, &wanted, visibility).await
}

fn adding<B: NewEntry>(path: &'static str, summary: &'static str) -> Route {
    Route {
        method: Method::Post,
        path,
        access: Access::Action { name: ADD, kind: B::KIND, category: Category::Directory },
        summary,
        media: Media::Json,
        query: None,
        request: Some(schema::<B>),
        answer: Some(schema::<EntryView>),
        handler: || post(add::<B>),
    }
}

/// All routes of the directory.
pub fn routes() -> Vec<Route> {
    vec![
        adding::<AddOrganization>("/api/directory/organizations", "Add an organization"),
        adding::<AddPlace>("/api/directory/places", "Add a site, building, ward, room or bed"),
        adding::<AddPractitioner>("/api/directory/practitioners", "Add a practitioner"),
        adding::<AssignRole>("/api/directory/roles", "Give a practitioner a role"),
        Route {
            method: Method::Get,
            path: "/api/directory/places",
            access: Access::Action { name: "ListPlaces", kind: "Location", category: Category::Directory },
            summary: "List places, all or those of one place",
            media: Media::Json,
            query: Some(schema::<ListPlaces>),
            request: None,
            answer: Some(schema::<PlacePage>),
            handler: || get(places),
        },
    ]
}
