//! What a user connected: listed, and disconnected at once.

use crate::consent::{ScopeView, views};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use galen_access::smart::authorization::{self, StoredAuthorization};
use galen_access::smart::client;
use galen_access::user::HOME;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Rejection, RejectionKind};
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
    /// The application's name.
    client: String,
    /// What it may do.
    scopes: Vec<ScopeView>,
    /// Whose record it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    patient: Option<String>,
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
    let mut names: HashMap<String, String> = HashMap::new();
    let mut all = Vec::new();
    for stored in authorization::of_user(&house.store, &context.actor.user, context.at).await? {
        let StoredAuthorization { id, authorization, .. } = stored;
        if !names.contains_key(&authorization.client) {
            let found = client::by_id(&house.store, &authorization.client).await?;
            names.insert(
                authorization.client.clone(),
                found.map(|found| found.client.name).unwrap_or_default(),
            );
        }
        all.push(AuthorizationView {
            id,
            client: names.get(&authorization.client).cloned().unwrap_or_default(),
            scopes: views(&authorization.scopes),
            created: authorization.created.to_string(),
            expires: authorization.expires().to_string(),
            patient: authorization.patient.map(|patient| patient.as_str().to_owned()),
        });
    }
    looked(&house, &context, draft).await?;
    Ok(json(StatusCode::OK, &all))
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
