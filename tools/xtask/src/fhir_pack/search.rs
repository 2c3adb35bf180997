//! Search parameters to path programs: choices are spread, so at run time a path is a list of JSON names and its leaf type is known.

use galen_fhir::definitions::wire::{self, Kind, Leaf, NONE, ParamKind, Strength};
use serde_json::Value;

use super::elements::{OwnedElement, OwnedStructure};
use super::{Fault, Tables, list, place, resources, text};

/// R4's one expression that is a condition rather than a path.
const DECEASED: &str = "Patient.deceased.exists() and Patient.deceased != false";

pub(crate) struct Model<'m> {
    pub(crate) structures: &'m [OwnedStructure],
}

#[derive(Clone)]
pub(crate) enum OwnedStep {
    Field(String),
    Where(String, String),
    First,
}

#[derive(Clone)]
pub(crate) struct OwnedPath {
    steps: Vec<OwnedStep>,
    leaf: Leaf,
    type_name: String,
    binding: u16,
    resolves_to: u16,
}

pub(crate) struct OwnedComponent {
    param: String,
    kind: ParamKind,
    paths: Vec<OwnedPath>,
}

pub(crate) struct OwnedSearch {
    param: u16,
    code: String,
    kind: ParamKind,
    targets: u16,
    paths: Vec<OwnedPath>,
    components: Vec<OwnedComponent>,
}

impl OwnedPath {
    fn as_wire(&self) -> wire::Path<'_> {
        let steps = self.steps.iter().map(|step| match step {
            OwnedStep::Field(name) => wire::Step::Field(name),
            OwnedStep::Where(name, value) => wire::Step::Where(name, value),
            OwnedStep::First => wire::Step::First,
        });
        wire::Path {
            steps: steps.collect(),
            leaf: self.leaf,
            binding: self.binding,
            resolves_to: self.resolves_to,
        }
    }
}

impl OwnedSearch {
    pub(crate) fn as_wire(&self) -> wire::Search<'_> {
        let components = self.components.iter().map(|one| wire::Component {
            param: &one.param,
            kind: one.kind,
            paths: one.paths.iter().map(OwnedPath::as_wire).collect(),
        });
        wire::Search {
            param: self.param,
            kind: self.kind,
            targets: self.targets,
            paths: self.paths.iter().map(OwnedPath::as_wire).collect(),
            components: components.collect(),
        }
    }
}

fn param_kind(name: &str) -> Result<ParamKind, Fault> {
    Ok(match name {
        "number" => ParamKind::Number,
        "date" => ParamKind::Date,
        "string" => ParamKind::String,
        "token" => ParamKind::Token,
        "reference" => ParamKind::Reference,
        "composite" => ParamKind::Composite,
        "quantity" => ParamKind::Quantity,
        "uri" => ParamKind::Uri,
        "special" => ParamKind::Special,
        _ => return Err(format!("unknown parameter kind {name}").into()),
    })
}

/// Parameters by resource type, sorted by code; new codes are appended to `codes`.
pub(crate) fn compile(
    parameters: &Value,
    model: &Model<'_>,
    tables: &mut Tables,
    codes: &mut Vec<String>,
) -> Result<Vec<Vec<OwnedSearch>>, Fault> {
    let mut fresh: Vec<&str> = resources(parameters)
        .filter(|one| one["expression"].is_string())
        .map(|one| text(one, "code"))
        .collect();
    fresh.sort_unstable();
    for code in fresh {
        place(codes, code.to_owned());
    }
    let mut out = Vec::new();
    for resource in tables.resources.clone() {
        let mut all = Vec::new();
        for one in resources(parameters) {
            let applies = list(one, "base").filter_map(Value::as_str).any(|base| {
                base == resource || base == "Resource" || (base == "DomainResource" && is_domain(&resource))
            });
            if applies && one["expression"].is_string() {
                all.push(parameter(one, parameters, &resource, model, tables, codes)?);
            }
        }
        all.sort_by(|left, right| left.code.cmp(&right.code));
        all.dedup_by(|left, right| left.code == right.code);
        out.push(all);
    }
    Ok(out)
}

fn is_domain(resource: &str) -> bool {
    !matches!(resource, "Bundle" | "Binary" | "Parameters")
}

