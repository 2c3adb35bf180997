//! JSON Schemas, as far as ours go: types, codes, properties, items, alternatives, bounds.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Which way values of a schema go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Clients send them: taking less breaks who sends it.
    Sent,
    /// Clients get them: saying less, or what nobody was told of, breaks who reads it.
    Answered,
}

/// Schemas within schemas that are looked at: references may go in circles.
const NESTING_MAX: usize = 64;
/// Bounds, and whether a higher figure is narrower.
const BOUNDS: [(&str, bool); 8] = [
    ("minimum", true),
    ("minLength", true),
    ("minItems", true),
    ("minProperties", true),
    ("maximum", false),
    ("maxLength", false),
    ("maxItems", false),
    ("maxProperties", false),
];

/// What breaks between two schemas, each with the document that its references point into.
pub fn compare(way: Way, place: &str, old: (&Value, &Value), new: (&Value, &Value)) -> Vec<String> {
    let mut pair = Pair { way, old: old.1, new: new.1, seen: BTreeSet::new(), found: Vec::new() };
    pair.schemas(place, old.0, new.0, 0);
    pair.found
}

struct Pair<'d> {
    way: Way,
    old: &'d Value,
    new: &'d Value,
    /// Pairs of references that are being compared, or were.
    seen: BTreeSet<(String, String)>,
    found: Vec<String>,
}

fn resolved<'d>(document: &'d Value, mut schema: &'d Value) -> &'d Value {
    for _ in 0..NESTING_MAX {
        let Some(target) = schema.get("$ref").and_then(Value::as_str) else { break };
        match document.pointer(target.trim_start_matches('#')) {
            Some(found) => schema = found,
            None => break,
        }
    }
    schema
}

fn reference(schema: &Value) -> String {
    schema.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn members<'d>(schema: &'d Value, name: &str) -> BTreeMap<&'d str, &'d Value> {
    let all = schema.get(name).and_then(Value::as_object);
    all.into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
}

fn list<'d>(schema: &'d Value, name: &str) -> Vec<&'d Value> {
    schema.get(name).and_then(Value::as_array).into_iter().flatten().collect()
}

fn texts<'d>(schema: &'d Value, name: &str) -> BTreeSet<&'d str> {
    list(schema, name).into_iter().filter_map(Value::as_str).collect()
}

/// The types that a schema names; none where it takes any.
fn types(schema: &Value) -> BTreeSet<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => BTreeSet::from([one.as_str()]),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

/// The codes of an enumeration, however it is written.
fn codes(document: &Value, schema: &Value) -> Option<BTreeSet<String>> {
    let own = |value: &Value| value.to_string();
    if let Some(only) = schema.get("const") {
        return Some(BTreeSet::from([own(only)]));
    }
    if schema.get("enum").is_some() {
        return Some(list(schema, "enum").into_iter().map(own).collect());
    }
    let alternatives = list(schema, "oneOf");
    if alternatives.is_empty() {
        return None;
    }
    let each = alternatives.into_iter().map(|one| codes(document, resolved(document, one)));
    each.collect::<Option<Vec<_>>>().map(|all| all.into_iter().flatten().collect())
}

/// The alternatives of a schema that are no codes; a schema without any is its own only one.
fn alternatives<'d>(document: &'d Value, schema: &'d Value) -> Vec<&'d Value> {
    let mut all = list(schema, "anyOf");
    all.extend(list(schema, "oneOf"));
    if all.is_empty() { vec![schema] } else { all.into_iter().map(|one| resolved(document, one)).collect() }
}

