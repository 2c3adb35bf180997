//! Events outlive the program that wrote them: their shapes are golden files, and what would break readers is refused.

use galen_kernel::Contract;
use schemars::JsonSchema;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/events");

macro_rules! contracts {
    ($($domain:ident::{$($name:ident),* $(,)?}),* $(,)?) => {
        /// Every contract with its schema.
        fn all() -> Vec<(&'static str, Value)> {
            vec![$($(schema::<crate::$domain::$name>()),*),*]
        }
    };
}

contracts!(
    directory::{DirectoryEntryChangedV1},
    exchange::{BulkRequestedV1},
    messaging::{ReminderAnsweredV1},
    registration::{PatientRegisteredV1, PatientAmendedV1, PatientsMergedV1, PatientsUnmergedV1},
    scheduling::{AppointmentBookedV1, AppointmentRequestedV1, AppointmentRescheduledV1, AppointmentCancelledV1, AppointmentAttendedV1, AppointmentOfferedV1, WaitingEndedV1, TimeFreedV1, ScheduleChangedV1},
);

fn schema<C: Contract + JsonSchema>() -> (&'static str, Value) {
    let schema =
        schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<C>();
    (C::NAME, schema.to_value())
}

fn properties(schema: &Value) -> Map<String, Value> {
    let mut all = schema["properties"].as_object().cloned().unwrap_or_default();
    for property in all.values_mut().filter_map(Value::as_object_mut) {
        property.remove("description");
    }
    all
}

fn required(schema: &Value) -> BTreeSet<String> {
    schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect()
}

/// What of the new shape a reader of the old one would stumble over, or an old event could not be read by.
fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let (before, after) = (properties(old), properties(new));
    let mut all = Vec::new();
    for (name, shape) in &before {
        match after.get(name) {
            None => all.push(format!("{name} is gone")),
            Some(other) if other != shape => all.push(format!("{name} has another shape")),
            Some(_) => {}
        }
    }
    all.extend(required(old).difference(&required(new)).map(|name| format!("{name} may be missing now")));
    all.extend(
        required(new).difference(&required(old)).map(|name| format!("{name} is missing in old events")),
    );
    all
}

/// `GALEN_SCHEMAS=write cargo test` renews the files, but never to a shape that breaks: that is a new version, beside the old.
#[test]
fn events_have_the_shapes_that_were_agreed_on() {
    let is_writing = std::env::var("GALEN_SCHEMAS").as_deref() == Ok("write");
    let mut known = BTreeSet::new();
    for (name, schema) in all() {
        let path = Path::new(FOLDER).join(format!("{name}.json"));
        known.insert(format!("{name}.json"));
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        if let Ok(kept) = serde_json::from_str::<Value>(&kept) {
            let breaks = breaks(&kept, &schema);
            assert!(breaks.is_empty(), "{name}: {breaks:?}; make a V2 beside it");
        }
        let text = format!("{schema:#}\n");
        if is_writing {
            std::fs::create_dir_all(FOLDER).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == text, "schemas/events/{name}.json is stale: run GALEN_SCHEMAS=write cargo test");
    }
    for file in std::fs::read_dir(FOLDER).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(
            known.contains(&name),
            "schemas/events/{name} is of no contract; old versions stay in the program"
        );
    }
}

#[test]
fn what_would_break_a_reader_is_found() {
    let shape = |properties: Value, required: Value| serde_json::json!({ "properties": properties, "required": required });
    let text = serde_json::json!({ "type": "string" });
    let old = shape(serde_json::json!({ "a": text, "b": text }), serde_json::json!(["a"]));
    let grown = shape(serde_json::json!({ "a": text, "b": text, "c": text }), serde_json::json!(["a"]));
    assert_eq!(breaks(&old, &grown), Vec::<String>::new());
    for (new, why) in [
        (shape(serde_json::json!({ "a": text }), serde_json::json!(["a"])), "b is gone"),
        (shape(serde_json::json!({ "a": text, "b": {} }), serde_json::json!(["a"])), "b has another shape"),
        (shape(serde_json::json!({ "a": text, "b": text }), serde_json::json!([])), "a may be missing now"),
        (
            shape(serde_json::json!({ "a": text, "b": text }), serde_json::json!(["a", "b"])),
            "b is missing in old events",
        ),
    ] {
        assert_eq!(breaks(&old, &new), [why]);
    }
}