fn parameter(
    one: &Value,
    parameters: &Value,
    resource: &str,
    model: &Model<'_>,
    tables: &mut Tables,
    codes: &mut Vec<String>,
) -> Result<OwnedSearch, Fault> {
    let kind = param_kind(text(one, "type"))?;
    let expression = text(one, "expression");
    let code = text(one, "code").to_owned();
    let paths =
        model.compile(expression, resource, tables).map_err(|fault| format!("{resource}.{code}: {fault}"))?;
    let mut components = Vec::new();
    for part in list(one, "component") {
        let definition = resources(parameters).find(|probe| probe["url"] == part["definition"]);
        let definition = definition.ok_or_else(|| format!("{code}: no component"))?;
        let mut found = Vec::new();
        for root in &paths {
            for alternative in split(text(part, "expression"), '|') {
                // MolecularSequence alone reaches back to the resource; a relative path cannot, so that part stays empty.
                if alternative.starts_with("%resource") {
                    continue;
                }
                found.extend(model.relative(&alternative, &root.type_name, tables)?);
            }
        }
        components.push(OwnedComponent {
            param: text(definition, "code").to_owned(),
            kind: param_kind(text(definition, "type"))?,
            paths: found,
        });
    }
    let resolved: Vec<u16> = paths.iter().map(|path| path.resolves_to).filter(|&to| to != NONE).collect();
    let set = if resolved.is_empty() {
        list(one, "target").filter_map(Value::as_str).filter_map(|name| tables.resource(name)).collect()
    } else {
        resolved
    };
    let targets = if kind == ParamKind::Reference { tables.target_set(set) } else { NONE };
    Ok(OwnedSearch { param: place(codes, code.clone()), code, kind, targets, paths, components })
}

impl Model<'_> {
    fn structure(&self, name: &str) -> Result<&OwnedStructure, Fault> {
        self.structures
            .iter()
            .find(|one| one.name == name)
            .ok_or_else(|| format!("no structure {name}").into())
    }

    fn compile(&self, expression: &str, resource: &str, tables: &Tables) -> Result<Vec<OwnedPath>, Fault> {
        if expression == DECEASED {
            let mut paths = self.relative("deceased", resource, tables)?;
            for path in &mut paths {
                path.leaf = Leaf::ExistsAndNotFalse;
            }
            return Ok(paths);
        }
        let mut out = Vec::new();
        for alternative in split(expression, '|') {
            let bare = strip_parens(&alternative);
            let root_end =
                bare.find(|letter: char| !letter.is_alphanumeric() && letter != '(').unwrap_or(bare.len());
            let root = bare.get(..root_end).unwrap_or("").trim_start_matches('(');
            // InsurancePlan.name is written `name | alias`, without its type.
            if root.starts_with(|letter: char| letter.is_ascii_lowercase()) {
                out.extend(self.relative(bare, resource, tables)?);
            } else if root == resource || matches!(root, "Resource" | "DomainResource") {
                let rest = bare.replacen(root, "", 1).replacen("(.", "(", 1);
                out.extend(self.relative(rest.trim_start_matches('.'), resource, tables)?);
            }
        }
        Ok(out)
    }

    /// Compiles a path that starts at the structure `from`.
    fn relative(&self, path: &str, from: &str, tables: &Tables) -> Result<Vec<OwnedPath>, Fault> {
        let number =
            self.structures.iter().position(|one| one.name == from).ok_or_else(|| format!("no {from}"))?;
        let mut states = vec![OwnedPath {
            steps: Vec::new(),
            leaf: Leaf::Kind(Kind::Structure(u16::try_from(number)?)),
            type_name: from.to_owned(),
            binding: NONE,
            resolves_to: NONE,
        }];
        for segment in split(&flatten(path), '.') {
            states = self.advance(states, segment.trim(), tables)?;
        }
        if states.is_empty() {
            return Err(format!("{path} from {from} leads nowhere").into());
        }
        Ok(states)
    }

    fn advance(
        &self,
        states: Vec<OwnedPath>,
        segment: &str,
        tables: &Tables,
    ) -> Result<Vec<OwnedPath>, Fault> {
        if segment.is_empty() {
            return Ok(states);
        }
        if let Some(wanted) = argument(segment, "ofType").or_else(|| argument(segment, "as")) {
            return Ok(states
                .into_iter()
                .filter(|state| state.type_name.eq_ignore_ascii_case(wanted))
                .collect());
        }
        if let Some(condition) = argument(segment, "where") {
            return filtered(states, condition, tables);
        }
        let (name, first) = segment.strip_suffix("[0]").map_or((segment, false), |name| (name, true));
        let mut out = Vec::new();
        for state in states {
            let Leaf::Kind(Kind::Structure(_)) = state.leaf else { continue };
            for element in self.structure(&state.type_name)?.elements.iter().filter(|row| answers(row, name))
            {
                let mut next = state.clone();
                next.steps.push(OwnedStep::Field(element.name.clone()));
                if first {
                    next.steps.push(OwnedStep::First);
                }
                next.leaf = Leaf::Kind(element.kind);
                next.binding = if element.strength == Strength::Required { element.binding } else { NONE };
                next.type_name = match element.kind {
                    Kind::Structure(number) => self
                        .structures
                        .get(usize::from(number))
                        .map(|one| one.name.clone())
                        .unwrap_or_default(),
                    _ => element.type_name.clone(),
                };
                out.push(next);
            }
        }
        Ok(out)
    }
}

