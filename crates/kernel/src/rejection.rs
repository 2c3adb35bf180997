//! A refusal as a value: the rules said no, here is why and what to do next.

use std::fmt;

/// The class of a refusal; decides the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectionKind {
    /// 400: the request cannot be read.
    Malformed,
    /// 401: nobody is signed in, or the proof of it is no good.
    Unauthenticated,
    /// 403: policy does not allow it.
    Forbidden,
    /// 404: there is no such thing (or the caller may not know that there is).
    NotFound,
    /// 405: the resource does not take this interaction.
    NotSupported,
    /// 409: it clashes with what is there.
    Conflict,
    /// 410: it was there and is deleted.
    Gone,
    /// 412: a precondition (version, condition) does not hold.
    PreconditionFailed,
    /// 413: larger than a named limit.
    TooLarge,
    /// 415: a format that is not spoken here.
    UnsupportedFormat,
    /// 422: readable, but the rules of the domain refuse it.
    Unprocessable,
    /// 428: a precondition is required and missing.
    PreconditionRequired,
    /// 429: too many requests.
    TooManyRequests,
}

impl RejectionKind {
    /// The HTTP status for this class.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::NotSupported => 405,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::PreconditionFailed => 412,
            Self::TooLarge => 413,
            Self::UnsupportedFormat => 415,
            Self::Unprocessable => 422,
            Self::PreconditionRequired => 428,
            Self::TooManyRequests => 429,
        }
    }
}

/// A refusal: stable `code` for programs, `message` for people, `location` of the fault in the input, `next` step.
/// It never holds PHI: it names elements and limits, not their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Its class.
    pub kind: RejectionKind,
    /// Stable kebab-case code, for example `identifier-taken`.
    pub code: &'static str,
    /// One sentence for a person.
    pub message: String,
    /// Where in the input, as a FHIRPath or field name.
    pub location: Option<String>,
    /// What the caller can do about it.
    pub next: Option<String>,
    /// Ids that the answer may point to (the other holder of an identifier, the current version).
    pub related: Vec<String>,
    /// After how many seconds it is worth trying again, where that is known.
    pub retry_after_seconds: Option<u16>,
}

impl Rejection {
    /// A refusal of class `kind`.
    pub fn new(kind: RejectionKind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            message: message.into(),
            location: None,
            next: None,
            related: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// What was decided by a version that is not the current one any more: `changed` as in "Somebody else changed this
    /// patient", `read` as in "Read the patient again".
    #[must_use]
    pub fn version_conflict(changed: &str, read: &str, current: u64) -> Self {
        let message = format!("Somebody else changed {changed} in the meantime");
        Self::new(RejectionKind::Conflict, "version-conflict", message)
            .related(vec![current.to_string()])
            .next(format!("Read {read} again and decide again"))
    }

    /// Says where in the input the fault is.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u16) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Names what it clashes with.
    #[must_use]
    pub fn related(mut self, related: Vec<String>) -> Self {
        self.related = related;
        self
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Rejection {}
