//! Scheduling's resources to and from its words, and the guards of FHIR writes.

mod appointment;
mod guard;
mod operations;
mod schedule;
mod service;
mod slots;
mod wishes;

pub use appointment::{
    APPOINTMENT_SCHEDULE, Details, SERIES_SYSTEM, Taken, apply, appointment, series, set_retraction,
    set_zone, visit, zone,
};
pub use guard::{APPOINTMENTS, SCHEDULES, SERVICES, SLOTS};
pub use schedule::{exception, exception_slot, schedule, timetable};
pub use service::{healthcare_service, service_rules};

use galen_fhir::{Json, ParsedReference, Resource, array, object};
use galen_kernel::Fault;
use jiff::civil::Weekday;

/// Where Galen's own extensions are defined.
const EXTENSIONS: &str = "https://galen.health/fhir/StructureDefinition/";

/// FHIR's days of the week, with the calendar's.
pub(crate) const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

fn resource(json: Json) -> Result<Resource, Fault> {
    Resource::from_json(json).map_err(|issue| Fault::new("scheduling resource", issue.message))
}

fn extension_url(name: &str) -> String {
    format!("{EXTENSIONS}{name}")
}

fn extensions<'j>(json: &'j Json, name: &'static str) -> impl Iterator<Item = &'j Json> {
    json.list("extension").filter(move |one| {
        one.str("url").and_then(|url| url.strip_prefix(EXTENSIONS)).is_some_and(|own| own == name)
    })
}

/// Replaces all extensions of this name.
fn set_extensions(json: &mut Json, name: &'static str, values: Vec<Json>) {
    galen_fhir::set_extensions(json, &extension_url(name), values);
}

fn extension(name: &str, value: &str, of: impl Into<Json>) -> Json {
    object! { "url" => extension_url(name), value => of }
}

fn reference(kind: &str, id: &str) -> Json {
    object! { "reference" => format!("{kind}/{id}") }
}

/// The id of a local reference to this type.
fn local_id<'j>(json: &'j Json, kind: &str) -> Option<&'j str> {
    ParsedReference::local_id(json.str("reference")?, kind)
}

fn codeable(system: &str, code: &str) -> Json {
    object! { "coding" => array![object! { "system" => system, "code" => code }] }
}
