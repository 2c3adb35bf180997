//! What is wrong, in FHIR's own words: the rows of an `OperationOutcome`.

use crate::json::{Json, Object};

/// How bad an issue is (<https://hl7.org/fhir/R4/valueset-issue-severity.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For people to read.
    Information,
    /// Accepted, but look at it.
    Warning,
    /// Refused.
    Error,
    /// Could not even be read.
    Fatal,
}

impl Severity {
    /// Its FHIR code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

/// What kind of issue it is (<https://hl7.org/fhir/R4/valueset-issue-type.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the FHIR code of the same name")]
pub enum IssueCode {
    Invalid,
    Structure,
    Required,
    Value,
    Invariant,
    Security,
    Login,
    Unknown,
    Expired,
    Forbidden,
    Suppressed,
    Processing,
    NotSupported,
    Duplicate,
    MultipleMatches,
    NotFound,
    Deleted,
    TooLong,
    CodeInvalid,
    Extension,
    TooCostly,
    BusinessRule,
    Conflict,
    Transient,
    LockError,
    Exception,
    Timeout,
    Throttled,
    Informational,
}

impl IssueCode {
    /// Its FHIR code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::Invariant => "invariant",
            Self::Security => "security",
            Self::Login => "login",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Forbidden => "forbidden",
            Self::Suppressed => "suppressed",
            Self::Processing => "processing",
            Self::NotSupported => "not-supported",
            Self::Duplicate => "duplicate",
            Self::MultipleMatches => "multiple-matches",
            Self::NotFound => "not-found",
            Self::Deleted => "deleted",
            Self::TooLong => "too-long",
            Self::CodeInvalid => "code-invalid",
            Self::Extension => "extension",
            Self::TooCostly => "too-costly",
            Self::BusinessRule => "business-rule",
            Self::Conflict => "conflict",
            Self::Transient => "transient",
            Self::LockError => "lock-error",
            Self::Exception => "exception",
            Self::Timeout => "timeout",
            Self::Throttled => "throttled",
            Self::Informational => "informational",
        }
    }
}

/// One thing found. A message may quote a refused code, member name or parameter name, and no other value: it is for
/// whoever sent the resource, not for logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How bad.
    pub severity: Severity,
    /// What kind.
    pub code: IssueCode,
    /// `FHIRPath` expression such as `Patient.name[0].family`; empty where there is none.
    pub location: String,
    /// For people.
    pub message: String,
}

impl Issue {
    /// An error without a place in a resource.
    pub fn error(code: IssueCode, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, location: String::new(), message: message.into() }
    }

    /// A warning without a place in a resource.
    pub fn warning(code: IssueCode, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// An informational note.
    pub fn information(message: impl Into<String>) -> Self {
        Self { severity: Severity::Information, ..Self::error(IssueCode::Informational, message) }
    }

    /// The same issue at this place.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = location.into();
        self
    }

    /// Whether it is reason enough to refuse.
    pub fn is_error(&self) -> bool {
        self.severity >= Severity::Error
    }

    fn to_json(&self) -> Json {
        let mut row = Object::new()
            .with("severity", self.severity.code())
            .with("code", self.code.code())
            .with("diagnostics", self.message.as_str());
        if !self.location.is_empty() {
            row.insert("expression", vec![self.location.as_str()]);
        }
        Json::Object(row)
    }
}

/// An `OperationOutcome` of these issues; of none, one that says all is well (the element is required).
pub fn operation_outcome(issues: &[Issue]) -> Json {
    let fine = [Issue::information("All OK")];
    let issues = if issues.is_empty() { &fine } else { issues };
    crate::object! {
        "resourceType" => "OperationOutcome",
        "issue" => Json::Array(issues.iter().map(Issue::to_json).collect()),
    }
}
