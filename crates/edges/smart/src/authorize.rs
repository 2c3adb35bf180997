//! `/oauth/authorize`: everything about a request is checked before anybody is asked or sent anywhere.

use crate::endpoint::{Pairs, draft, pairs_of, said};
use crate::scopes::fits;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use galen_access::smart::authorization::{Launch, REQUEST_MICROS};
use galen_access::smart::once::Presented;
use galen_access::smart::request::{AuthorizationRequest, Flaw, Parameters, client_of, read};
use galen_access::smart::{OAuthError, client};
use galen_fhir::bundle::query_pairs;
use galen_kernel::{Fault, Instant};
use galen_service::http::Arrival;
use galen_service::observe::refused;
use galen_service::refusal::Refused;
use galen_service::{House, Refusal};
use http::{HeaderValue, Method, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Longest query that is read.
const QUERY_BYTES_MAX: usize = 16 * 1024;
/// Where the shell asks the user.
const CONSENT_PAGE: &str = "/authorize";

/// A checked request on its way through the browser: sealed, so that nobody alters it after it was checked.
#[derive(Serialize, Deserialize)]
pub(crate) struct Carried {
    /// The request.
    pub(crate) authorize: AuthorizationRequest,
    /// Until when it may be decided.
    until: Instant,
}

impl Carried {
    /// As text for an address.
    fn seal(&self, house: &House) -> Result<String, Fault> {
        let plain = serde_json::to_vec(self).map_err(|e| Fault::new("authorization request", e))?;
        Ok(data_encoding::BASE64URL_NOPAD.encode(&house.store.seal_token(&plain)?))
    }

    /// From text; `None` when it is not one of ours or too old.
    pub(crate) fn open(house: &House, text: &str, now: Instant) -> Option<AuthorizationRequest> {
        let sealed = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let carried: Self = serde_json::from_slice(&house.store.open_token(&sealed)?).ok()?;
        (now < carried.until).then_some(carried.authorize)
    }
}

/// Answers: on to the consent page, back to the client with an error, or a page that says why not.
pub(crate) async fn authorize(State(house): State<Arc<House>>, request: Request) -> Response {
    let arrival = request.extensions().get::<Arrival>().cloned().unwrap_or_default();
    let now = house.clock.now();
    if let Some(limited) = arrival.address.and_then(|address| house.limits.take_anonymous(address).err()) {
        return Refusal::from(limited).into_response();
    }
    let flaw = match pairs(request).await {
        Ok(pairs) => match checked(&house, &pairs, now).await {
            Ok(Ok(request)) => return onward(&house, request, now),
            Ok(Err(flaw)) => flaw,
            Err(fault) => {
                return refused(&house, None, draft("Authorize"), fault.into()).await.into_response();
            }
        },
        Err(error) => Flaw::Shown(error),
    };
    let error = match &flaw {
        Flaw::Shown(error) | Flaw::Told { error, .. } => error,
    };
    if let Err(fault) = said(&house, None, draft("Authorize"), error).await {
        return fault.into_response();
    }
    match flaw {
        Flaw::Shown(error) => page(&error),
        Flaw::Told { redirect_uri, state, error } => {
            redirect(&address_of_error(&house, &redirect_uri, state.as_deref(), &error))
        }
    }
}

async fn pairs(request: Request) -> Result<Pairs, OAuthError> {
    if request.method() == Method::POST {
        let (parts, body) = request.into_parts();
        return pairs_of(&parts.headers, body).await;
    }
    let query = request.uri().query().unwrap_or_default();
    if query.len() > QUERY_BYTES_MAX {
        return Err(OAuthError::request("The request is longer than 16 KiB"));
    }
    query_pairs(query).ok_or(OAuthError::request("The request cannot be read"))
}

async fn checked(
    house: &House,
    pairs: &Pairs,
    now: Instant,
) -> Result<Result<AuthorizationRequest, Flaw>, Fault> {
    const UNKNOWN: OAuthError =
        OAuthError::client("This application is not registered here, or it was disabled");
    let parameters = Parameters::of(pairs);
    let id = match client_of(&parameters) {
        Ok(id) => id,
        Err(error) => return Ok(Err(Flaw::Shown(error))),
    };
    let found = client::by_id(&house.store, id).await?.filter(|found| !found.client.disabled);
    let Some(found) = found else { return Ok(Err(Flaw::Shown(UNKNOWN))) };
    let request = match read(&found.id, &found.client, &parameters, &house.fhir_base(), fits) {
        Ok(request) => request,
        Err(flaw) => return Ok(Err(flaw)),
    };
    let Some(launch) = &request.launch else { return Ok(Ok(request)) };
    let known = Presented::Launch.find::<Launch>(&house.store, launch, now).await?;
    if known.is_some_and(|launch| launch.client == request.client) {
        return Ok(Ok(request));
    }
    let error = OAuthError::request("The launch is not of this application, was used before, or has expired");
    let (redirect_uri, state) = (request.redirect_uri, Some(request.state));
    Ok(Err(Flaw::Told { redirect_uri, state, error }))
}

fn onward(house: &House, authorize: AuthorizationRequest, now: Instant) -> Response {
    let carried = Carried { authorize, until: now.plus_micros(REQUEST_MICROS) };
    match carried.seal(house) {
        Ok(sealed) => redirect(&format!("{CONSENT_PAGE}?request={sealed}")),
        Err(fault) => Refusal::from(fault).into_response(),
    }
}

/// The client's address with more parameters.
pub(crate) fn address_of(redirect_uri: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = redirect_uri.to_owned();
    for (name, value) in parameters {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(name);
        address.push('=');
        address.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
    }
    address
}

/// The client's address with an error.
pub(crate) fn address_of_error(
    house: &House,
    redirect_uri: &str,
    state: Option<&str>,
    error: &OAuthError,
) -> String {
    let mut parameters = vec![("error", error.code.code()), ("error_description", error.description)];
    parameters.extend(state.map(|state| ("state", state)));
    parameters.push(("iss", &house.origin));
    address_of(redirect_uri, &parameters)
}

/// See other: a POST is not sent on (RFC 9700, 4.12).
fn redirect(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    match HeaderValue::from_str(address) {
        Ok(value) => {
            response.headers_mut().insert(header::LOCATION, value);
            response
        }
        Err(error) => Refusal::from(Fault::new("redirect", error)).into_response(),
    }
}

/// A page for a person whom an application sent here with a request that cannot be answered to it.
fn page(error: &OAuthError) -> Response {
    let body = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Application not connected - Galen</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/assets/galen.css\"></head>\
         <body><main><h1>The application cannot be connected</h1><p>{}.</p>\
         <p>Nothing was shared. Go back to the application, or tell whoever runs it: <code>{}</code></p></main></body></html>",
        error.description,
        error.code.code()
    );
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let mut response = (StatusCode::BAD_REQUEST, kind, body).into_response();
    response.extensions_mut().insert(Refused);
    response
}
