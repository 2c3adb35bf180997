//! Why there is no answer: a refusal, with every located issue where there are several.

use crate::answer::{About, http_date, put};
use axum::body::Body;
use axum::response::Response;
use galen_fhir::{Issue, operation_outcome};
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_service::observe::{self, Draft};
use galen_service::refusal::{Dialect, Refused};
use galen_service::{House, Refusal};
use galen_store::StoreError;
use http::{HeaderValue, StatusCode, header};

/// What FHIR answers are written in.
pub(crate) const FHIR_JSON: HeaderValue = HeaderValue::from_static("application/fhir+json");

/// No answer, because.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The refusal or fault.
    pub(crate) refusal: Refusal,
    /// All that is wrong, where that is more than the refusal says.
    pub(crate) issues: Vec<Issue>,
    /// Another status than the refusal's.
    pub(crate) status: Option<StatusCode>,
    /// The version that it is about, where that may be told: of what is deleted.
    pub(crate) about: Option<Box<About>>,
}

impl<R: Into<Refusal>> From<R> for Failure {
    fn from(refusal: R) -> Self {
        Self { refusal: refusal.into(), issues: Vec::new(), status: None, about: None }
    }
}

impl Failure {
    /// A refusal of these issues; the first is what the audit remembers.
    pub(crate) fn of_issues(kind: RejectionKind, code: &'static str, issues: Vec<Issue>) -> Self {
        let first = issues.iter().find(|i| i.is_error()).or_else(|| issues.first());
        let mut rejection =
            Rejection::new(kind, code, first.map_or("The input is refused", |i| i.message.as_str()));
        rejection.location = first.map(|i| i.location.clone()).filter(|l| !l.is_empty());
        Self { refusal: rejection.into(), issues, status: None, about: None }
    }

    /// The same, with another HTTP status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// The same, about this version.
    pub(crate) fn about(mut self, about: About) -> Self {
        self.about = Some(Box::new(about));
        self
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status.unwrap_or_else(|| self.refusal.status())
    }

    /// The OperationOutcome.
    pub(crate) fn outcome(&self) -> Vec<u8> {
        match (&self.refusal, self.issues.is_empty()) {
            (Refusal::Rejected(_), false) => operation_outcome(&self.issues).to_bytes(),
            _ => self.refusal.outcome().to_string().into_bytes(),
        }
    }

    /// The HTTP answer.
    pub(crate) fn respond(&self, base: &str) -> Response {
        let mut response = self.refusal.respond(Dialect::Fhir);
        *response.status_mut() = self.status();
        if let (Refusal::Rejected(_), false) = (&self.refusal, self.issues.is_empty()) {
            *response.body_mut() = Body::from(self.outcome());
            response.headers_mut().insert(header::CONTENT_TYPE, FHIR_JSON);
        }
        if let Some(about) = &self.about {
            let headers = response.headers_mut();
            put(headers, header::ETAG, &about.etag());
            put(headers, header::LAST_MODIFIED, &http_date(about.at));
            put(headers, header::LOCATION, &format!("{base}/{}", about.location()));
        }
        response.extensions_mut().insert(Refused);
        response
    }

    /// Rewrites every place that the failure names.
    pub(crate) fn relocate(mut self, turn: impl Fn(&str) -> String) -> Self {
        if let Refusal::Rejected(rejection) = &mut self.refusal
            && let Some(location) = &mut rejection.location
        {
            *location = turn(location);
        }
        for issue in self.issues.iter_mut().filter(|i| !i.location.is_empty()) {
            issue.location = turn(&issue.location);
        }
        self
    }

    /// The bundle entry that is at fault, when the failure names one.
    pub(crate) fn entry(&self) -> Option<usize> {
        let Refusal::Rejected(rejection) = &self.refusal else { return None };
        let rest = rejection.location.as_ref()?.strip_prefix("Bundle.entry[")?;
        rest.split_once(']')?.0.parse().ok()
    }

    /// Writes the audit entry of the failure; a refusal that cannot be recorded becomes the fault of that.
    pub(crate) async fn recorded(self, house: &House, context: &galen_access::Context, draft: Draft) -> Self {
        let Self { refusal, issues, status, about } = self;
        let was_rejected = matches!(refusal, Refusal::Rejected(_));
        let refusal = observe::refused(house, Some(context), draft, of_the_caller(refusal)).await;
        let still = matches!(refusal, Refusal::Rejected(_));
        Self {
            refusal,
            issues,
            status: status.filter(|_| was_rejected && still),
            about: about.filter(|_| still),
        }
    }
}

/// Some of the store's limits are the caller's to respect: a resource that exceeds them is refused, not a fault of ours.
fn of_the_caller(refusal: Refusal) -> Refusal {
    let Refusal::Faulted(fault) = &refusal else { return refusal };
    let inner = std::error::Error::source(fault).and_then(|e| e.downcast_ref::<StoreError>());
    match inner {
        Some(StoreError::Invalid(what)) => too_large(what).into(),
        _ => refusal,
    }
}

fn too_large(what: &str) -> Rejection {
    Rejection::new(
        RejectionKind::TooLarge,
        "too-large",
        format!("This is more than can be stored at once: {what}"),
    )
    .next("Send less at once")
}

/// The body cannot be read as a resource.
pub(crate) fn unreadable(issue: Issue) -> Failure {
    Failure::of_issues(RejectionKind::Malformed, "body-invalid", vec![issue])
}

/// Something that FHIR knows and this server does not do yet.
pub(crate) fn not_yet(what: &str) -> Failure {
    let message = format!("{what} is not supported yet");
    Rejection::new(RejectionKind::NotSupported, "not-supported", message)
        .next("See /fhir/metadata for what is")
        .into()
}

/// A fault that must not happen.
pub(crate) fn broken(what: &'static str) -> Failure {
    Fault::new("fhir", what).into()
}
