//! What the shell asks the user before an application gets anything, and the user's answer.

use crate::authorize::{Carried, address_of, address_of_error};
use crate::grants::secret_text;
use crate::patients::{PatientName, id_in, patient};
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::Response;
use galen_access::actor::ActorKind;
use galen_access::smart::authorization::{
    Authorization, CODE_MICROS, Code, Launch, REQUEST_MICROS, StoredAuthorization,
};
use galen_access::smart::client::{self, StoredClient};
use galen_access::smart::error::OAuthCode;
use galen_access::smart::once::Presented;
use galen_access::smart::request::AuthorizationRequest;
use galen_access::smart::scope::{Level, Permissions, ResourceScope};
use galen_access::smart::{OAuthError, Plain, Scopes};
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

const ACTION: &str = "AuthorizeClient";

/// Which request it is about.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Asking {
    /// As in the address of the page.
    request: String,
}

/// A scope in parts, so that the screen can say it in the user's language.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScopeView {
    /// As the application wrote it: what is sent back when it is allowed.
    scope: String,
    /// `patient`, `user`, or absent for scopes of no resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    /// The resource type; absent for all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Whether it lets the application see.
    reads: bool,
    /// Whether it lets the application add or change.
    writes: bool,
    /// Whether it lets the application delete.
    deletes: bool,
    /// Search criteria that narrow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    criteria: Option<String>,
}

/// What the user is asked.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConsentView {
    /// The application's name, as registered.
    client: String,
    /// Where the answer goes: the address's beginning.
    destination: String,
    /// What it asks for.
    scopes: Vec<ScopeView>,
    /// Whose record it would see, where that is settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<PatientName>,
    /// Whether the user must choose a patient.
    choose_patient: bool,
}

/// The user's answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Decide {
    /// As in the address of the page.
    request: String,
    /// Whether the application may.
    allow: bool,
    /// Which of the scopes, as written.
    #[serde(default)]
    scopes: Vec<String>,
    /// The patient chosen.
    #[serde(default)]
    patient: Option<String>,
}

/// Where the browser goes on.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DecidedView {
    /// An address of the application.
    redirect: String,
}

/// A request with what it needs of the store.
struct Asked {
    request: AuthorizationRequest,
    client: StoredClient,
    launch: Option<Launch>,
}

async fn asked(house: &House, context: &Context, text: &str) -> Result<Asked, Refusal> {
    let over = || {
        Rejection::new(
            RejectionKind::Gone,
            "request-expired",
            "This request is not one of this server, or too old",
        )
        .next("Begin again in the application")
    };
    let request = Carried::open(house, text, context.at).ok_or_else(over)?;
    let client = client::by_id(&house.store, &request.client).await?.filter(|found| !found.client.disabled);
    let client = client.ok_or_else(|| {
        Rejection::new(RejectionKind::Gone, "client-disabled", "This application was disabled")
    })?;
    let launch = match &request.launch {
        None => None,
        Some(secret) => {
            let found = Presented::Launch.find::<Launch>(&house.store, secret, context.at).await?;
            Some(found.ok_or_else(over)?)
        }
    };
    if launch.as_ref().is_some_and(|launch| launch.user != context.actor.user || launch.client != client.id) {
        let message = "This launch was begun by somebody else";
        return Err(Rejection::new(RejectionKind::Forbidden, "launch-of-another", message)
            .next("Launch the application yourself")
            .into());
    }
    Ok(Asked { request, client, launch })
}

fn target() -> Target {
    Target::plain("Client", Category::Security)
}

impl Asked {
    /// Whose record it is about, where the user has no choice.
    fn settled(&self, context: &Context) -> Result<Option<PatientId>, Rejection> {
        let launched = self.launch.as_ref().map(|launch| &launch.patient);
        match (&context.actor.patient, launched) {
            (Some(own), Some(launched)) if own != launched => Err(not_own()),
            (Some(own), _) => Ok(self.needs_patient().then(|| own.clone())),
            (None, launched) => Ok(launched.cloned()),
        }
    }

