//! Extensions of an element.

use crate::json::Json;

/// Puts `values` in the place of all extensions of this url; the others stay, and an empty list goes.
pub fn set_extensions(element: &mut Json, url: &str, values: Vec<Json>) {
    let Some(object) = element.as_object_mut() else { return };
    let mut all: Vec<Json> = object.get("extension").and_then(Json::as_array).unwrap_or_default().to_vec();
    all.retain(|one| one.str("url") != Some(url));
    all.extend(values);
    if all.is_empty() {
        object.remove("extension");
    } else {
        object.insert("extension", Json::Array(all));
    }
}
