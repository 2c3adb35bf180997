//! JSON Schemas of views, read as types of the graph.

use serde_json::{Map, Value};

/// What a property may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// A scalar, or the name of a type.
    pub name: String,
    /// Whether there are many.
    pub is_list: bool,
    /// Whether there always is one.
    pub is_required: bool,
}

/// A property of a view.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// One line about it.
    pub about: String,
    /// What it holds.
    pub kind: Kind,
    /// What it is when it is not said.
    pub default: Option<Value>,
}

/// A type that a schema defines.
#[derive(Debug, Clone)]
pub enum Definition {
    /// An object.
    Object(String, Vec<Property>),
    /// One of these codes, each with what it means.
    Codes(String, Vec<(String, String)>),
}

fn text(schema: &Value, member: &str) -> String {
    // Documentation of code speaks of code; in a description of an API the words are enough.
    schema.get(member).and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}

/// The types that a schema defines, by their names; its own first.
pub fn definitions(schema: &Value) -> Result<Vec<(String, Definition)>, String> {
    let title = text(schema, "title");
    let mut all = vec![(title.clone(), definition(&title, schema)?)];
    for (name, inner) in schema.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        all.push((name.clone(), definition(name, inner)?));
    }
    Ok(all)
}

fn definition(name: &str, schema: &Value) -> Result<Definition, String> {
    if let Some(codes) = codes(schema) {
        return Ok(Definition::Codes(text(schema, "description"), codes));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.ok_or_else(|| format!("{name} is neither an object nor a list of codes"))?;
    Ok(Definition::Object(text(schema, "description"), all_properties(name, schema, properties)?))
}

fn all_properties(
    name: &str,
    schema: &Value,
    properties: &Map<String, Value>,
) -> Result<Vec<Property>, String> {
    let required = schema.get("required").and_then(Value::as_array);
    let required: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
    properties
        .iter()
        .map(|(property, schema)| {
            let mut default = schema.get("default").filter(|default| !default.is_null()).cloned();
            let is_named = required.contains(&property.as_str());
            let mut kind = kind(schema, is_named || default.is_some())
                .ok_or_else(|| format!("{name}.{property}: {schema}"))?;
            // A list that may be left out is left out when it is empty; null it would say it is.
            if kind.is_list && !is_named && schema.get("type").is_some_and(|kind| kind == "array") {
                default.get_or_insert_with(|| Value::Array(Vec::new()));
                kind.is_required = true;
            }
            Ok(Property { name: property.clone(), about: text(schema, "description"), kind, default })
        })
        .collect()
}

/// The codes of an enumeration, written as `oneOf` with meanings or as `enum` without.
fn codes(schema: &Value) -> Option<Vec<(String, String)>> {
    if let Some(bare) = schema.get("enum").and_then(Value::as_array) {
        return bare.iter().map(|code| Some((code.as_str()?.to_owned(), String::new()))).collect();
    }
    let mut all = Vec::new();
    for one in schema.get("oneOf")?.as_array()? {
        match one.get("const").and_then(Value::as_str) {
            Some(code) => all.push((code.to_owned(), text(one, "description"))),
            None => all.extend(codes(one)?),
        }
    }
    Some(all)
}

fn kind(schema: &Value, is_required: bool) -> Option<Kind> {
    let scalar = |name: &str| Some(Kind { name: name.to_owned(), is_list: false, is_required });
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return scalar(target.strip_prefix("#/$defs/")?);
    }
    // A list of codes that stands where it is used has no name to be an enumeration by.
    if schema.get("oneOf").is_some() && codes(schema).is_some() {
        return scalar("String");
    }
    if let Some(either) = schema.get("anyOf").and_then(Value::as_array) {
        let other = either.iter().find(|one| one.get("type").is_none_or(|kind| kind != "null"))?;
        return kind(other, false);
    }
    let (named, may_be_null) = match schema.get("type")? {
        Value::Array(several) => {
            let other = several.iter().find_map(|one| one.as_str().filter(|name| *name != "null"))?;
            (other, several.iter().any(|one| one == "null"))
        }
        one => (one.as_str()?, false),
    };
    let is_required = is_required && !may_be_null;
    let scalar = |name: &str| Some(Kind { name: name.to_owned(), is_list: false, is_required });
    match named {
        "string" => scalar("String"),
        "integer" => scalar("Int"),
        "number" => scalar("Float"),
        "boolean" => scalar("Boolean"),
        "array" => Some(Kind { is_list: true, is_required, ..kind(schema.get("items")?, true)? }),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn properties_become_kinds() {
        let schema = json!({
            "title": "SeatView", "type": "object", "required": ["haste", "id", "rows", "state"],
            "properties": {
                "id": { "type": "string" },
                "note": { "type": ["string", "null"], "default": null },
                "rows": { "type": "array", "items": { "type": "integer" } },
                "state": { "$ref": "#/$defs/State" },
                "before": { "anyOf": [{ "$ref": "#/$defs/State" }, { "type": "null" }] },
                "free": { "type": "boolean", "default": false },
                "haste": { "oneOf": [{ "const": "soon" }, { "const": "late" }] }
            },
            "$defs": { "State": { "oneOf": [{ "const": "a-b", "description": "Both" }, { "type": "string", "enum": ["c"] }] } }
        });
        let found = definitions(&schema).unwrap();
        let Definition::Object(_, properties) = &found[0].1 else { panic!("{found:?}") };
        let mut written: Vec<String> = properties
            .iter()
            .map(|p| format!("{} {} {} {}", p.name, p.kind.name, p.kind.is_list, p.kind.is_required))
            .collect();
        written.sort();
        let expected = [
            "before State false false",
            "free Boolean false true",
            "haste String false true",
            "id String false true",
            "note String false false",
            "rows Int true true",
            "state State false true",
        ];
        assert_eq!(written, expected);
        let Definition::Codes(_, codes) = &found[1].1 else { panic!("{found:?}") };
        assert_eq!(codes.len(), 2);
    }

    #[test]
    fn what_no_type_can_say_is_refused() {
        let map = json!({ "title": "X", "type": "object",
                          "properties": { "any": { "type": "object", "additionalProperties": {} } } });
        assert!(definitions(&map).unwrap_err().starts_with("X.any"));
    }
}
