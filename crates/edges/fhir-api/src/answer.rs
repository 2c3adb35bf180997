//! Answers: what an interaction came to, before it is HTTP or an entry of a response bundle.

use crate::failure::{FHIR_JSON, Failure};
use crate::wish::Wish;
use axum::body::Body;
use axum::response::Response;
use galen_fhir::ResourceType;
use galen_fhir::bundle::BundleKind;
use galen_kernel::Instant;
use galen_records::Stored;
use http::{HeaderValue, StatusCode, header};
use std::time::{Duration, UNIX_EPOCH};

/// The version of a resource that an answer is about.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// Its type.
    pub(crate) resource_type: ResourceType,
    /// Its id.
    pub(crate) id: String,
    /// The version.
    pub(crate) version: u64,
    /// When that was written.
    pub(crate) at: Instant,
}

impl About {
    /// Of a stored resource.
    pub(crate) fn of(stored: &Stored) -> Self {
        let document = &stored.document;
        Self {
            resource_type: stored.resource_type,
            id: document.id.clone(),
            version: document.version,
            at: document.at,
        }
    }

    /// `Patient/1/_history/2`.
    pub(crate) fn location(&self) -> String {
        format!("{}/{}/_history/{}", self.resource_type.name(), self.id, self.version)
    }

    /// `W/"2"`.
    pub(crate) fn etag(&self) -> String {
        format!("W/\"{}\"", self.version)
    }
}

/// What an interaction came to.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// The version it is about.
    pub(crate) about: Option<About>,
    /// Whether its address is told.
    pub(crate) is_located: bool,
    /// JSON, as it goes out.
    pub(crate) body: Option<Vec<u8>>,
    /// Whether the body is an OperationOutcome about a write rather than a resource.
    pub(crate) is_outcome: bool,
    /// A body that is sent while it is made, with its media type, instead of the other.
    pub(crate) stream: Option<(HeaderValue, Body)>,
    /// Headers beyond those of every answer.
    pub(crate) headers: Vec<(header::HeaderName, String)>,
}

impl Answer {
    /// 200 with this body.
    pub(crate) fn of(body: Vec<u8>) -> Self {
        Self { body: Some(body), ..Self::empty(StatusCode::OK) }
    }

    /// Nothing but a status.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            about: None,
            is_located: false,
            body: None,
            is_outcome: false,
            stream: None,
            headers: Vec::new(),
        }
    }

    /// The same with one more header.
    pub(crate) fn with_header(mut self, name: header::HeaderName, text: impl Into<String>) -> Self {
        self.headers.push((name, text.into()));
        self
    }

    /// As HTTP.
    pub(crate) fn respond(self, base: &str, wish: Wish) -> Response {
        let mut response = match (self.stream, self.body) {
            (Some((kind, body)), _) => {
                let mut response = Response::new(body);
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                response
            }
            (None, Some(body)) => {
                let mut response = Response::new(Body::from(if wish.pretty { prettied(body) } else { body }));
                response.headers_mut().insert(header::CONTENT_TYPE, FHIR_JSON);
                response
            }
            (None, None) => Response::new(Body::empty()),
        };
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(about) = &self.about {
            put(headers, header::ETAG, &about.etag());
            put(headers, header::LAST_MODIFIED, &http_date(about.at));
            if self.is_located {
                put(headers, header::LOCATION, &format!("{base}/{}", about.location()));
            }
        }
        for (name, text) in self.headers {
            put(headers, name, &text);
        }
        response
    }
}

pub(crate) fn put(headers: &mut http::HeaderMap, name: header::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

fn prettied(body: Vec<u8>) -> Vec<u8> {
    galen_fhir::json::parse(&body).map_or(body, |json| json.to_pretty())
}

/// An instant as HTTP writes it.
pub(crate) fn http_date(at: Instant) -> String {
    let seconds = u64::try_from(at.unix_seconds()).unwrap_or(0);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// An HTTP date in whole seconds since 1970.
pub(crate) fn parse_http_date(text: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(text).ok()?;
    i64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// An entry of a response bundle.
#[derive(Debug)]
pub(crate) struct Row {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// The version it is about.
    pub(crate) about: Option<About>,
    /// Whether its address is told.
    pub(crate) is_located: bool,
    /// The resource.
    pub(crate) resource: Option<Vec<u8>>,
    /// An OperationOutcome.
    pub(crate) outcome: Option<Vec<u8>>,
}

impl Row {
    /// Of an answer.
    pub(crate) fn of(answer: Answer) -> Self {
        let (resource, outcome) = if answer.is_outcome { (None, answer.body) } else { (answer.body, None) };
        let Answer { status, about, is_located, .. } = answer;
        Self { status, about, is_located, resource, outcome }
    }

    /// Of a failure.
    pub(crate) fn of_failure(failure: &Failure) -> Self {
        let about = failure.about.as_deref().cloned();
        let is_located = about.is_some();
        Self { status: failure.status(), about, is_located, resource: None, outcome: Some(failure.outcome()) }
    }
}

/// Writes a response bundle around bytes: nothing is parsed to be sent.
pub(crate) fn response_bundle(kind: BundleKind, rows: &[Row]) -> Vec<u8> {
    let name = match kind {
        BundleKind::Transaction => "transaction-response",
        BundleKind::Batch => "batch-response",
    };
    let size = |row: &Row| {
        256 + row.resource.as_ref().map_or(0, Vec::len) + row.outcome.as_ref().map_or(0, Vec::len)
    };
    let mut out = Vec::with_capacity(64 + rows.iter().map(size).sum::<usize>());
    out.extend_from_slice(format!("{{\"resourceType\":\"Bundle\",\"type\":\"{name}\"").as_bytes());
    for (place, row) in rows.iter().enumerate() {
        out.extend_from_slice(if place == 0 { b",\"entry\":[{" } else { b",{" });
        if let Some(resource) = &row.resource {
            out.extend_from_slice(b"\"resource\":");
            out.extend_from_slice(resource);
            out.push(b',');
        }
        let reason = row.status.canonical_reason().unwrap_or_default();
        out.extend_from_slice(
            format!("\"response\":{{\"status\":\"{} {reason}\"", row.status.as_u16()).as_bytes(),
        );
        if let Some(about) = &row.about {
            // Types, ids and versions are plain ASCII: nothing to escape.
            let (version, at) = (about.version, about.at);
            if row.is_located {
                out.extend_from_slice(format!(",\"location\":\"{}\"", about.location()).as_bytes());
            }
            let text = format!(",\"etag\":\"W/\\\"{version}\\\"\",\"lastModified\":\"{at}\"");
            out.extend_from_slice(text.as_bytes());
        }
        if let Some(outcome) = &row.outcome {
            out.extend_from_slice(b",\"outcome\":");
            out.extend_from_slice(outcome);
        }
        out.extend_from_slice(b"}}");
    }
    out.extend_from_slice(if rows.is_empty() { b"}" } else { b"]}" });
    out
}
