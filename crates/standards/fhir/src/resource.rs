//! A resource: a JSON object that names its type, with the few members every server touches.

use crate::issue::{Issue, IssueCode, Severity};
use crate::json::{Json, Object, parse};
use crate::resource_type::ResourceType;

/// Longest id (<https://hl7.org/fhir/R4/datatypes.html#id>).
pub const ID_CHARS_MAX: usize = 64;

/// Whether this is a FHIR id: letters, digits, `-` and `.`, at most 64.
pub fn valid_id(id: &str) -> bool {
    (1..=ID_CHARS_MAX).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

/// A JSON object whose `resourceType` is one of R4's.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    json: Json,
    resource_type: ResourceType,
}

impl Resource {
    /// Reads bytes; says in an issue why they are no resource.
    pub fn parse(bytes: &[u8]) -> Result<Self, Issue> {
        let json = parse(bytes).map_err(|fault| Issue {
            severity: Severity::Fatal,
            code: IssueCode::Structure,
            location: fault.location,
            message: format!("not JSON: {} at line {} column {}", fault.message, fault.line, fault.column),
        })?;
        Self::from_json(json)
    }

    /// Wraps an object that names its type.
    pub fn from_json(json: Json) -> Result<Self, Issue> {
        let resource_type = Self::type_of(&json)?;
        Ok(Self { json, resource_type })
    }

    /// A new resource of this type with nothing in it.
    pub fn new(resource_type: ResourceType) -> Self {
        Self { json: Json::Object(Object::new().with("resourceType", resource_type.name())), resource_type }
    }

    pub(crate) fn type_of(json: &Json) -> Result<ResourceType, Issue> {
        if json.as_object().is_none() {
            return Err(Issue::error(IssueCode::Structure, "a resource is a JSON object"));
        }
        let Some(name) = json.str("resourceType") else {
            return Err(Issue::error(IssueCode::Required, "resourceType is missing").at("resourceType"));
        };
        ResourceType::parse(name).ok_or_else(|| {
            Issue::error(IssueCode::Structure, format!("'{}' is no R4 resource type", short(name)))
                .at("resourceType")
        })
    }

    /// Its type.
    pub fn resource_type(&self) -> ResourceType {
        self.resource_type
    }

    /// The whole object.
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// The whole object, to change. `resourceType` must stay.
    pub fn json_mut(&mut self) -> &mut Json {
        &mut self.json
    }

    /// The whole object, taken out.
    pub fn into_json(self) -> Json {
        self.json
    }

