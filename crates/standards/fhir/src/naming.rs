//! Names of people and things as one says them.

use crate::json::Json;

/// `Dr Ada Lovelace` of a Practitioner or Patient, `Room 3` of a Location: the name's text where there is one, or
/// prefix, first given and family name; `None` for what has no name.
pub fn spoken_name(resource: &Json) -> Option<String> {
    if let Some(name) = resource.str("name") {
        return Some(name.to_owned());
    }
    let name = resource.list("name").next()?;
    if let Some(text) = name.str("text") {
        return Some(text.to_owned());
    }
    let first = |member| name.list(member).find_map(Json::as_str);
    let parts: Vec<&str> =
        [first("prefix"), first("given"), name.str("family")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