    fn needs_patient(&self) -> bool {
        self.request.scopes.needs_patient() || self.launch.is_some()
    }

    /// Whose record the user decided about.
    fn decided(
        &self,
        context: &Context,
        chosen: Option<&str>,
        scopes: &Scopes,
    ) -> Result<Option<PatientId>, Rejection> {
        let settled = self.settled(context)?;
        let chosen = chosen.map(|text| PatientId::parse(id_in("Patient", text))).transpose();
        let chosen = chosen.map_err(|_| invalid_patient())?;
        match (settled, chosen) {
            (Some(settled), Some(chosen)) if settled != chosen => Err(not_own()),
            (Some(settled), _) => Ok(Some(settled)),
            (None, Some(chosen)) if scopes.needs_patient() => Ok(Some(chosen)),
            (None, None) if scopes.needs_patient() => Err(Rejection::new(
                RejectionKind::Unprocessable,
                "patient-missing",
                "The application works on one patient's record: choose whose",
            )
            .at("patient")),
            (None, _) => Ok(None),
        }
    }
}

fn not_own() -> Rejection {
    let message = "The application was opened for one patient; it cannot be given another's record";
    Rejection::new(RejectionKind::Forbidden, "patient-differs", message).at("patient")
}

fn invalid_patient() -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "id-invalid", "This is no patient's id").at("patient")
}

/// `GET /api/authorizations/request`.
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Query(asking): Query<Asking>,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new(ACTION, Interaction::Read);
    match shown(&house, &context, &mut draft, &asking.request).await {
        Ok(view) => {
            looked(&house, &context, draft).await?;
            Ok(json(StatusCode::OK, &view))
        }
        Err(refusal) => Err(refused(&house, Some(&context), draft, refusal).await),
    }
}

async fn shown(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    text: &str,
) -> Result<ConsentView, Refusal> {
    draft.allow(house, context, ACTION, &target()).await?;
    let asked = asked(house, context, text).await?;
    draft.entities.push(format!("Client/{}", asked.client.id));
    let settled = asked.settled(context)?;
    let named = match &settled {
        Some(id) => Some(patient(house, context, draft, id).await?),
        None => None,
    };
    let uri = &asked.request.redirect_uri;
    let end = uri.find("://").and_then(|at| uri.get(at + 3..)?.find(['/', '?']).map(|end| at + 3 + end));
    Ok(ConsentView {
        client: asked.client.client.name.clone(),
        destination: uri.get(..end.unwrap_or(uri.len())).unwrap_or_default().to_owned(),
        scopes: views(&asked.request.scopes),
        choose_patient: settled.is_none()
            && asked.needs_patient()
            && context.actor.kind != ActorKind::Patient,
        patient: named,
    })
}

/// A set of scopes in parts.
pub(crate) fn views(scopes: &Scopes) -> Vec<ScopeView> {
    let plain = Plain::ALL.into_iter().filter(|plain| scopes.has(*plain)).map(|plain| ScopeView {
        scope: plain.code().to_owned(),
        level: None,
        kind: None,
        reads: false,
        writes: false,
        deletes: false,
        criteria: None,
    });
    plain.chain(scopes.resources().map(resource_view)).collect()
}

fn resource_view(scope: &ResourceScope) -> ScopeView {
    let has_any = |permissions| scope.permissions.has_any(permissions);
    ScopeView {
        scope: scope.to_string(),
        level: Some(match scope.level {
            Level::Patient => "patient",
            Level::User => "user",
            Level::System => "system",
        }),
        kind: scope.kind.clone(),
        reads: has_any(Permissions::READ.with(Permissions::SEARCH)),
        writes: has_any(Permissions::CREATE.with(Permissions::UPDATE)),
        deletes: has_any(Permissions::DELETE),
        criteria: scope.criteria.clone(),
    }
}

