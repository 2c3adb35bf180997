//! What the client wants the answer to look like: format, prettiness, how much of it, how strict, when.

use crate::failure::Failure;
use galen_fhir::search::Handling;
use galen_fhir::{Subset, Summary};
use galen_kernel::{Rejection, RejectionKind};
use galen_tables::Format;
use http::{HeaderMap, StatusCode, header};

/// Parameters that shape any answer and are no search parameters.
const SHAPING: &[&str] = &["_format", "_pretty"];
/// The media types of JSON, by the names that clients use.
const JSON: &[&str] = &["json", "application/json", "application/fhir+json", "text/json"];
/// Media ranges that JSON is among.
const RANGES: &[&str] = &["*/*", "application/*"];
/// The media type of JSON Patch.
const JSON_PATCH: &str = "application/json-patch+json";
/// The media types of lines of JSON.
const LINES: &[&str] = &["application/fhir+ndjson", "application/ndjson", "application/x-ndjson"];

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
    /// `Prefer: respond-async`; what is quick is answered at once all the same.
    pub(crate) respond_async: bool,
    /// The format of a table that `Accept` names, for what is answered as one.
    pub(crate) table: Option<Format>,
}

impl Wish {
    /// The usual.
    pub(crate) const PLAIN: Self =
        Self { pretty: false, give: None, handling: Handling::Strict, respond_async: false, table: None };

    /// Reads headers and query; the shaping parameters are taken out of the query.
    pub(crate) fn read(headers: &HeaderMap, pairs: &mut Vec<(String, String)>) -> Result<Self, Failure> {
        let format = pairs.iter().find(|(name, _)| name == "_format").map(|(_, value)| value.as_str());
        match format {
            Some(format) if !speaks(format) && !is_lines(format) => return Err(not_spoken("_format")),
            Some(_) => {}
            None => accept(headers)?,
        }
        let wish = Self {
            pretty: pairs.iter().any(|(name, value)| name == "_pretty" && value == "true"),
            ..Self::PLAIN
        };
        pairs.retain(|(name, _)| !SHAPING.contains(&name.as_str()));
        Ok(wish.preferring(headers))
    }

    /// The same of what is answered as a table: `_format` is a parameter of its own there.
    pub(crate) fn of_table(headers: &HeaderMap, pairs: &mut Vec<(String, String)>) -> Self {
        pairs.retain(|(name, _)| name != "_pretty");
        let accepted = ranges(headers);
        let table = accepted.iter().filter(|range| weight(range) > 0.0).find_map(|range| table_format(range));
        Self { table, ..Self::PLAIN }.preferring(headers)
    }

    /// With what `Prefer` says.
    fn preferring(mut self, headers: &HeaderMap) -> Self {
        let wish = &mut self;
        let all = headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok());
        for preference in all.flat_map(|v| v.split([',', ';'])) {
            match preference.trim() {
                "return=minimal" => wish.give = Some(Give::Minimal),
                "return=representation" => wish.give = Some(Give::Representation),
                "return=OperationOutcome" => wish.give = Some(Give::Outcome),
                "handling=lenient" => wish.handling = Handling::Lenient,
                "respond-async" => wish.respond_async = true,
                _ => {}
            }
        }
        self
    }
}

/// Takes `_summary` and `_elements` out of the parameters of a read or a history.
pub(crate) fn take_subset(pairs: &mut Vec<(String, String)>) -> Result<Subset, Failure> {
    let mut how = Subset::default();
    let bad = |issue| Failure::of_issues(RejectionKind::Malformed, "parameter-invalid", vec![issue]);
    for (name, value) in pairs.iter() {
        match name.as_str() {
            "_summary" => {
                how.summary = Summary::parse(value).ok_or_else(|| {
                    let message = "_summary is true, text, data or false here";
                    Rejection::new(RejectionKind::Malformed, "parameter-invalid", message).at("_summary")
                })?;
            }
            "_elements" => how.add_elements(value).map_err(bad)?,
            _ => {}
        }
    }
    pairs.retain(|(name, _)| name != "_summary" && name != "_elements");
    how.check().map_err(bad)?;
    Ok(how)
}

/// The type of a media type (with `+` or what a query makes of it), in small letters.
fn kind_of(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().replace(' ', "+")
}

