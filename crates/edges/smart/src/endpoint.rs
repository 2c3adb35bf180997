//! What OAuth's endpoints have in common: reading forms, counting tries, refusing in OAuth's words, one audit entry each.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use galen_access::Context;
use galen_access::smart::error::OAuthCode;
use galen_access::smart::{Grant, OAuthError};
use galen_audit::Interaction;
use galen_fhir::bundle::query_pairs;
use galen_kernel::{Fault, Instant, Rejection, RejectionKind, RequestId, UserId};
use galen_service::http::{Arrival, json};
use galen_service::observe::{Draft, refused};
use galen_service::refusal::Refused;
use galen_service::{House, Refusal};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json as value;

/// Largest form that is read.
pub(crate) const FORM_BYTES_MAX: usize = 32 * 1024;

/// Name-value pairs.
pub(crate) type Pairs = Vec<(String, String)>;

/// Why an endpoint does not answer.
#[derive(Debug)]
pub(crate) enum Denial {
    /// In OAuth's words.
    Said(OAuthError),
    /// A limit (with the time to wait) or a fault.
    Other(Refusal),
}

impl From<OAuthError> for Denial {
    fn from(error: OAuthError) -> Self {
        Self::Said(error)
    }
}

impl From<Fault> for Denial {
    fn from(fault: Fault) -> Self {
        Self::Other(fault.into())
    }
}

impl From<galen_store::StoreError> for Denial {
    fn from(error: galen_store::StoreError) -> Self {
        Self::Other(error.into())
    }
}

impl From<Rejection> for Denial {
    fn from(rejection: Rejection) -> Self {
        Self::Other(rejection.into())
    }
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        Self::Other(refusal)
    }
}

/// A request to an OAuth endpoint, read.
pub(crate) struct Form {
    /// Its parameters.
    pub(crate) pairs: Pairs,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// How it arrived.
    pub(crate) arrival: Arrival,
    /// When.
    pub(crate) at: Instant,
}

impl Form {
    /// Reads a form; anything else is refused.
    pub(crate) async fn read(house: &House, request: Request) -> Result<Self, Denial> {
        let (parts, body) = request.into_parts();
        let arrival = parts.extensions.get::<Arrival>().cloned().unwrap_or_default();
        if let Some(address) = arrival.address {
            house.limits.take_anonymous(address)?;
        }
        let pairs = pairs_of(&parts.headers, body).await?;
        Ok(Self { pairs, headers: parts.headers, arrival, at: house.clock.now() })
    }

    /// The standing of whom a grant stands for.
    pub(crate) async fn context(&self, house: &House, user: &UserId) -> Result<Option<Context>, Fault> {
        let Some((actor, _)) = house.access.actor(user, self.at).await? else { return Ok(None) };
        Ok(Some(Context {
            purpose: actor.default_purpose(),
            actor,
            at: self.at,
            request: RequestId::parse(self.arrival.request.as_str())
                .map_err(|e| Fault::new("request id", e))?,
            client: self.arrival.address_text(),
            session: None,
            multi_factor: false,
        }))
    }
}

/// The pairs of a form in a body.
pub(crate) async fn pairs_of(headers: &HeaderMap, body: Body) -> Result<Pairs, OAuthError> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM) {
        return Err(OAuthError::request("The body must be application/x-www-form-urlencoded"));
    }
    let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX)
        .await
        .map_err(|_| OAuthError::request("The form is larger than 32 KiB, or broke off"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| OAuthError::request("The form is not UTF-8"))?;
    query_pairs(text).ok_or(OAuthError::request("The form cannot be read"))
}

/// An answer that nobody may keep (RFC 6749, 5.1).
pub(crate) fn fresh<T: serde::Serialize>(answer: &T) -> Response {
    let mut response = json(StatusCode::OK, answer);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Records a denial and answers it.
pub(crate) async fn deny(house: &House, context: Option<&Context>, draft: Draft, denial: Denial) -> Response {
    match denial {
        Denial::Other(refusal) => refused(house, context, draft, refusal).await.into_response(),
        Denial::Said(error) => match said(house, context, draft, &error).await {
            Ok(()) => in_words(&error),
            Err(refusal) => refusal.into_response(),
        },
    }
}

/// Records what is said to a client; a refusal that cannot be recorded becomes the fault of that.
pub(crate) async fn said(
    house: &House,
    context: Option<&Context>,
    draft: Draft,
    error: &OAuthError,
) -> Result<(), Refusal> {
    let rejection = Rejection::new(RejectionKind::Malformed, error.code.code(), error.description);
    match refused(house, context, draft, rejection.into()).await {
        Refusal::Rejected(_) => Ok(()),
        fault @ Refusal::Faulted(_) => Err(fault),
    }
}

/// A refusal as OAuth writes it (RFC 6749, 5.2).
fn in_words(error: &OAuthError) -> Response {
    let mut response = fresh(&value!({ "error": error.code.code(), "error_description": error.description }));
    *response.status_mut() = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    if error.code == OAuthCode::InvalidClient {
        let value = HeaderValue::from_static("Basic realm=\"galen\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response.extensions_mut().insert(Refused);
    response
}

/// What is said of an operation of OAuth.
pub(crate) fn draft(operation: &str) -> Draft {
    Draft::new(operation, Interaction::Execute)
}

/// Notes in a draft what a grant is about.
pub(crate) fn about(draft: &mut Draft, grant: &Grant) {
    draft.entities.push(format!("Client/{}", grant.client));
    draft.entities.extend(grant.authorization.iter().map(|id| format!("Authorization/{id}")));
    draft.patients.extend(grant.patient.iter().map(|patient| patient.as_str().to_owned()));
}
