//! The patch of a bundle entry: a Parameters resource, or a Binary that holds a JSON Patch
//! (<https://hl7.org/fhir/R4/http.html#patch>).

use crate::issue::{Issue, IssueCode};
use crate::json::parse;
use crate::patch::{FhirpathPatch, JsonPatch, Patch, PatchError};
use crate::resource::Resource;

/// The media type of a JSON Patch.
const JSON_PATCH: &str = "application/json-patch+json";

/// Reads it; the issue's location is below the entry.
pub(super) fn of_entry(resource: &Resource) -> Result<Patch, Issue> {
    let below = |error: PatchError| {
        let issue = error.into_issue();
        let location = format!(".resource.{}", issue.location);
        issue.at(location)
    };
    match resource.resource_type().name() {
        "Parameters" => FhirpathPatch::read(resource.json()).map(Patch::Fhirpath).map_err(below),
        "Binary" => json_patch(resource),
        _ => {
            let message = "a patch is a Parameters resource, or a Binary with a JSON Patch";
            Err(Issue::error(IssueCode::Value, message).at(".resource"))
        }
    }
}

fn json_patch(binary: &Resource) -> Result<Patch, Issue> {
    let kind = binary.json().str("contentType").unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some(JSON_PATCH) {
        let message = format!("the Binary of a patch has the content type {JSON_PATCH}");
        return Err(Issue::error(IssueCode::Value, message).at(".resource.contentType"));
    }
    let bad = |message: &str| Issue::error(IssueCode::Value, message).at(".resource.data");
    let data = binary.json().str("data").ok_or_else(|| bad("the patch is missing"))?;
    let plain: Vec<u8> = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = data_encoding::BASE64.decode(&plain).map_err(|_| bad("is no base64"))?;
    let json = parse(&bytes).map_err(|fault| bad(&format!("holds no JSON: {}", fault.message)))?;
    JsonPatch::read(json).map(Patch::Json).map_err(|error| bad(&error.issue().message))
}
