//! Two OpenAPI descriptions: routes, methods, parameters, bodies, answers.

use crate::schema::{Way, compare};
use serde_json::{Map, Value};

fn object<'d>(value: &'d Value, name: &str) -> impl Iterator<Item = (&'d String, &'d Value)> {
    value.get(name).and_then(Value::as_object).into_iter().flatten()
}

fn array<'d>(value: &'d Value, name: &str) -> &'d [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'d>(value: &'d Value, name: &str) -> &'d str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_required(value: &Value) -> bool {
    value.get("required") == Some(&Value::Bool(true))
}

/// What breaks between two descriptions.
pub fn openapi(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, methods) in object(old, "paths") {
        let Some(methods) = methods.as_object() else { continue };
        let now = new.get("paths").and_then(|paths| paths.get(path));
        for (method, before) in methods {
            let name = format!("{} {path}", method.to_uppercase());
            match now.and_then(|now| now.get(method)) {
                None => found.push(format!("{name}: the route is gone")),
                Some(after) => {
                    Operation { name: &name, documents: (old, new), found: &mut found }
                        .compare(before, after);
                }
            }
        }
    }
    found
}

struct Operation<'d> {
    name: &'d str,
    documents: (&'d Value, &'d Value),
    found: &'d mut Vec<String>,
}

impl Operation<'_> {
    fn tell(&mut self, what: impl AsRef<str>) {
        self.found.push(format!("{}: {}", self.name, what.as_ref()));
    }

    fn schemas(&mut self, way: Way, place: &str, old: Option<&Value>, new: Option<&Value>) {
        let anything = Value::Object(Map::new());
        let (old, new) = (old.unwrap_or(&anything), new.unwrap_or(&anything));
        let place = format!("{} {place}", self.name);
        self.found.extend(compare(way, &place, (old, self.documents.0), (new, self.documents.1)));
    }

    fn compare(&mut self, old: &Value, new: &Value) {
        if text(old, "operationId") != text(new, "operationId") {
            self.tell("its operationId, by which generated clients call it, is another one");
        }
        let is_public = |operation: &Value| operation.get("x-galen-public").is_some();
        if is_public(old) && !is_public(new) {
            self.tell("it was open to anybody and is not");
        }
        self.parameters(old, new);
        self.body(old.get("requestBody"), new.get("requestBody"));
        self.answers(old, new);
    }

    fn parameters(&mut self, old: &Value, new: &Value) {
        let key = |one: &Value| (text(one, "in").to_owned(), text(one, "name").to_owned());
        let (before, after) = (array(old, "parameters"), array(new, "parameters"));
        for was in before {
            let place = format!("parameter {}", text(was, "name"));
            match after.iter().find(|is| key(is) == key(was)) {
                None => self.tell(format!("{place} is no longer taken")),
                Some(is) => {
                    if is_required(is) && !is_required(was) {
                        self.tell(format!("{place} must be sent now"));
                    }
                    self.schemas(Way::Sent, &place, was.get("schema"), is.get("schema"));
                }
            }
        }
        for is in after {
            if is_required(is) && !before.iter().any(|was| key(was) == key(is)) {
                self.tell(format!("parameter {} must be sent now", text(is, "name")));
            }
        }
    }

    fn body(&mut self, old: Option<&Value>, new: Option<&Value>) {
        match (old, new) {
            (None, Some(is)) if is_required(is) => self.tell("a body must be sent now"),
            (Some(_), None) => self.tell("a body is no longer taken"),
            (Some(was), Some(is)) => {
                if is_required(is) && !is_required(was) {
                    self.tell("a body must be sent now");
                }
                for (media, before) in object(was, "content") {
                    match is.get("content").and_then(|content| content.get(media)) {
                        None => self.tell(format!("a body of {media} is no longer taken")),
                        Some(after) => {
                            self.schemas(Way::Sent, "body", before.get("schema"), after.get("schema"));
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn answers(&mut self, old: &Value, new: &Value) {
        for (status, was) in object(old, "responses") {
            let Some(is) = new.get("responses").and_then(|all| all.get(status)) else {
                self.tell(format!("{status} is no longer answered"));
                continue;
            };
            for (media, before) in object(was, "content") {
                match is.get("content").and_then(|content| content.get(media)) {
                    None => self.tell(format!("{status} is no longer answered as {media}")),
                    Some(after) => {
                        let place = format!("{status} answer");
                        self.schemas(Way::Answered, &place, before.get("schema"), after.get("schema"));
                    }
                }
            }
        }
    }
}
