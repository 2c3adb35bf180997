//! Refuses changes of contracts that would break who keeps to them: the OpenAPI description and the schemas of events, as
//! released and as they are in the tree. Pure: JSON in, sentences out.
//!
//! What clients send may be taken more widely and never more narrowly; what they are answered may say more and never less,
//! and no code that they were not told of. An event is read by others and, years later, by ourselves: it may do neither.

mod openapi;
mod schema;

pub use openapi::openapi;
pub use schema::{Way, compare};

use serde_json::Value;
use std::collections::BTreeMap;

/// What breaks between two sets of event schemas, by their file names.
pub fn events(old: &BTreeMap<String, Value>, new: &BTreeMap<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, before) in old {
        match new.get(name) {
            None => found.push(format!("{name}: the event is gone; a new version stands beside the old one")),
            Some(after) => {
                found.extend(compare(Way::Answered, name, (before, before), (after, after)));
                found.extend(compare(Way::Sent, name, (before, before), (after, after)));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}
