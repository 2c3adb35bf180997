//! The OperationDefinition of each operation, readable at its id.

use super::{ALL, Level, Of, Operation, Parameter};
use galen_fhir::{Json, Object};

/// The definition of this id.
pub(crate) fn definition_of(id: &str, version: &str, date: &str) -> Option<Json> {
    let found = ALL.iter().find(|one| one.id == id && !one.canonical.is_empty())?;
    Some(written(found, version, date))
}

fn written(operation: &Operation, version: &str, date: &str) -> Json {
    let name: String = operation.id.split('-').map(capitalized).collect();
    let types: Vec<&str> = match operation.of {
        Of::Every if operation.levels == [Level::System] => Vec::new(),
        Of::Every => vec!["Resource"],
        Of::Only(types) => types.to_vec(),
    };
    let has = |level| operation.levels.contains(&level);
    let object = Object::new()
        .with("resourceType", "OperationDefinition")
        .with("id", operation.id)
        .with("url", operation.canonical)
        .with("version", version)
        .with("name", name)
        .with("title", operation.title)
        .with("status", "active")
        .with("kind", "operation")
        .with("date", date)
        .with("affectsState", operation.affects_state)
        .with("code", operation.code)
        .with_some("resource", (!types.is_empty()).then_some(types))
        .with("system", has(Level::System))
        .with("type", has(Level::Type))
        .with("instance", has(Level::Instance));
    let parameters: Vec<Json> = operation.parameters.iter().map(parameter).collect();
    Json::Object(object.with_some("parameter", (!parameters.is_empty()).then_some(parameters)))
}

fn parameter(one: &Parameter) -> Json {
    let object = Object::new()
        .with("name", one.name)
        .with("use", if one.is_in { "in" } else { "out" })
        .with("min", i32::from(one.is_required))
        .with("max", one.max)
        .with("documentation", one.about)
        .with("type", one.kind);
    Json::Object(object)
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
