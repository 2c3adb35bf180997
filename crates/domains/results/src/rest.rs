//! Results over HTTP: thin. Parse, execute, render.

use crate::commands::ReleaseResult;
use crate::events::Event;
use crate::queries::RESULTS;
use crate::{decide, fhir, queries, store};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::{Resource, ResourceType};
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_records::{Change, release_of, set_release, target_of};
use galen_service::answering::shown;
use galen_service::caller::parsed;
use galen_service::command::{Command, Facts, Saved};
use galen_service::execute::execute;
use galen_service::http::{json, read_json};
use galen_service::observe::Draft;
use galen_service::openapi::schema;
use galen_service::{Access, Caller, House, Media, Method, Refusal, Route};
use galen_store::Expected;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

const KIND: (&str, Category) = ("Observation", Category::Clinical);

/// What was released.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReleasedView {
    /// The result and those that were held with it, as references.
    pub released: Vec<String>,
    /// The result's version now.
    pub version: u64,
}

/// What is held back from a patient.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldView {
    /// How many results: 100 of each type at most.
    pub count: usize,
    /// When the first of them will be released, if nobody comments before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// All routes of results.
pub fn routes() -> Vec<Route> {
    let access = |name| Access::Action { name, kind: KIND.0, category: KIND.1 };
    vec![
        Route {
            method: Method::Post,
            path: "/api/results/{type}/{id}/release",
            access: access("ReleaseResult"),
            summary: "Let the patient see a result that is held back, with a comment if there is one",
            media: Media::Json,
            query: None,
            request: Some(schema::<ReleaseResult>),
            answer: Some(schema::<ReleasedView>),
            handler: || post(release),
        },
        Route {
            method: Method::Get,
            path: "/api/patients/{id}/results/held",
            access: access("CountHeldResults"),
            summary: "How many of a patient's results are held back, and until when",
            media: Media::Json,
            query: None,
            request: None,
            answer: Some(schema::<HeldView>),
            handler: || get(held),
        },
    ]
}

/// What releasing a result reads.
pub struct Releasing {
    version: u64,
    resource: Resource,
    /// The results of a report.
    parts: Vec<(u64, Resource)>,
    author: Option<String>,
    target: Target,
}

impl Command for ReleaseResult {
    type Loaded = Releasing;
    type Event = Event;
    type Answer = ReleasedView;
    const NAME: &'static str = "ReleaseResult";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = KIND;

    async fn load(&self, house: &House, context: &Context) -> Result<Releasing, Refusal> {
        let resource_type = self.resource_type.ok_or_else(missing)?;
        let found = house.records.get(resource_type, &self.id).await?.ok_or_else(missing)?;
        let resource = found.resource()?.ok_or_else(missing)?;
        let sealed = house.records.sealed(context.at).await?;
        Ok(Releasing {
            version: found.document.version,
            parts: store::stored_parts(house, &resource).await?,
            author: context.actor.practitioner.as_ref().map(ToString::to_string),
            target: target_of(&resource, &sealed),
            resource,
        })
    }

    fn target(&self, loaded: &Releasing) -> Target {
        loaded.target.clone()
    }

    fn decide(&self, loaded: &Releasing, facts: &Facts) -> Result<Vec<Event>, Rejection> {
        let comment = self.comment.as_ref().map(|text| text.reveal().as_str());
        let release = release_of(&loaded.resource);
        decide::let_go(loaded.version, self.version, release, comment, facts.now)
            .map(|()| vec![Event::Released])
    }

    fn save(
        &self,
        house: &House,
        loaded: Releasing,
        _: Vec<Event>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<ReleasedView>, Fault> {
        let is_held = |one: &Resource| release_of(one).is_some_and(|release| facts.now < release);
        let mut result = loaded.resource;
        if let Some(text) = &self.comment {
            fhir::comment(&mut result, loaded.author.as_deref(), text.reveal().trim(), facts.now);
        }
        let parts = loaded.parts.into_iter().filter(|(_, part)| is_held(part));
        let mut released = Vec::new();
        for (version, mut resource) in std::iter::once((loaded.version, result)).chain(parts) {
            set_release(&mut resource, Some(facts.now));
            released.push(format!("{}/{}", resource.resource_type(), resource.id().unwrap_or_default()));
            change.put(&house.records, &mut resource, Expected::Version(version), facts.now);
        }
        Ok(Saved::new(ReleasedView { released: released.clone(), version: loaded.version + 1 }, released))
    }
}

fn missing() -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", "There is no such result")
}

async fn release(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path((kind, id)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let read = read_json::<ReleaseResult>(&body);
    let read = parsed(&house, &context, ReleaseResult::NAME, ReleaseResult::INTERACTION, read).await?;
    let resource_type = ResourceType::parse(&kind).filter(|known| RESULTS.contains(&known.name()));
    let command = ReleaseResult { resource_type, id, ..read };
    Ok(json(StatusCode::OK, &execute(&house, &context, &command, None).await?))
}

async fn held(State(house): State<Arc<House>>, Caller(context): Caller, Path(id): Path<String>) -> Answer {
    let mut draft = Draft::new("CountHeldResults", Interaction::Read);
    let counted = counted(&house, &context, &id, &mut draft).await;
    shown(&house, &context, draft, counted).await
}

async fn counted(house: &House, context: &Context, id: &str, draft: &mut Draft) -> Result<HeldView, Refusal> {
    let anybody = Target::plain(KIND.0, KIND.1);
    house.access.visibility(context, "CountHeldResults", &anybody).await??;
    let nobody = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient");
    let patient = PatientId::parse(id).map_err(|_| nobody())?;
    draft.patients = vec![id.to_owned()];
    let about = house.records.of_patient(anybody, &patient, context.at).await?;
    draft.allow(house, context, "CountHeldResults", &about).await?;
    let releases = queries::held(house, &patient, context.at).await?;
    let next = releases.iter().min().map(ToString::to_string);
    Ok(HeldView { count: releases.len(), next })
}
