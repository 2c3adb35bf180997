//! What the client wants the answer to look like: format, prettiness, how much of it, how strict.

use crate::failure::Failure;
use galen_fhir::search::Handling;
use galen_kernel::{Rejection, RejectionKind};
use http::{HeaderMap, StatusCode, header};

/// Parameters that shape any answer and are no search parameters.
const SHAPING: &[&str] = &["_format", "_pretty"];

/// What of a written resource is sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Give {
    /// Nothing.
    Minimal,
    /// The resource.
    Representation,
    /// An OperationOutcome.
    Outcome,
}

/// A client's wishes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// For people to read.
    pub(crate) pretty: bool,
    /// `Prefer: return=`.
    pub(crate) give: Option<Give>,
    /// `Prefer: handling=`.
    pub(crate) handling: Handling,
}

impl Wish {
    /// The usual.
    pub(crate) const PLAIN: Self = Self { pretty: false, give: None, handling: Handling::Strict };

    /// Reads headers and query; the shaping parameters are taken out of the query.
    pub(crate) fn read(headers: &HeaderMap, pairs: &mut Vec<(String, String)>) -> Result<Self, Failure> {
        let mut wish = Self::PLAIN;
        let format = pairs.iter().find(|(name, _)| name == "_format").map(|(_, value)| value.as_str());
        match format {
            Some(format) if !speaks(format) => return Err(not_spoken("_format")),
            Some(_) => {}
            None => accept(headers)?,
        }
        wish.pretty = pairs.iter().any(|(name, value)| name == "_pretty" && value == "true");
        pairs.retain(|(name, _)| !SHAPING.contains(&name.as_str()));
        for preference in
            headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split([',', ';']))
        {
            match preference.trim() {
                "return=minimal" => wish.give = Some(Give::Minimal),
                "return=representation" => wish.give = Some(Give::Representation),
                "return=OperationOutcome" => wish.give = Some(Give::Outcome),
                "handling=lenient" => wish.handling = Handling::Lenient,
                _ => {}
            }
        }
        Ok(wish)
    }
}

/// Whether a media type (with `+` or what a query makes of it) is JSON of FHIR R4.
fn speaks(text: &str) -> bool {
    let mut parts = text.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase().replace(' ', "+");
    let is_json = matches!(
        kind.as_str(),
        "json" | "application/json" | "application/fhir+json" | "text/json" | "*/*" | "application/*"
    );
    let mut versions = parts.filter_map(|p| p.trim().strip_prefix("fhirVersion=").map(str::to_owned));
    is_json && versions.all(|v| v.trim_matches('"').starts_with("4.0"))
}

fn accept(headers: &HeaderMap) -> Result<(), Failure> {
    let mut asked = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok()).peekable();
    if asked.peek().is_none() || asked.any(|value| value.split(',').any(speaks)) {
        return Ok(());
    }
    Err(not_spoken("Accept"))
}

fn not_spoken(place: &str) -> Failure {
    let message = "This server answers in JSON of FHIR 4.0 only";
    let rejection = Rejection::new(RejectionKind::UnsupportedFormat, "format-not-supported", message)
        .at(place)
        .next("Ask for application/fhir+json");
    Failure::from(rejection).with_status(StatusCode::NOT_ACCEPTABLE)
}

/// Refuses bodies in formats that are not read here.
pub(crate) fn check_body_format(headers: &HeaderMap, is_form: bool) -> Result<(), Failure> {
    let Some(given) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let given = given.to_str().unwrap_or_default();
    let fits = if is_form {
        given.trim_start().starts_with("application/x-www-form-urlencoded")
    } else {
        speaks(given)
    };
    if fits && !given.contains("*/") {
        return Ok(());
    }
    let wanted = if is_form { "application/x-www-form-urlencoded" } else { "application/fhir+json" };
    Err(Rejection::new(
        RejectionKind::UnsupportedFormat,
        "format-not-supported",
        "This body format is not read here",
    )
    .at("Content-Type")
    .next(format!("Send {wanted}"))
    .into())
}