/// `POST /api/authorizations/request`.
pub(crate) async fn decide(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let decide: Decide = parsed(&house, &context, ACTION, Interaction::Create, read_json(&body)).await?;
    let mut draft = Draft::new(ACTION, Interaction::Create);
    match decided(&house, &context, &mut draft, &decide).await {
        Ok(redirect) => Ok(json(StatusCode::OK, &DecidedView { redirect })),
        Err(refusal) => Err(refused(&house, Some(&context), draft, refusal).await),
    }
}

async fn decided(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    decide: &Decide,
) -> Result<String, Refusal> {
    draft.allow(house, context, ACTION, &target()).await?;
    let asked = asked(house, context, &decide.request).await?;
    draft.entities.push(format!("Client/{}", asked.client.id));
    let request = &asked.request;
    if !decide.allow {
        let error = OAuthError::new(OAuthCode::AccessDenied, "The user did not allow it");
        looked(house, context, Draft { operation: "DenyClient".to_owned(), ..draft.clone() }).await?;
        return Ok(address_of_error(house, &request.redirect_uri, Some(&request.state), &error));
    }
    let scopes = chosen(request, &asked.client, &decide.scopes)?;
    let about = asked.decided(context, decide.patient.as_deref(), &scopes)?;
    if let Some(id) = &about {
        patient(house, context, draft, id).await?;
    }
    let session = context
        .session
        .clone()
        .filter(|_| scopes.has(Plain::OnlineAccess) && !scopes.has(Plain::OfflineAccess));
    let authorization = Authorization {
        user: context.actor.user.clone(),
        client: asked.client.id.clone(),
        patient: about,
        encounter: asked.launch.as_ref().and_then(|launch| launch.encounter.clone()),
        session,
        scopes,
        created: context.at,
    };
    let id = house.store.new_id(HOME, context.at, house.entropy.sixteen());
    let stored = StoredAuthorization { id, version: 0, authorization };
    let code = keep(house, context, draft, &stored, request).await?;
    let parameters = [("code", code.as_str()), ("state", request.state.as_str()), ("iss", &house.origin)];
    Ok(address_of(&request.redirect_uri, &parameters))
}

/// The scopes that the user left switched on: of those asked for, and of those that the client may still have.
fn chosen(
    request: &AuthorizationRequest,
    client: &StoredClient,
    words: &[String],
) -> Result<Scopes, Rejection> {
    let none = || {
        Rejection::new(
            RejectionKind::Unprocessable,
            "scopes-missing",
            "Nothing is left that the application may do",
        )
        .at("scopes")
        .next("Leave something switched on, or refuse")
    };
    let left = Scopes::parse(&words.join(" ")).map_err(|_| none())?;
    let chosen = left.within(&request.scopes).within(&client.client.scopes);
    if chosen.is_empty() { Err(none()) } else { Ok(chosen) }
}

/// Keeps an authorization and the code for it; spends the launch that it came of.
async fn keep(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    stored: &StoredAuthorization,
    request: &AuthorizationRequest,
) -> Result<String, Refusal> {
    let text = secret_text(house);
    let code = Code {
        authorization: stored.id.clone(),
        client: request.client.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
    };
    let mut change = Change::new();
    change.push(HOME, stored.add()?);
    change.push(HOME, Presented::Code.issue(&text, &code, context.at.plus_micros(CODE_MICROS))?);
    if let Some(launch) = &request.launch {
        let until = context.at.plus_micros(REQUEST_MICROS);
        change.push(HOME, Presented::Launch.end(launch));
        change.push(HOME, Presented::Launch.spend(launch, &stored.id, until)?);
    }
    draft.entities.push(format!("Authorization/{}", stored.id));
    match commit(house, context, draft.clone(), change).await? {
        Ok(()) => Ok(text),
        Err(conflict) if Presented::Launch.is_spent_by(&conflict) => {
            Err(Rejection::new(RejectionKind::Conflict, "launch-used", "This launch was used already")
                .next("Launch the application again")
                .into())
        }
        Err(conflict) => Err(clash(&conflict).into()),
    }
}
