//! What every handler does alike: run the command that a body asks for, and show what was read.

use crate::caller::parsed;
use crate::command::Command;
use crate::execute::execute;
use crate::http::{json, read_json};
use crate::idempotency::{HEADER, Key};
use crate::observe::{Draft, looked, refused};
use crate::{House, Refusal};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, OriginalUri, Request};
use axum::response::Response;
use galen_access::Context;
use galen_kernel::Rejection;
use http::{HeaderMap, StatusCode};
use serde::{Serialize, de::DeserializeOwned};

/// What was sent with a request that wants something done.
#[derive(Debug)]
pub struct Sent {
    /// Where to: the address's path.
    pub address: String,
    /// With which headers.
    pub headers: HeaderMap,
    /// What.
    pub body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = BytesRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, BytesRejection> {
        // A router that is nested in another sees the rest of the address only.
        let address = match request.extensions().get::<OriginalUri>() {
            Some(OriginalUri(whole)) => whole.path().to_owned(),
            None => request.uri().path().to_owned(),
        };
        let headers = request.headers().clone();
        Ok(Self { address, headers, body: Bytes::from_request(request, state).await? })
    }
}

impl Sent {
    /// The idempotency key, if the headers carry one: of this body for this address.
    pub fn key(&self) -> Result<Option<Key>, Rejection> {
        self.key_of(&self.body)
    }

    /// The key of this address whatever the body says: for what a retry may ask with another body.
    pub fn key_of_address(&self) -> Result<Option<Key>, Rejection> {
        self.key_of(&[])
    }

    fn key_of(&self, body: &[u8]) -> Result<Option<Key>, Rejection> {
        let text = self.headers.get(HEADER);
        text.map(|text| Key::new(text.to_str().unwrap_or_default(), &self.address, body)).transpose()
    }
}

/// Reads a body, makes a command of it, runs that and shows what it answers.
pub async fn run<B: DeserializeOwned, C: Command>(
    house: &House,
    context: &Context,
    sent: Sent,
    status: StatusCode,
    command: impl FnOnce(B) -> C,
) -> Result<Response, Refusal> {
    let read = read_json::<B>(&sent.body).and_then(|read| Ok((read, sent.key()?)));
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
