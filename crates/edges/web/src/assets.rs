//! Pages and their parts, embedded.

use crate::bundle;
use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Response};
use galen_kernel::{Rejection, RejectionKind};
use galen_service::{House, Refusal};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use std::sync::Arc;

const ABOUT: &str = include_str!("../assets/about.html");
const VIEWER: &str = include_str!("../assets/viewer.html");
const VIEWER_SCRIPT: &str = include_str!("../assets/viewer.js");
const STYLE: &str = include_str!("../assets/galen.css");

fn part(kind: &'static str, body: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], body).into_response()
}

pub(crate) async fn about() -> Response {
    part("text/html; charset=utf-8", ABOUT)
}

/// What the web was built into: the shell's and the portals' parts.
pub(crate) async fn built(OriginalUri(address): OriginalUri, headers: HeaderMap) -> Response {
    bundle::serve(address.path().trim_start_matches('/'), &headers)
}

pub(crate) async fn viewer() -> Response {
    part("text/html; charset=utf-8", VIEWER)
}

pub(crate) async fn viewer_script() -> Response {
    part("text/javascript; charset=utf-8", VIEWER_SCRIPT)
}

pub(crate) async fn style() -> Response {
    part("text/css; charset=utf-8", STYLE)
}

/// The documents that are bundled: name in the address, text.
const DOCUMENTS: [(&str, &str); 6] = [
    ("readme", include_str!("../../../../README.md")),
    ("architecture", include_str!("../../../../ARCHITECTURE.md")),
    ("contributing", include_str!("../../../../CONTRIBUTING.md")),
    ("registration", include_str!("../../../../docs/domains/registration.md")),
    ("directory", include_str!("../../../../docs/domains/directory.md")),
    ("performance", include_str!("../../../../docs/PERFORMANCE.md")),
];

pub(crate) async fn document(Path(name): Path<String>) -> Response {
    match DOCUMENTS.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => part("text/plain; charset=utf-8", text),
        None => {
            Refusal::from(Rejection::new(RejectionKind::NotFound, "not-found", "There is no such document"))
                .into_response()
        }
    }
}

pub(crate) async fn openapi(State(house): State<Arc<House>>) -> Response {
    ([(CONTENT_TYPE, "application/json")], house.openapi.clone()).into_response()
}
