//! Where a FHIRPath Patch finds what it changes.

use galen_fhir::Json;
use galen_fhir::fhirpath::{Environment, Expression, Step};

/// See [`galen_fhir::patch::Locate`].
pub(crate) fn locate(resource: &Json, path: &str) -> Result<Vec<Vec<String>>, String> {
    let expression = Expression::parse(path).map_err(|error| error.to_string())?;
    let found = expression.evaluate(resource, &Environment::bare()).map_err(|error| error.to_string())?;
    let places = found.iter().map(|item| galen_fhir::fhirpath::locate(resource, item));
    places
        .map(|steps| {
            let steps = steps.ok_or("the path yields a value that is not in the resource")?;
            Ok(steps.iter().map(step).collect())
        })
        .collect()
}

/// A primitive that has only extensions is found at its twin; it is the element all the same.
fn step(step: &Step<'_>) -> String {
    match step {
        Step::Member(name) => name.strip_prefix('_').unwrap_or(name).to_owned(),
        Step::Index(at) => at.to_string(),
    }
}
