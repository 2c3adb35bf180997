//! What goes wrong with another server, in words for the one who asked. No address and no token is in them.

use crate::failure::Failure;
use galen_fhir::Json;
use galen_fhir::json::parse;
use galen_kernel::{Rejection, RejectionKind};
use galen_outbound::{Answer, DestinationError, SendError};
use http::StatusCode;

/// Most characters of another server's words that are shown.
const WORDS_CHARACTERS_MAX: usize = 300;

/// A rejection about the partner.
pub(super) fn partner(code: &'static str, message: impl Into<String>) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, code, message)
}

/// Nobody answers.
pub(super) fn unanswered(error: &SendError) -> Rejection {
    let code = match error {
        SendError::TooLarge => "partner-answer-too-large",
        SendError::Closed => "partner-address-closed",
        _ => "partner-unreachable",
    };
    partner(code, format!("The partner: {error}"))
}

/// An address that may not be called.
pub(super) fn uncallable(error: DestinationError) -> Rejection {
    partner("partner-address-invalid", format!("The partner's address: {error}"))
        .next("An operator allows servers within the hospital by outbound.allowed")
}

/// An answer that is no success.
pub(super) fn refused(answer: &Answer) -> Rejection {
    let status = answer.status.as_u16();
    if answer.status.is_redirection() {
        let message = format!("The partner answers {status}: redirects are not followed");
        return partner("partner-redirects", message);
    }
    let code = match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "partner-forbids",
        StatusCode::NOT_FOUND | StatusCode::GONE => "partner-has-not",
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "conflict",
        _ => "partner-refuses",
    };
    match words(&answer.body) {
        Some(words) => partner(code, format!("The partner answers {status}: {words}")),
        None => partner(code, format!("The partner answers {status}")),
    }
}

/// Its answer is not what FHIR says it is.
pub(super) fn unreadable(what: &str) -> Failure {
    partner("partner-answer-invalid", format!("The partner's answer cannot be read: {what}")).into()
}

/// What an OperationOutcome, or an OAuth error, says: its first error, without anything that a terminal would obey.
fn words(body: &[u8]) -> Option<String> {
    let json = parse(body).ok()?;
    let text = match json.str("resourceType") {
        Some("OperationOutcome") => {
            let is_error = |issue: &&Json| matches!(issue.str("severity"), Some("error" | "fatal"));
            let issue = json.list("issue").find(is_error).or_else(|| json.list("issue").next())?;
            let detail = issue.str("diagnostics").or_else(|| issue.str_at(&["details", "text"]));
            format!("{}: {}", issue.str("code").unwrap_or("error"), detail.unwrap_or("no more is said"))
        }
        _ => {
            let error = json.str("error")?;
            format!("{error}: {}", json.str("error_description").unwrap_or("no more is said"))
        }
    };
    Some(text.chars().filter(|c| !c.is_control()).take(WORDS_CHARACTERS_MAX).collect())
}
