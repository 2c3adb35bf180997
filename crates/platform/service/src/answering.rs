//! What every handler does alike: run the command that a body asks for, and show what was read.

use crate::caller::parsed;
use crate::command::Command;
use crate::execute::execute;
use crate::http::{json, read_json};
use crate::idempotency::Key;
use crate::observe::{Draft, looked, refused};
use crate::{House, Refusal};
use axum::body::Bytes;
use axum::response::Response;
use galen_access::Context;
use http::{HeaderMap, StatusCode};
use serde::{Serialize, de::DeserializeOwned};

/// Reads a body, makes a command of it, runs that and shows what it answers.
pub async fn run<B: DeserializeOwned, C: Command>(
    house: &House,
    context: &Context,
    (headers, body): (HeaderMap, Bytes),
    status: StatusCode,
    command: impl FnOnce(B) -> C,
) -> Result<Response, Refusal> {
    let read = read_json::<B>(&body).and_then(|read| Ok((read, Key::of_request(&headers, &body)?)));
    let (read, key) = parsed(house, context, C::NAME, C::INTERACTION, read).await?;
    Ok(json(status, &execute(house, context, &command(read), key.as_ref()).await?))
}

/// Answers a read with what was found or refused, after its audit entry is written.
pub async fn shown<T: Serialize>(
    house: &House,
    context: &Context,
    draft: Draft,
    found: Result<T, Refusal>,
) -> Result<Response, Refusal> {
    match found {
        Ok(view) => {
            looked(house, context, draft).await?;
            Ok(json(StatusCode::OK, &view))
        }
        Err(refusal) => Err(refused(house, Some(context), draft, refusal).await),
    }
}
