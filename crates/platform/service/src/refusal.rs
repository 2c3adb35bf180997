//! What a handler returns when it does not answer: a refusal to the client, or a fault to the operator.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use galen_access::smart::grant::INSUFFICIENT_SCOPE;
use galen_audit::Outcome;
use galen_kernel::{Fault, Rejection, RejectionKind};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// Seconds after which a client may try again when the database is away.
const RETRY_AFTER_UNAVAILABLE: &str = "5";
/// Seconds after which a client may try again when it was too fast.
const RETRY_AFTER_LIMITED: &str = "60";

/// No answer, because.
#[derive(Debug)]
pub enum Refusal {
    /// The rules say no.
    Rejected(Box<Rejection>),
    /// Something broke.
    Faulted(Fault),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Faulted(fault)
    }
}

impl From<galen_store::StoreError> for Refusal {
    fn from(error: galen_store::StoreError) -> Self {
        Self::Faulted(error.into())
    }
}

/// How a refusal is written: REST speaks problem+json, FHIR speaks OperationOutcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// RFC 9457.
    Problem,
    /// FHIR OperationOutcome.
    Fhir,
}

impl Refusal {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        let code = match self {
            Self::Rejected(rejection) => rejection.kind.status(),
            Self::Faulted(fault) if fault.is_unavailable() => 503,
            Self::Faulted(_) => 500,
        };
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The answer, in a dialect. A fault shows a reference only; its text went to the log under the same reference.
    pub fn respond(&self, dialect: Dialect) -> Response {
        let (body, kind) = match dialect {
            Dialect::Problem => (self.problem().to_string(), "application/problem+json"),
            Dialect::Fhir => (self.outcome().to_string(), "application/fhir+json"),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.status() {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_UNAVAILABLE));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                let known = match self {
                    Self::Rejected(rejection) => rejection.retry_after_seconds,
                    Self::Faulted(_) => None,
                };
                let wait = known.map_or(HeaderValue::from_static(RETRY_AFTER_LIMITED), HeaderValue::from);
                headers.insert(header::RETRY_AFTER, wait);
            }
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"galen\""));
            }
            StatusCode::FORBIDDEN if self.code() == INSUFFICIENT_SCOPE => {
                let value = "Bearer realm=\"galen\", error=\"insufficient_scope\"";
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
            }
            _ => {}
        }
        response.extensions_mut().insert(Refused);
        if let Self::Faulted(fault) = self {
            // The store's texts are our own; still, only the context is logged at error level, and never the request.
            tracing::error!(context = fault.context(), fault = %fault, "fault");
        }
        response
    }

    /// How the audit says it.
    pub fn audited(&self) -> Outcome {
        match self {
            Self::Rejected(rejection) => Outcome::Refused(rejection.code.to_owned()),
            Self::Faulted(_) => Outcome::Failed,
        }
    }

    /// For people; nothing of what a fault says inside.
    pub fn message(&self) -> String {
        match self {
            Self::Rejected(rejection) => match &rejection.next {
                Some(next) => format!("{}. {next}.", rejection.message.trim_end_matches('.')),
                None => rejection.message.clone(),
            },
            Self::Faulted(fault) if fault.is_unavailable() => {
                "The service cannot do this now; nothing was changed. Try again in a few seconds.".to_owned()
            }
            Self::Faulted(_) => {
                "Something went wrong on our side. Give the request id to your administrator.".to_owned()
            }
        }
    }

    fn problem(&self) -> Value {
        let mut problem = json!({
            "type": format!("https://galen.health/problems/{}", self.code()),
            "title": self.status().canonical_reason().unwrap_or("Refused"),
            "status": self.status().as_u16(),
            "code": self.code(),
            "detail": self.message(),
        });
        if let (Self::Rejected(rejection), Some(object)) = (self, problem.as_object_mut()) {
            if let Some(location) = &rejection.location {
                object.insert("location".to_owned(), location.as_str().into());
            }
            if let Some(next) = &rejection.next {
                object.insert("next".to_owned(), next.as_str().into());
            }
            if !rejection.related.is_empty() {
                object.insert("related".to_owned(), rejection.related.clone().into());
            }
        }
        problem
    }

    /// The OperationOutcome that says it.
    pub fn outcome(&self) -> Value {
        let mut issue = json!({
            "severity": "error",
            "code": self.issue_code(),
            "details": { "coding": [{ "system": "https://galen.health/CodeSystem/problem", "code": self.code() }] },
            "diagnostics": self.message(),
        });
        if let (Self::Rejected(rejection), Some(object)) = (self, issue.as_object_mut())
            && let Some(location) = &rejection.location
        {
            object.insert("expression".to_owned(), json!([location]));
        }
        json!({ "resourceType": "OperationOutcome", "issue": [issue] })
    }

    /// The stable code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.code,
            Self::Faulted(fault) if fault.is_unavailable() => "unavailable",
            Self::Faulted(_) => "fault",
        }
    }

    fn issue_code(&self) -> &'static str {
        match self {
            Self::Faulted(fault) if fault.is_unavailable() => "transient",
            Self::Faulted(_) => "exception",
            Self::Rejected(rejection) => match rejection.kind {
                RejectionKind::Malformed => "invalid",
                RejectionKind::Unauthenticated => "login",
                RejectionKind::Forbidden => "forbidden",
                RejectionKind::NotFound => "not-found",
                RejectionKind::NotSupported | RejectionKind::UnsupportedFormat => "not-supported",
                RejectionKind::Conflict
                | RejectionKind::PreconditionFailed
                | RejectionKind::PreconditionRequired => "conflict",
                RejectionKind::Gone => "deleted",
                RejectionKind::TooLarge => "too-long",
                RejectionKind::Unprocessable => "business-rule",
                RejectionKind::TooManyRequests => "throttled",
            },
        }
    }
}

/// Marks an answer as a refusal that says all there is to say.
#[derive(Debug, Clone, Copy)]
pub struct Refused;

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.respond(Dialect::Problem)
    }
}