fn answers(row: &OwnedElement, name: &str) -> bool {
    row.name == name || row.choice == name
}

fn filtered(states: Vec<OwnedPath>, condition: &str, tables: &Tables) -> Result<Vec<OwnedPath>, Fault> {
    if let Some(wanted) = condition.strip_prefix("resolve() is ") {
        let number = tables.resource(wanted.trim()).ok_or_else(|| format!("no type {wanted}"))?;
        let typed = states.into_iter().map(|state| OwnedPath { resolves_to: number, ..state });
        return Ok(typed.collect());
    }
    let (name, value) = condition.split_once('=').ok_or_else(|| format!("condition {condition}"))?;
    let value = value.trim().trim_matches('\'').to_owned();
    let kept = states.into_iter().map(|mut state| {
        state.steps.push(OwnedStep::Where(name.trim().to_owned(), value.clone()));
        state
    });
    Ok(kept.collect())
}

/// The text between the parentheses of `name(...)`.
fn argument<'s>(segment: &'s str, name: &str) -> Option<&'s str> {
    segment.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')
}

/// Splits at `mark` outside parentheses and quotes.
fn split(expression: &str, mark: char) -> Vec<String> {
    let (mut depth, mut quoted, mut out, mut current) = (0i32, false, Vec::new(), String::new());
    for letter in expression.chars() {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if letter == mark && depth == 0 && !quoted {
            out.push(current.trim().to_owned());
            current.clear();
        } else {
            current.push(letter);
        }
    }
    out.push(current.trim().to_owned());
    out
}

/// `(a.b)` -> `a.b`, only where the pair of parentheses spans the whole.
fn strip_parens(expression: &str) -> &str {
    let inner = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let balanced = |text: &str| {
        let mut depth = 0i32;
        text.chars().all(|letter| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            depth >= 0
        })
    };
    inner.filter(|inner| balanced(inner)).map_or(expression, str::trim)
}

/// `(a.b).c` -> `a.b.c`: grouping parentheses at the front carry no meaning in a path.
fn flatten(path: &str) -> String {
    let path = strip_parens(path.trim());
    let mut depth = 0i32;
    if path.starts_with('(') {
        for (at, letter) in path.char_indices() {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            if depth == 0 {
                return path.get(1..at).unwrap_or("").to_owned() + path.get(at + 1..).unwrap_or("");
            }
        }
    }
    path.to_owned()
}

/// Parameter numbers by resource type that make it part of a patient's compartment.
pub(crate) fn compartment(definition: &Value, tables: &Tables, codes: &[String]) -> Vec<Vec<u16>> {
    let number =
        |code: &str| codes.iter().position(|known| known == code).and_then(|at| u16::try_from(at).ok());
    let of = |resource: &String| {
        list(definition, "resource")
            .filter(|one| text(one, "code") == resource)
            .flat_map(|one| list(one, "param").filter_map(Value::as_str).filter_map(number))
            .collect()
    };
    tables.resources.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_split_outside_parentheses_and_quotes() {
        assert_eq!(split("a | (b | c).d | e.where(f='|')", '|'), ["a", "(b | c).d", "e.where(f='|')"]);
        assert_eq!(split("a.where(resolve() is X).b", '.'), ["a", "where(resolve() is X)", "b"]);
    }

    #[test]
    fn grouping_parentheses_fall_away() {
        assert_eq!(flatten("(a.ofType(B)).c"), "a.ofType(B).c");
        assert_eq!(flatten("(a.ofType(B))"), "a.ofType(B)");
        assert_eq!(strip_parens("(a) | (b)"), "(a) | (b)");
        assert_eq!(argument("ofType(Quantity)", "ofType"), Some("Quantity"));
    }
}
