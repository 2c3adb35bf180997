//! Reads a ViewDefinition: every fault is found, each at its place, before a resource is looked at.

mod columns;
mod selects;

use super::column::{Column, ColumnKind};
use super::members::Part;
use super::{CONSTANTS_MAX, NAME_BYTES_MAX, Path, Select, View, WHERE_MAX, constant};
use crate::fhirpath::{Expression, Item, Yields, is_own_variable};
use crate::issue::{Issue, IssueCode};
use crate::json::{Json, Object};
use crate::resource::short;
use crate::resource_type::ResourceType;

/// The variable that counts what `forEach` and its like go over.
pub(in crate::views) const ROW_INDEX: &str = "rowIndex";
/// Most faults that are told.
const ISSUES_MAX: usize = 100;
const ROOT: &str = "ViewDefinition";

/// What is found wrong, and what every part needs to know.
#[derive(Default)]
struct Reader {
    issues: Vec<Issue>,
    warnings: Vec<Issue>,
    constants: Vec<(Box<str>, Item<'static>)>,
    selects: usize,
    columns: usize,
}

/// A select with the columns of its rows.
struct Read {
    select: Select,
    columns: Vec<Column>,
}

/// Reads it whole.
pub(in crate::views) fn view(definition: &Json) -> Result<View, Vec<Issue>> {
    let mut reader = Reader::default();
    let view = reader.view(definition);
    match view {
        Some(view) if reader.issues.is_empty() => Ok(View { warnings: reader.warnings, ..view }),
        _ => Err(reader.issues),
    }
}

impl Reader {
    fn fault(&mut self, code: IssueCode, at: &str, message: impl Into<String>) {
        if self.issues.len() < ISSUES_MAX {
            self.issues.push(Issue::error(code, message).at(at));
        }
    }

    fn doubt(&mut self, code: IssueCode, at: &str, message: impl Into<String>) {
        if self.warnings.len() < ISSUES_MAX {
            self.warnings.push(Issue::warning(code, message).at(at));
        }
    }

    fn view(&mut self, definition: &Json) -> Option<View> {
        let object = self.object(definition, Part::View, ROOT)?;
        if let Some(other) = object.get("resourceType").filter(|own| own.as_str() != Some(ROOT)) {
            let found = other.as_str().map_or("no text", short);
            let message = format!("expected a ViewDefinition, found {found}");
            self.fault(IssueCode::Invalid, "ViewDefinition.resourceType", message);
            return None;
        }
        let name = if object.has("name") { self.name(object, ROOT) } else { None };
        self.constants(object);
        let resource_type = self.resource_type(object);
        let context = resource_type.map_or_else(Yields::unknown, Yields::resource);
        let conditions = self.conditions(object, &context);
        let Read { select, columns } = self.selects(object, &context)?;
        self.distinct(&columns);
        let constants = std::mem::take(&mut self.constants);
        let warnings = Vec::new();
        Some(View {
            name,
            resource_type: resource_type?,
            columns,
            constants,
            conditions,
            whole: select,
            warnings,
        })
    }