    /// Compact bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.json.to_bytes()
    }

    /// A member.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.json.get(name)
    }

    /// Whether a Patient is said to have died (`deceased[x]`).
    pub fn is_deceased(&self) -> bool {
        self.get("deceasedDateTime").is_some()
            || self.get("deceasedBoolean").and_then(Json::as_bool) == Some(true)
    }

    /// Its logical id.
    pub fn id(&self) -> Option<&str> {
        self.json.str("id")
    }

    /// `meta.versionId`.
    pub fn version_id(&self) -> Option<&str> {
        self.json.str_at(&["meta", "versionId"])
    }

    /// `meta.lastUpdated`.
    pub fn last_updated(&self) -> Option<&str> {
        self.json.str_at(&["meta", "lastUpdated"])
    }

    /// `meta.profile`.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.meta_list("profile").filter_map(Json::as_str)
    }

    /// `meta.security` as (system, code).
    pub fn security_labels(&self) -> impl Iterator<Item = (&str, &str)> {
        codings(self.meta_list("security"))
    }

    /// `meta.tag` as (system, code).
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        codings(self.meta_list("tag"))
    }

    fn meta_list(&self, name: &str) -> std::slice::Iter<'_, Json> {
        self.json.at(&["meta", name]).map_or_else(|| [].iter(), Json::items)
    }

    /// Sets the id, right after `resourceType` when it is new.
    pub fn set_id(&mut self, id: &str) {
        if let Some(object) = self.json.as_object_mut() {
            let place = usize::from(object.iter().next().is_some_and(|(name, _)| name == "resourceType"));
            object.insert_at(place, "id", id);
        }
    }

    /// Takes the id out.
    pub fn clear_id(&mut self) {
        if let Some(object) = self.json.as_object_mut() {
            object.remove("id");
        }
    }

    /// Sets `meta.versionId`; the rest of meta stays.
    pub fn set_version_id(&mut self, version: &str) {
        if let Some(meta) = self.meta_mut() {
            meta.insert_at(0, "versionId", version);
        }
    }

    /// Sets `meta.lastUpdated` (an instant with a zone); the rest of meta stays.
    pub fn set_last_updated(&mut self, instant: &str) {
        if let Some(meta) = self.meta_mut() {
            let place = usize::from(meta.has("versionId"));
            meta.insert_at(place, "lastUpdated", instant);
        }
    }

    /// Adds a coding to `meta.<list>` (`tag` or `security`) unless it is there.
    pub fn add_meta_coding(&mut self, list: &str, system: &str, code: &str) {
        if codings(self.meta_list(list)).any(|known| known == (system, code)) {
            return;
        }
        let Some(meta) = self.meta_mut() else { return };
        let coding = Json::Object(Object::new().with("system", system).with("code", code));
        match meta.get_mut(list).and_then(Json::as_array_mut) {
            Some(codings) => codings.push(coding),
            None => {
                meta.insert(list, vec![coding]);
            }
        }
    }

    /// The meta object, made when missing, placed after `id`.
    fn meta_mut(&mut self) -> Option<&mut Object> {
        let object = self.json.as_object_mut()?;
        if object.get("meta").is_none_or(|meta| meta.as_object().is_none()) {
            let place = object.iter().position(|(name, _)| name == "id").map_or(1, |at| at + 1);
            object.remove("meta");
            object.insert_at(place, "meta", Object::new());
        }
        object.get_mut("meta").and_then(Json::as_object_mut)
    }
}

fn codings(list: std::slice::Iter<'_, Json>) -> impl Iterator<Item = (&str, &str)> {
    list.filter_map(|coding| Some((coding.str("system").unwrap_or(""), coding.str("code")?)))
}

/// The start of a text that came from outside, for messages.
pub(crate) fn short(text: &str) -> &str {
    const SHOWN_CHARS_MAX: usize = 60;
    text.char_indices().nth(SHOWN_CHARS_MAX).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn meta_goes_after_id_and_keeps_the_rest() {
        let mut patient = Resource::parse(br#"{"resourceType":"Patient","active":true}"#).unwrap();
        patient.set_last_updated("2020-01-01T00:00:00Z");
        patient.set_id("a");
        patient.set_version_id("3");
        patient.add_meta_coding("tag", "s", "c");
        patient.add_meta_coding("tag", "s", "c");
        let text = r#"{"resourceType":"Patient","id":"a","meta":{"versionId":"3","lastUpdated":"2020-01-01T00:00:00Z","tag":[{"system":"s","code":"c"}]},"active":true}"#;
        assert_eq!(String::from_utf8(patient.to_bytes()).unwrap(), text);
        assert_eq!(patient.tags().collect::<Vec<_>>(), [("s", "c")]);
        assert_eq!((patient.id(), patient.version_id()), (Some("a"), Some("3")));
    }

    #[test]
    fn refuses_what_is_no_resource() {
        for bytes in [
            &b"[]"[..],
            b"{}",
            br#"{"resourceType":"Foo"}"#,
            br#"{"resourceType":1}"#,
            br#"{"resourceType":"Resource"}"#,
            b"{",
        ] {
            assert!(Resource::parse(bytes).is_err());
        }
    }

    #[test]
    fn ids() {
        assert!(valid_id("a-B.9") && valid_id(&"x".repeat(64)));
        assert!(!valid_id("") && !valid_id("a_b") && !valid_id(&"x".repeat(65)) && !valid_id("é"));
    }
}
