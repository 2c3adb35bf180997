//! Access tokens for programs, and the keys that verify them.

use crate::caller::{Caller, parsed};
use crate::house::House;
use crate::http::{json, read_json};
use crate::observe::{Draft, commit};
use crate::refusal::Refusal;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use galen_access::{Context, signing, token};
use galen_audit::Interaction;
use galen_kernel::Fault;
use galen_records::Change;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json as value;
use std::sync::Arc;

/// What asks for a token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("x-galen-optional" = true))]
pub struct TokenBody {
    /// Life in seconds, up to a day; an hour when absent.
    #[serde(default)]
    pub seconds: Option<i64>,
}

/// A token.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// The token, for `Authorization: Bearer`.
    pub token: String,
    /// Its life in seconds.
    pub seconds: i64,
}

/// Signs a token for the caller, with its audit entry.
pub async fn issue_for(house: &House, context: &Context, seconds: i64) -> Result<TokenView, Refusal> {
    let seconds = seconds.clamp(1, token::LIFE_SECONDS_MAX);
    let keys = house.access.keys();
    let key = keys.first().ok_or_else(|| Fault::new("sign token", "there is no signing key"))?;
    let jti = data_encoding::HEXLOWER.encode(&house.entropy.sixteen());
    let text = token::issue(key, &context.actor.user, context.at, seconds, jti)?;
    let mut draft = Draft::new("IssueToken", Interaction::Create);
    draft.entities = vec![format!("User/{}", context.actor.user)];
    if let Err(conflict) = commit(house, context, draft, Change::new()).await? {
        return Err(crate::command::clash(&conflict).into());
    }
    Ok(TokenView { token: text, seconds })
}

/// `POST /api/token`.
pub async fn issue(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = if body.is_empty() { Ok(TokenBody { seconds: None }) } else { read_json(&body) };
    let body = parsed(&house, &context, "IssueToken", Interaction::Create, body).await?;
    let view = issue_for(&house, &context, body.seconds.unwrap_or(token::LIFE_SECONDS_DEFAULT)).await?;
    Ok(json(StatusCode::CREATED, &view))
}

/// `GET /.well-known/jwks.json`.
pub async fn keys(State(house): State<Arc<House>>) -> Response {
    let keys: Vec<_> = house.access.keys().iter().map(signing::SigningKey::jwk).collect();
    json(StatusCode::OK, &value!({ "keys": keys }))
}