    /// An object, without members that mean nothing.
    fn object<'j>(&mut self, json: &'j Json, part: Part, at: &str) -> Option<&'j Object> {
        let Some(object) = json.as_object() else {
            self.fault(IssueCode::Structure, at, "must be an object");
            return None;
        };
        for name in part.strangers(object) {
            let name = short(name);
            self.doubt(IssueCode::Unknown, &format!("{at}.{name}"), format!("'{name}' means nothing here"));
        }
        Some(object)
    }

    /// A text that must be there.
    fn text<'j>(&mut self, object: &'j Object, member: &str, at: &str) -> Option<&'j str> {
        let place = format!("{at}.{member}");
        match object.get(member) {
            None | Some(Json::Null) => self.fault(IssueCode::Required, &place, "is missing"),
            Some(Json::String(text)) if !text.is_empty() => return Some(text),
            Some(_) => self.fault(IssueCode::Value, &place, "must be a text"),
        }
        None
    }

    fn optional_text(&mut self, object: &Object, member: &str, at: &str) -> Option<Box<str>> {
        object.get(member)?;
        self.text(object, member, at).map(Into::into)
    }

    /// A list of at most so many; none where it is absent.
    fn list<'j>(&mut self, object: &'j Object, member: &str, at: &str, most: usize) -> &'j [Json] {
        let Some(json) = object.get(member) else { return &[] };
        let place = format!("{at}.{member}");
        match json.as_array() {
            Some(items) if items.len() <= most => return items,
            Some(_) => self.fault(IssueCode::TooLong, &place, format!("has more than {most} items")),
            None => self.fault(IssueCode::Structure, &place, "must be a list"),
        }
        &[]
    }

    /// A name that databases take (invariant `sql-name`).
    fn name(&mut self, object: &Object, at: &str) -> Option<Box<str>> {
        let name = self.text(object, "name", at)?;
        let is_sound = name.len() <= NAME_BYTES_MAX
            && name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
        if is_sound {
            return Some(name.into());
        }
        let message =
            format!("a name is a letter, then letters, digits or '_', and at most {NAME_BYTES_MAX} of them");
        self.fault(IssueCode::Value, &format!("{at}.name"), message);
        None
    }

    fn resource_type(&mut self, object: &Object) -> Option<ResourceType> {
        let name = self.text(object, "resource", ROOT)?;
        let found = ResourceType::parse(name);
        if found.is_none() {
            let message = format!("'{}' is no R4 resource type", short(name));
            self.fault(IssueCode::Value, "ViewDefinition.resource", message);
        }
        found
    }

    fn constants(&mut self, object: &Object) {
        for (place, json) in self.list(object, "constant", ROOT, CONSTANTS_MAX).iter().enumerate() {
            let at = format!("{ROOT}.constant[{place}]");
            let Some(object) = self.object(json, Part::Constant, &at) else { continue };
            let Some(name) = self.name(object, &at) else { continue };
            let is_taken = is_own_variable(&name) || &*name == ROW_INDEX;
            if is_taken || self.constants.iter().any(|(known, _)| *known == name) {
                self.fault(
                    IssueCode::Duplicate,
                    &format!("{at}.name"),
                    format!("there is a %{name} already"),
                );
                continue;
            }
            let mut arms =
                object.iter().filter_map(|(member, json)| Some((member, constant::arm(member)?, json)));
            let (Some((member, kind, json)), None) = (arms.next(), arms.next()) else {
                self.fault(IssueCode::Required, &format!("{at}.value"), "a constant has one value");
                continue;
            };
            match constant::value(kind, json) {
                Some(value) => self.constants.push((name, value)),
                None => {
                    let message = format!("is no {}", kind.name());
                    self.fault(IssueCode::Value, &format!("{at}.{member}"), message);
                }
            }
        }
    }

    fn conditions(&mut self, object: &Object, context: &Yields) -> Vec<Path> {
        let mut conditions = Vec::new();
        for (place, json) in self.list(object, "where", ROOT, WHERE_MAX).iter().enumerate() {
            let at = format!("{ROOT}.where[{place}]");
            let Some(object) = self.object(json, Part::Where, &at) else { continue };
            let Some((path, yields)) = self.path(object, "path", &at, context) else { continue };
            let kind = ColumnKind::inferred(&yields);
            if ColumnKind::Boolean.takes(kind) {
                conditions.push(path);
            } else {
                let message = format!("a condition yields a boolean, this yields {}", kind.word());
                self.fault(IssueCode::Invalid, &path.location, message);
            }
        }
        conditions
    }

    /// An expression, and what it yields.
    fn path(&mut self, object: &Object, member: &str, at: &str, context: &Yields) -> Option<(Path, Yields)> {
        let text = self.text(object, member, at)?;
        let path = self.parsed(text, format!("{at}.{member}"))?;
        let yields = self.yields(&path, context);
        Some((path, yields))
    }

    fn parsed(&mut self, text: &str, location: String) -> Option<Path> {
        let parsed = Expression::parse(text).and_then(|expression| {
            let known =
                |name: &str| name == ROW_INDEX || self.constants.iter().any(|(own, _)| **own == *name);
            match expression.unknown_variable(&known) {
                Some(fault) => Err(fault),
                None => Ok(expression),
            }
        });
        match parsed {
            Ok(expression) => Some(Path { expression, location: location.into() }),
            Err(fault) => {
                self.fault(IssueCode::Invalid, &location, fault.to_string());
                None
            }
        }
    }

    /// What it yields. A name that R4 does not have finds nothing when it runs, and is doubtful.
    fn yields(&mut self, path: &Path, context: &Yields) -> Yields {
        match path.expression.yields(context) {
            Ok(yields) => yields,
            Err(fault) => {
                self.doubt(IssueCode::Invalid, &path.location, fault.to_string());
                Yields::unknown()
            }
        }
    }
}
