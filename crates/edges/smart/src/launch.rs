//! An EHR launch: the shell opens an application on the record that is open in it.

use crate::grants::secret_text;
use crate::patients::{check_encounter, patient};
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use galen_access::smart::Plain;
use galen_access::smart::authorization::{LAUNCH_MICROS, Launch};
use galen_access::smart::client::{self, StoredClient};
use galen_access::smart::once::Presented;
use galen_access::user::HOME;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{PatientId, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::caller::parsed;
use galen_service::command::clash;
use galen_service::http::{json, read_json};
use galen_service::observe::{Draft, commit, looked, refused};
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const ACTION: &str = "LaunchClient";

/// What is launched on what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LaunchClient {
    /// The client's id.
    client: String,
    /// The patient whose record is open.
    patient: String,
    /// The encounter that is open.
    #[serde(default)]
    encounter: Option<String>,
}

/// A launch.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LaunchView {
    /// The opaque value: good once, for a few minutes, for this user.
    launch: String,
    /// The address that the browser opens.
    url: String,
}

/// An application that can be opened on a record.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LaunchableView {
    /// Its `client_id`.
    client: String,
    /// Its name.
    name: String,
}

/// `GET /api/launches`.
pub(crate) async fn launchable(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("ListLaunchable", Interaction::Read);
    let target = Target::plain("Client", Category::Security);
    if let Err(refusal) = draft.allow(&house, &context, "ListLaunchable", &target).await {
        return Err(refused(&house, Some(&context), draft, refusal).await);
    }
    let all: Vec<LaunchableView> = client::list(&house.store)
        .await?
        .into_iter()
        // One that may not ask for the scope could do nothing with the launch.
        .filter(|StoredClient { client, .. }| {
            !client.disabled && client.launch_url.is_some() && client.scopes.has(Plain::Launch)
        })
        .map(|StoredClient { id, client, .. }| LaunchableView { client: id, name: client.name })
        .collect();
    looked(&house, &context, draft).await?;
    Ok(json(StatusCode::OK, &all))
}

/// `POST /api/launches`.
pub(crate) async fn launch(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let wanted: LaunchClient =
        parsed(&house, &context, ACTION, Interaction::Create, read_json(&body)).await?;
    let mut draft = Draft::new(ACTION, Interaction::Create);
    match launched(&house, &context, &mut draft, wanted).await {
        Ok(view) => Ok(json(StatusCode::CREATED, &view)),
        Err(refusal) => Err(refused(&house, Some(&context), draft, refusal).await),
    }
}

async fn launched(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    wanted: LaunchClient,
) -> Result<LaunchView, Refusal> {
    draft.allow(house, context, ACTION, &Target::plain("Client", Category::Security)).await?;
    let found = client::by_id(&house.store, &wanted.client).await?.filter(|found| !found.client.disabled);
    let url = found.and_then(|found| found.client.launch_url).ok_or_else(|| {
        Rejection::new(
            RejectionKind::NotFound,
            "no-such-client",
            "No application that can be launched has this id",
        )
        .at("client")
    })?;
    let id = PatientId::parse(wanted.patient).map_err(|_| {
        Rejection::new(RejectionKind::Unprocessable, "id-invalid", "This is no patient's id").at("patient")
    })?;
    patient(house, context, draft, &id).await?;
    if let Some(encounter) = &wanted.encounter {
        check_encounter(house, context, draft, (encounter, &id)).await?;
    }
    draft.entities.push(format!("Client/{}", wanted.client));
    let value = Launch {
        user: context.actor.user.clone(),
        client: wanted.client,
        patient: id,
        encounter: wanted.encounter,
    };
    let secret = secret_text(house);
    let mut change = Change::new();
    change.push(HOME, Presented::Launch.issue(&secret, &value, context.at.plus_micros(LAUNCH_MICROS))?);
    commit(house, context, draft.clone(), change).await?.map_err(|conflict| clash(&conflict))?;
    let url = crate::authorize::address_of(&url, &[("iss", &house.fhir_base()), ("launch", &secret)]);
    Ok(LaunchView { launch: secret, url })
}