/// Whether its version of FHIR, if it names one, is R4.
fn is_r4(text: &str) -> bool {
    let versions = text.split(';').skip(1).filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("fhirVersion").then(|| value.trim().trim_matches('"').to_owned())
    });
    versions.into_iter().all(|version| version == "4.0" || version.starts_with("4.0."))
}

/// Whether a media type is JSON of FHIR R4, or a range that it is in.
fn speaks(text: &str) -> bool {
    let kind = kind_of(text);
    (JSON.contains(&kind.as_str()) || RANGES.contains(&kind.as_str())) && is_r4(text)
}

fn is_lines(text: &str) -> bool {
    LINES.contains(&kind_of(text).as_str()) && is_r4(text)
}

/// The weight that a client gives a media range.
fn weight(text: &str) -> f32 {
    let given = text.split(';').skip(1).find_map(|part| part.trim().strip_prefix("q=")?.trim().parse().ok());
    given.unwrap_or(1.0)
}

/// The format of a table by any of its names.
pub(crate) fn table_format(text: &str) -> Option<Format> {
    Some(match kind_of(text).as_str() {
        "json" | "application/json" => Format::Json,
        "ndjson" | "application/fhir+ndjson" | "application/ndjson" | "application/x-ndjson" => {
            Format::Ndjson
        }
        "csv" | "text/csv" => Format::Csv { header: true },
        "parquet" | "application/vnd.apache.parquet" | "application/octet-stream" => Format::Parquet,
        _ => return None,
    })
}

/// The media ranges that are acceptable.
fn ranges(headers: &HeaderMap) -> Vec<&str> {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|range| !range.trim().is_empty())
        .collect()
}

/// Whether JSON is acceptable: by its own name when that is there, else by a range.
fn accept(headers: &HeaderMap) -> Result<(), Failure> {
    let asked = ranges(headers);
    if asked.is_empty() {
        return Ok(());
    }
    let (ranges, named): (Vec<&str>, Vec<&str>) = asked
        .into_iter()
        .filter(|range| speaks(range) || is_lines(range))
        .partition(|range| RANGES.contains(&kind_of(range).as_str()));
    let wanted = if named.is_empty() { ranges } else { named };
    if wanted.iter().any(|range| weight(range) > 0.0) { Ok(()) } else { Err(not_spoken("Accept")) }
}

fn not_spoken(place: &str) -> Failure {
    let message = "This server answers in JSON of FHIR 4.0 only";
    let rejection = Rejection::new(RejectionKind::UnsupportedFormat, "format-not-supported", message)
        .at(place)
        .next("Ask for application/fhir+json");
    Failure::from(rejection).with_status(StatusCode::NOT_ACCEPTABLE)
}

/// What a body is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFormat {
    /// A resource.
    Json,
    /// Name-value pairs.
    Form,
    /// RFC 6902.
    JsonPatch,
    /// A resource a line.
    Lines,
}

/// What the body is said to be written in; `None` when nothing is said.
pub(crate) fn body_format(headers: &HeaderMap) -> Result<Option<BodyFormat>, Failure> {
    let Some(given) = headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let given = given.to_str().unwrap_or_default();
    let kind = kind_of(given);
    if kind == "application/x-www-form-urlencoded" {
        return Ok(Some(BodyFormat::Form));
    }
    if kind == JSON_PATCH {
        return Ok(Some(BodyFormat::JsonPatch));
    }
    if is_lines(given) {
        return Ok(Some(BodyFormat::Lines));
    }
    if JSON.contains(&kind.as_str()) && is_r4(given) {
        return Ok(Some(BodyFormat::Json));
    }
    Err(not_read("application/fhir+json"))
}

/// Refuses a body in another format than those that are read there.
pub(crate) fn check_body_format(headers: &HeaderMap, fits: &[BodyFormat]) -> Result<(), Failure> {
    match body_format(headers)? {
        Some(format) if !fits.contains(&format) => Err(not_read(match fits {
            [BodyFormat::Form] => "application/x-www-form-urlencoded",
            [BodyFormat::JsonPatch, ..] => "application/json-patch+json or application/fhir+json",
            [BodyFormat::Lines, ..] => "application/fhir+ndjson or application/fhir+json",
            _ => "application/fhir+json",
        })),
        _ => Ok(()),
    }
}

fn not_read(wanted: &str) -> Failure {
    let message = "This body format is not read here";
    Rejection::new(RejectionKind::UnsupportedFormat, "format-not-supported", message)
        .at("Content-Type")
        .next(format!("Send {wanted}"))
        .into()
}
