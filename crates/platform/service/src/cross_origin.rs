//! Pages of other origins (the Fetch standard's CORS): browser applications speak to FHIR and OAuth with tokens of their
//! own. No cookie is ever honoured across origins: the answer names no origin, so browsers that would send one hide it.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

/// What applications of other origins speak to. Consent is not among it: that page is the shell's.
const OPEN: [&str; 7] = [
    "/fhir",
    "/.well-known",
    "/oauth/token",
    "/oauth/introspect",
    "/oauth/revoke",
    "/oauth/jwks",
    "/oauth/smart-style.json",
];
/// How long a browser may remember what is allowed.
const REMEMBERED_SECONDS: &str = "600";
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// What clients of FHIR and OAuth send.
const SENT: &str = "Authorization, Content-Type, Accept, Prefer, If-Match, If-None-Match, If-None-Exist, \
                    If-Modified-Since, X-Purpose-Of-Use";
/// What they read beside the body.
const EXPOSED: &str = "ETag, Location, Content-Location, Last-Modified, Retry-After, WWW-Authenticate, X-Progress, \
                       X-Request-Id, Expires";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Whether pages of other origins may read the answers at this path.
pub fn is_open(path: &str) -> bool {
    OPEN.iter()
        .any(|open| path.strip_prefix(open).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The answer to a browser that asks before it sends.
pub fn preflight(request: &Request) -> Option<Response> {
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || !is_open(request.uri().path()) {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(SENT));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(REMEMBERED_SECONDS));
    Some(response)
}

/// Lets pages of other origins read the answer.
pub fn open(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fhir_and_oauth_are_open() {
        for open in ["/fhir", "/fhir/Patient/1", "/oauth/token", "/.well-known/smart-configuration"] {
            assert!(is_open(open), "{open}");
        }
        for closed in
            ["/", "/api/session", "/fhirx", "/oauth/authorize", "/api/applications/consent", "/doctor"]
        {
            assert!(!is_open(closed), "{closed}");
        }
    }
}
