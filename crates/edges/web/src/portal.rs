//! The pages that carry the portals: a nonce for their styles, and links to what they will need.

use crate::assets::about;
use crate::bundle;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use galen_service::House;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderValue};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// Pages that the shell itself has, and the portals; below each, everything is the portal's own.
pub(crate) const PAGES: [&str; 10] = [
    "/",
    "/sign-in",
    "/authorize",
    "/connections",
    "/doctor",
    "/doctor/{*page}",
    "/desk",
    "/desk/{*page}",
    "/patient",
    "/patient/{*page}",
];
/// The patients' portal by itself, without the shell: small enough for a slow phone.
pub(crate) const PATIENT_PAGES: [&str; 2] = ["/my", "/my/{*page}"];

/// What the page has where the nonce goes.
const NONCE: &str = "__CSP_NONCE__";
/// What the page has where links to its first modules go.
const PRELOAD: &str = "<!--preload-->";

/// The shell's page.
pub(crate) async fn page(State(house): State<Arc<House>>, OriginalUri(address): OriginalUri) -> Response {
    carrier("index.html", &house, address.path()).await
}

/// The patients' own page.
pub(crate) async fn patient_page(State(house): State<Arc<House>>, headers: HeaderMap) -> Response {
    // A guess that costs one more fetch where it is wrong: whoever brings no cookie signs in first.
    let first = if headers.contains_key(COOKIE) { "/my signed-in" } else { "/my" };
    carrier("my.html", &house, first).await
}

/// A page with what is of this answer only. Where the web was not built, the plain page about the server.
async fn carrier(file: &str, house: &House, path: &str) -> Response {
    let Some(page) = bundle::file(file) else { return about().await };
    let nonce = data_encoding::BASE64URL_NOPAD.encode(&house.entropy.sixteen());
    let page = String::from_utf8_lossy(&page.data).replace(NONCE, &nonce).replace(PRELOAD, &links(path));
    let mut response = ([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce)) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// What the page may do: scripts of this server only; style elements that carry the nonce; documents in frames of
/// their own, made of blobs.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self'; frame-src blob:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
}

fn links(path: &str) -> String {
    let known: BTreeMap<String, Vec<String>> = bundle::file("preload.json")
        .and_then(|file| serde_json::from_slice(&file.data).ok())
        .unwrap_or_default();
    let of_path = |(prefix, _): &(&String, &Vec<String>)| {
        let prefix = prefix.trim_end_matches('/');
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let longest = known.iter().filter(of_path).max_by_key(|(prefix, _)| prefix.len());
    longest.into_iter().flat_map(|(_, hrefs)| hrefs).fold(String::new(), |mut links, href| {
        let is_style = href.rsplit_once('.').is_some_and(|(_, suffix)| suffix == "css");
        // Writing to a string does not fail.
        let _ = if is_style {
            write!(links, "<link rel=\"preload\" as=\"style\" href=\"{href}\">")
        } else {
            write!(links, "<link rel=\"modulepreload\" href=\"{href}\">")
        };
        links
    })
}
