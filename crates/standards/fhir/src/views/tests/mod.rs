//! Views: what is refused, and what rows come of which resources.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod constants;
mod expressions;
mod limits;
mod reading;
mod selects;

use super::View;
use crate::issue::Issue;
use crate::json::{Json, parse};

fn json(text: &str) -> Json {
    parse(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}: {text}"))
}

/// A view of this type with these members.
fn definition(resource_type: &str, members: &str) -> Json {
    json(&format!(
        r#"{{"resourceType":"ViewDefinition","status":"active","resource":"{resource_type}",{members}}}"#
    ))
}

fn view(resource_type: &str, members: &str) -> View {
    View::read(&definition(resource_type, members)).unwrap_or_else(|issues| panic!("{issues:?}"))
}

/// A view of these columns, each `name: path`.
fn columns(resource_type: &str, columns: &[(&str, &str)]) -> View {
    let column = |(name, path): &(&str, &str)| format!(r#"{{"name":"{name}","path":{}}}"#, Json::from(*path));
    let columns: Vec<String> = columns.iter().map(column).collect();
    view(resource_type, &format!(r#""select":[{{"column":[{}]}}]"#, columns.join(",")))
}

/// The rows of all resources, each as a JSON array.
fn rows(view: &View, resources: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for resource in resources {
        for row in view.run(&json(resource), None).unwrap_or_else(|issue| panic!("{issue:?}")) {
            assert_eq!(row.len(), view.columns().len());
            let mut out = b"[".to_vec();
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                cell.write_json(&mut out);
            }
            out.push(b']');
            all.push(String::from_utf8(out).unwrap());
        }
    }
    all
}

fn names(view: &View) -> Vec<&str> {
    view.columns().iter().map(|column| &*column.name).collect()
}

/// Why a definition is refused: the first place and message.
fn refused(definition: &Json) -> (String, String) {
    let issues = View::read(definition).err().unwrap_or_else(|| panic!("{definition} is taken"));
    assert!(!issues.is_empty(), "{definition}");
    let Issue { location, message, .. } = issues.into_iter().next().unwrap();
    (location, message)
}

/// Why a resource has no rows: place and message.
fn failed(view: &View, resource: &str) -> (String, String) {
    let Issue { location, message, .. } = view.run(&json(resource), None).unwrap_err();
    (location, message)
}
