//! What every request passes: a number, limits, a time-out, security headers, counting. And how routes become a router.

use crate::caller::dialect_of;
use crate::cross_origin;
use crate::house::House;
use crate::refusal::{Refusal, Refused};
use crate::service::Service;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use galen_kernel::{Fault, Rejection, RejectionKind};
use http::{HeaderName, HeaderValue, StatusCode, header};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant as Moment;
use tracing::Instrument;

/// The header that carries a request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Sent with every answer. `connect-src 'self'` and friends: pages talk to this server only.
const SECURITY_HEADERS: [(HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
];

/// How a request arrived.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The request's id, made here: a client's own is not trusted.
    pub request: String,
}

impl Arrival {
    /// The address as the audit writes it.
    pub fn address_text(&self) -> String {
        self.address.map(|a| a.to_string()).unwrap_or_default()
    }
}

/// The client's address, put there by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The router of these services.
pub fn router(house: &Arc<House>, services: &[&'static Service]) -> Router {
    let mut router: Router<Arc<House>> = Router::new();
    for route in services.iter().flat_map(|service| (service.routes)()) {
        router = router.route(route.path, (route.handler)());
        // FHIR clients in the field post bundles to `[base]/`: a slash at the end names the same address.
        if !route.path.ends_with('/') && !route.path.contains("{*") {
            router = router.route(&format!("{}/", route.path), (route.handler)());
        }
    }
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(house.limits.figures.body_bytes_max))
        .layer(from_fn_with_state(Arc::clone(house), pass))
        .with_state(Arc::clone(house))
}

async fn nothing_here(request: Request) -> Response {
    let rejection =
        Rejection::new(RejectionKind::NotFound, "no-such-address", "There is nothing at this address")
            .next("See /api for what there is");
    Refusal::from(rejection).respond(dialect_of(request.uri().path()))
}

async fn wrong_method(request: Request) -> Response {
    let rejection = Rejection::new(
        RejectionKind::NotSupported,
        "method-not-allowed",
        "This address does not take this method",
    );
    Refusal::from(rejection).respond(dialect_of(request.uri().path()))
}

/// The one middleware: order matters, so it is written out.
async fn pass(State(house): State<Arc<House>>, mut request: Request, next: Next) -> Response {
    let started = started();
    let id = data_encoding::HEXLOWER.encode(&house.entropy.sixteen());
    let address = request.extensions().get::<Peer>().map(|peer| peer.0);
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
    let route = if route == "/" { route } else { route.trim_end_matches('/') }.to_owned();
    let dialect = dialect_of(request.uri().path());
    let method = request.method().clone();
    request.extensions_mut().insert(Arrival { address, request: id.clone() });

    let span = tracing::info_span!("request", request = %id, method = %method, route = %route);
    let is_open = cross_origin::is_open(request.uri().path());
    let preflight = cross_origin::preflight(&request);
    let limited = address.and_then(|a| house.limits.take_address(a).err());
    let mut response = match (limited, preflight) {
        (Some(rejection), _) => {
            house.metrics.rate_limited.inc();
            Refusal::from(rejection).respond(dialect)
        }
        (None, Some(allowed)) => allowed,
        (None, None) => {
            let answered = tokio::time::timeout(house.limits.figures.request_time_max, next.run(request));
            match answered.instrument(span).await {
                Ok(response) => in_our_words(response, dialect),
                Err(late) => Refusal::from(Fault::unavailable("request time", late)).respond(dialect),
            }
        }
    };
    if is_open {
        cross_origin::open(&mut response);
    }
    dress(&mut response, &id);
    let (status, seconds) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    // The route's pattern, never the address: addresses hold ids and what is searched for.
    tracing::debug!(request = %id, method = %method, route = %route, status, seconds, "answered");
    house.metrics.answered(method.as_str(), &route, status, seconds);
    response
}

#[allow(clippy::disallowed_methods)] // measuring, not deciding
fn started() -> Moment {
    Moment::now()
}

/// The framework's own refusals (body too large, unreadable path) in the words of ours.
fn in_our_words(response: Response, dialect: crate::refusal::Dialect) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error()
        || response.extensions().get::<Refused>().is_some()
    {
        return response;
    }
    let is_ours =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().ends_with(b"+json"));
    if is_ours {
        return response;
    }
    let rejection = match status {
        StatusCode::PAYLOAD_TOO_LARGE => Rejection::new(
            RejectionKind::TooLarge,
            "body-too-large",
            "The request body is larger than this server takes",
        )
        .next("Send it in smaller parts"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Rejection::new(
            RejectionKind::UnsupportedFormat,
            "format-not-supported",
            "This format is not spoken here",
        )
        .next("Send application/json"),
        StatusCode::UNPROCESSABLE_ENTITY => {
            Rejection::new(RejectionKind::Unprocessable, "body-invalid", "The request body does not fit")
        }
        status if status.is_client_error() => {
            Rejection::new(RejectionKind::Malformed, "request-invalid", "The request cannot be read")
        }
        _ => return Refusal::from(Fault::new("framework", "answered with an error")).respond(dialect),
    };
    Refusal::from(rejection).respond(dialect)
}

fn dress(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
}

/// Reads a JSON body into a command; says where it does not fit.
pub fn read_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("The body does not fit at line {} column {}", error.line(), error.column());
        let kind = if error.is_data() { RejectionKind::Unprocessable } else { RejectionKind::Malformed };
        // serde's own text may quote the value it met, which may be PHI; only the place and what was wanted are told.
        let wanted = error.to_string();
        let wanted =
            wanted.split(", expected ").nth(1).and_then(|t| t.split(" at line").next()).map(str::to_owned);
        let missing = missing_field(&error.to_string());
        let rejection = Rejection::new(kind, "body-invalid", message);
        match (missing, wanted) {
            (Some(field), _) => rejection.at(field.clone()).next(format!("Give '{field}'")),
            (None, Some(wanted)) => rejection.next(format!("Expected {wanted}")),
            (None, None) => rejection,
        }
    })
}

fn missing_field(text: &str) -> Option<String> {
    text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()).map(str::to_owned)
}

/// A PDF of this name, shown rather than saved where the browser can.
pub fn pdf(name: &str, content: Vec<u8>) -> Response {
    let shown = format!("inline; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, shown)];
    (headers, content).into_response()
}

/// An answer as JSON.
pub fn json<T: serde::Serialize>(status: StatusCode, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => Refusal::from(Fault::new("write answer", error)).into_response(),
    }
}
