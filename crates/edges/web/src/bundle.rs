//! The built web (`web/dist`), embedded in release builds and read from the disk in debug builds.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use galen_kernel::{Rejection, RejectionKind};
use galen_service::Refusal;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Encodings that files are there in, the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
/// Characters of the hash in a hashed file's name, at least.
const HASH_CHARACTERS_MIN: usize = 8;

/// A file, if it was built.
pub(crate) fn file(path: &str) -> Option<EmbeddedFile> {
    Dist::get(path)
}

/// Answers with a file: in the smallest encoding that the client takes, kept for a year when its name has a hash.
pub(crate) fn serve(path: &str, headers: &HeaderMap) -> Response {
    let Some(whole) = file(path) else {
        return Refusal::from(Rejection::new(RejectionKind::NotFound, "not-found", "There is no such file"))
            .into_response();
    };
    let tag = format!("\"{}\"", HEXLOWER.encode(&whole.metadata.sha256_hash()));
    let caching = if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(path, whole, headers)
    };
    let own = response.headers_mut();
    own.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    own.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        own.insert(ETAG, tag);
    }
    response
}

fn body(path: &str, whole: EmbeddedFile, headers: &HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let smaller = ENCODINGS
        .iter()
        .filter(|(name, _)| accepts(accepted, name))
        .find_map(|(name, suffix)| Some((*name, file(&format!("{path}{suffix}"))?)));
    let (encoding, file) = smaller.map_or((None, whole), |(name, file)| (Some(name), file));
    let mut response = Body::from(file.data).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    if let Some(encoding) = encoding {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether `Accept-Encoding` takes this encoding (RFC 9110, section 12.5.3).
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

/// Whether a name ends in a hash of its content (`chart-BkQ3x_9a.js`): what it names never changes then.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let is_hash = |text: &str| {
        text.len() >= HASH_CHARACTERS_MIN
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            && text.chars().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
    };
    stem.char_indices().filter(|(_, c)| *c == '-').any(|(at, _)| stem.get(at + 1..).is_some_and(is_hash))
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_told_from_others() {
        for path in [
            "assets/shell/main-BkQ3x_9a.js",
            "assets/doctor/chart-DJ-4_uYt.css",
            "assets/a/index-12345678.js",
        ] {
            assert!(is_hashed(path), "{path}");
        }
        for path in
            ["assets/doctor/remoteEntry.js", "portals.json", "assets/a/my-stylesheet.css", "index.html"]
        {
            assert!(!is_hashed(path), "{path}");
        }
    }

    #[test]
    fn encodings_are_chosen_as_the_client_says() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("BR;q=0.5", "br"));
        for refused in ["", "gzip", "br;q=0", "br;q=0.0", "brotli"] {
            assert!(!accepts(refused, "br"), "{refused}");
        }
    }
}
