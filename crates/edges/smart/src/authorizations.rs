//! What a user connected: listed, and disconnected at once.

use crate::consent::{ScopeView, views};
use crate::grants::standing;
use crate::patients::{PatientName, patient};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use galen_access::smart::authorization::{self, StoredAuthorization};
use galen_access::smart::client::{self, StoredClient};
use galen_access::user::HOME;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{PatientId, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::http::json;
use galen_service::observe::{Draft, commit, looked, refused};
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

/// An authorization as its user sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizationView {
    /// Its id.
    id: String,
    /// The application's `client_id`.
    client_id: String,
    /// The application's name.
    client: String,
    /// What it may do.
    scopes: Vec<ScopeView>,
    /// Whose record it is about; absent where the caller may not see them any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<PatientName>,
    /// Whether it gets nothing any more: the application was switched off since, by an administrator.
    ended: bool,
    /// Since when.
    created: String,
    /// Until when at most.
    expires: String,
}

fn target() -> Target {
    Target::plain("Authorization", Category::Security)
}

/// `GET /api/authorizations`.
pub(crate) async fn list(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("ListAuthorizations", Interaction::Read);
    if let Err(refusal) = draft.allow(&house, &context, "ListAuthorizations", &target()).await {
        return Err(refused(&house, Some(&context), draft, refusal).await);
    }
    match listed(&house, &context, &mut draft).await {
        Ok(all) => {
            looked(&house, &context, draft).await?;
            Ok(json(StatusCode::OK, &all))
        }
        Err(refusal) => Err(refused(&house, Some(&context), draft, refusal).await),
    }
}

async fn listed(
    house: &House,
    context: &Context,
    draft: &mut Draft,
) -> Result<Vec<AuthorizationView>, Refusal> {
    let mut clients: HashMap<String, Option<StoredClient>> = HashMap::new();
    let mut all = Vec::new();
    for stored in authorization::of_user(&house.store, &context.actor.user, context.at).await? {
        // One that lasts as long as a session ended with it.
        let Some(stored) = standing(house, &stored.id, context.at).await? else { continue };
        let StoredAuthorization { id, authorization, .. } = stored;
        if !clients.contains_key(&authorization.client) {
            let found = client::by_id(&house.store, &authorization.client).await?;
            clients.insert(authorization.client.clone(), found);
        }
        let found = clients.get(&authorization.client).and_then(Option::as_ref);
        let patient = match &authorization.patient {
            Some(id) => named(house, context, draft, id).await?,
            None => None,
        };
        all.push(AuthorizationView {
            id,
            client: found.map(|found| found.client.name.clone()).unwrap_or_default(),
            ended: found
                .is_none_or(|found| found.client.disabled || authorization.created < found.client.valid_from),
            scopes: views(&authorization.scopes),
            created: authorization.created.to_string(),
            expires: authorization.expires().to_string(),
            client_id: authorization.client,
            patient,
        });
    }
    Ok(all)
}

/// The patient's name, as far as the caller may see it by now: one who may not can disconnect the application all the same.
async fn named(
    house: &House,
    context: &Context,
    draft: &mut Draft,
    id: &PatientId,
) -> Result<Option<PatientName>, Refusal> {
    match patient(house, context, draft, id).await {
        Ok(name) => Ok(Some(name)),
        Err(Refusal::Rejected(_)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// `DELETE /api/authorizations/{id}`.
pub(crate) async fn revoke(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("RevokeAuthorization", Interaction::Delete);
    match revoked(&house, &context, &mut draft, &id).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(refusal) => Err(refused(&house, Some(&context), draft, refusal).await),
    }
}

async fn revoked(house: &House, context: &Context, draft: &mut Draft, id: &str) -> Result<(), Refusal> {
    draft.allow(house, context, "RevokeAuthorization", &target()).await?;
    let found = authorization::by_id(&house.store, id).await?;
    let own = found.filter(|found| found.authorization.user == context.actor.user);
    let stored = own.ok_or_else(|| {
        Rejection::new(
            RejectionKind::NotFound,
            "not-found",
            "You have connected no application under this id",
        )
    })?;
    draft.entities = vec![format!("Authorization/{id}"), format!("Client/{}", stored.authorization.client)];
    let mut change = Change::new();
    change.push(HOME, stored.end());
    // One that ended in the meantime is what was asked for.
    let _ended_either_way = commit(house, context, draft.clone(), change).await?;
    house.access.forget_grants();
    Ok(())
}