impl Pair<'_> {
    fn tell(&mut self, place: &str, what: impl AsRef<str>) {
        self.found.push(format!("{place}: {}", what.as_ref()));
    }

    fn schemas(&mut self, place: &str, old: &Value, new: &Value, depth: usize) {
        let names = (reference(old), reference(new));
        let is_named = !names.0.is_empty() && !names.1.is_empty();
        if depth > NESTING_MAX || is_named && !self.seen.insert(names) {
            return;
        }
        let (old, new) = (resolved(self.old, old), resolved(self.new, new));
        if let (Some(before), Some(after)) = (codes(self.old, old), codes(self.new, new)) {
            self.codes(place, &before, &after);
            return;
        }
        let (before, after) = (alternatives(self.old, old), alternatives(self.new, new));
        if before.len() > 1 || after.len() > 1 {
            self.alternatives(place, &before, &after, depth);
            return;
        }
        self.types(place, old, new);
        self.bounds(place, old, new);
        self.properties(place, old, new, depth);
        self.items(place, old, new, depth);
    }

    fn codes(&mut self, place: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) {
        let (wrong, what) = match self.way {
            Way::Sent => (before.difference(after), "is no longer taken"),
            Way::Answered => (after.difference(before), "is a code that nobody was told of"),
        };
        for code in wrong {
            self.found.push(format!("{place}: {code} {what}"));
        }
    }

    /// Each that was taken is taken by one; each that is answered is like one that was.
    fn alternatives(&mut self, place: &str, before: &[&Value], after: &[&Value], depth: usize) {
        let fits = |old: &Value, new: &Value| {
            let mut pair = Pair {
                way: self.way,
                old: self.old,
                new: self.new,
                seen: self.seen.clone(),
                found: Vec::new(),
            };
            pair.schemas(place, old, new, depth + 1);
            pair.found.is_empty()
        };
        let (wrong, what) = match self.way {
            Way::Sent => (
                before.iter().filter(|old| !after.iter().any(|new| fits(old, new))).count(),
                "an alternative is no longer taken",
            ),
            Way::Answered => (
                after.iter().filter(|new| !before.iter().any(|old| fits(old, new))).count(),
                "an alternative is answered that nobody was told of",
            ),
        };
        if wrong > 0 {
            self.tell(place, what);
        }
    }

    fn types(&mut self, place: &str, old: &Value, new: &Value) {
        let (before, after) = (types(old), types(new));
        let (narrow, wide) = match self.way {
            Way::Sent => (&after, &before),
            Way::Answered => (&before, &after),
        };
        // Whole numbers are numbers.
        let covers = |name: &&str| narrow.contains(name) || **name == *"integer" && narrow.contains("number");
        let is_any = narrow.is_empty();
        if !is_any && (wide.is_empty() || !wide.iter().all(covers)) {
            self.tell(place, format!("the type was {before:?} and is {after:?}"));
        }
        let format = |schema: &Value| schema.get("format").and_then(Value::as_str).map(str::to_owned);
        let (before, after) = (format(old), format(new));
        let loses = match self.way {
            Way::Sent => after.is_some(),
            Way::Answered => before.is_some(),
        };
        if before != after && loses {
            self.tell(place, format!("the format was {before:?} and is {after:?}"));
        }
    }

    fn bounds(&mut self, place: &str, old: &Value, new: &Value) {
        if self.way == Way::Answered {
            return;
        }
        for (name, higher_is_narrower) in BOUNDS {
            let figure = |schema: &Value| schema.get(name).and_then(Value::as_f64);
            let is_narrower = match (figure(old), figure(new)) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(before), Some(after)) => {
                    if higher_is_narrower {
                        after > before
                    } else {
                        after < before
                    }
                }
            };
            if is_narrower {
                self.tell(place, format!("{name} takes less than before"));
            }
        }
        if new.get("pattern").is_some() && old.get("pattern") != new.get("pattern") {
            self.tell(place, "the pattern is another one");
        }
    }

    fn properties(&mut self, place: &str, old: &Value, new: &Value, depth: usize) {
        let (before, after) = (members(old, "properties"), members(new, "properties"));
        let (needed, needs) = (texts(old, "required"), texts(new, "required"));
        for (name, was) in &before {
            let inner = format!("{place}.{name}");
            match after.get(name) {
                Some(is) => self.schemas(&inner, was, is, depth + 1),
                None if self.way == Way::Sent => self.tell(&inner, "is no longer taken"),
                None => self.tell(&inner, "is no longer answered"),
            }
        }
        let (wrong, what): (Vec<_>, _) = match self.way {
            Way::Sent => (needs.difference(&needed).collect(), "must be sent now"),
            Way::Answered => (needed.difference(&needs).collect(), "may be absent now"),
        };
        for name in wrong {
            if self.way == Way::Sent || after.contains_key(name) {
                self.tell(&format!("{place}.{name}"), what);
            }
        }
        let closed = |schema: &Value| schema.get("additionalProperties") == Some(&Value::Bool(false));
        if self.way == Way::Sent && closed(new) && !closed(old) && !types(old).is_empty() {
            self.tell(place, "others than the named properties are no longer taken");
        }
        let any = |schema: &Value| schema.get("additionalProperties").filter(|one| one.is_object()).cloned();
        if let (Some(was), Some(is)) = (any(old), any(new)) {
            self.schemas(&format!("{place}.*"), &was, &is, depth + 1);
        }
    }

    fn items(&mut self, place: &str, old: &Value, new: &Value, depth: usize) {
        if let (Some(was), Some(is)) = (old.get("items"), new.get("items"))
            && was.is_object()
            && is.is_object()
        {
            self.schemas(&format!("{place}[]"), was, is, depth + 1);
        }
        let (before, after) = (list(old, "prefixItems"), list(new, "prefixItems"));
        if before.len() != after.len() {
            self.tell(place, "the tuple has another length");
        }
        for (at, (was, is)) in before.into_iter().zip(after).enumerate() {
            self.schemas(&format!("{place}[{at}]"), was, is, depth + 1);
        }
    }
}
