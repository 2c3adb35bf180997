//! What an operation asks for, counted before anything is validated or run. Fragments are measured once and added up, so
//! that those that double with each use cost no more to measure than to write.

use crate::collect::Reader;
use crate::lexical::too_much;
use crate::limits::{
    ALIASES_MAX, COST_MAX, DEPTH_MAX, DIRECTIVES_MAX, FIELDS_MAX, FRAGMENTS_MAX, INTROSPECTION_DEPTH_MAX,
    INTROSPECTION_LISTS_MAX, MUTATIONS_MAX, OPERATIONS_MAX, READ_COST, REPRESENTATIONS_MAX, ROOT_FIELDS_MAX,
    ROWS_MAX,
};
use crate::shape::{MUTATION, QUERY, Shape, Source};
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use galen_kernel::{Rejection, RejectionKind};
use serde_json::Value;
use std::collections::HashMap;

/// Fields by which introspection goes from a type to many others.
const INTROSPECTION_LISTS: [&str; 6] =
    ["types", "fields", "inputFields", "interfaces", "possibleTypes", "args"];

/// What a selection comes to, fragments written out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    fields: usize,
    aliases: usize,
    directives: usize,
    depth: usize,
    cost: u64,
}

impl Sum {
    fn and(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            depth: self.depth.max(other.depth),
            cost: self.cost.saturating_add(other.cost),
        }
    }
}

/// What an operation was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Whether it asks about the schema.
    pub is_introspection: bool,
    /// Whether it changes something.
    pub is_mutation: bool,
}

struct Measure<'d> {
    shape: &'d Shape,
    reader: &'d Reader<'d>,
    /// By fragment; `None` while it is being measured: it uses itself.
    known: HashMap<&'d str, Option<Sum>>,
    /// How far down it is now.
    down: usize,
}

/// Fields and fragments within each other, however they are spread over fragments: each is a call.
const DOWN_MAX: usize = 64;

fn invalid(code: &'static str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Malformed, code, message).at("query")
}

/// Refuses documents of too many parts.
pub fn count(document: &ExecutableDocument) -> Result<(), Rejection> {
    if document.operations.iter().count() > OPERATIONS_MAX {
        let message = format!("The document has more than {OPERATIONS_MAX} operations");
        return Err(too_much("too-many-operations", message));
    }
    if document.fragments.len() > FRAGMENTS_MAX {
        let message = format!("The document has more than {FRAGMENTS_MAX} fragments");
        return Err(too_much("too-many-fragments", message));
    }
    Ok(())
}

/// Measures an operation; refuses what is beyond a limit.
pub fn measure(
    shape: &Shape,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    reader: &Reader<'_>,
) -> Result<Measured, Rejection> {
    let (root, is_mutation) = match operation.ty {
        OperationType::Query => (QUERY, false),
        OperationType::Mutation => (MUTATION, true),
        OperationType::Subscription => {
            return Err(invalid("subscription-not-supported", "Subscriptions are not served here")
                .next("Listen at /api/live for what changes"));
        }
    };
    let selections = &operation.selection_set.node;
    // What is not run is validated all the same, so it is measured, too.
    let mut measure = Measure { shape, reader, known: HashMap::new(), down: 0 };
    for (_, other) in document.operations.iter() {
        let root = if other.node.ty == OperationType::Mutation { MUTATION } else { QUERY };
        let sum = measure.selections(root, None, &other.node.selection_set.node)?;
        within(&sum, true)?;
    }
    for name in document.fragments.keys() {
        let sum = measure.fragment(name.as_str())?;
        within(&sum, true)?;
    }
    let sum = measure.selections(root, None, selections)?;
    let introspective = |name: &str| matches!(name, "__schema" | "__type" | "_service");
    let fields = reader.asked(root, &[selections]);
    let mut about_schema = fields.iter().map(|one| introspective(one.field.name.node.as_str()));
    let is_introspection = about_schema.clone().any(|it_is| it_is);
    if is_introspection && !about_schema.all(|it_is| it_is) {
        let message = "A query asks about the schema or about what is kept, not about both";
        return Err(invalid("introspection-alone", message));
    }
    within(&sum, is_introspection)?;
    if is_introspection {
        for one in &fields {
            lists_of_schema(reader, one.field, 0)?;
        }
    }
    let most = if is_mutation { MUTATIONS_MAX } else { ROOT_FIELDS_MAX };
    if fields.len() > most {
        return Err(too_much("too-many-root-fields", format!("More than {most} fields are at the top")));
    }
    Ok(Measured { is_introspection, is_mutation })
}

/// Refuses what is beyond a limit. Depth and cost of introspection are another matter.
fn within(sum: &Sum, is_introspection: bool) -> Result<(), Rejection> {
    let depth_max = if is_introspection { INTROSPECTION_DEPTH_MAX } else { DEPTH_MAX };
    let limits = [
        (
            sum.fields > FIELDS_MAX,
            "too-many-fields",
            format!("With its fragments written out, the query has more than {FIELDS_MAX} fields"),
        ),
        (sum.depth > depth_max, "query-too-deep", format!("Fields lie more than {depth_max} deep")),
        (
            sum.aliases > ALIASES_MAX,
            "too-many-aliases",
            format!("More than {ALIASES_MAX} fields have another name"),
        ),
        (
            sum.directives > DIRECTIVES_MAX,
            "too-many-directives",
            format!("There are more than {DIRECTIVES_MAX} directives"),
        ),
        (
            !is_introspection && sum.cost > COST_MAX,
            "query-too-costly",
            format!("The query may find too much: its cost is {}, the most is {COST_MAX}", sum.cost),
        ),
    ];
    match limits.into_iter().find(|(is_beyond, ..)| *is_beyond) {
        Some((_, code, message)) => Err(too_much(code, message)),
        None => Ok(()),
    }
}

/// Introspection has cycles: types have fields, which have types.
fn lists_of_schema(reader: &Reader<'_>, field: &Field, lists: usize) -> Result<(), Rejection> {
    let lists = lists + usize::from(INTROSPECTION_LISTS.contains(&field.name.node.as_str()));
    if lists > INTROSPECTION_LISTS_MAX {
        let message =
            format!("More than {INTROSPECTION_LISTS_MAX} lists of the schema lie within each other");
        return Err(too_much("introspection-too-deep", message));
    }
    let below = &field.selection_set.node;
    below.items.iter().try_for_each(|selection| within_schema(reader, &selection.node, lists))
}

fn within_schema(reader: &Reader<'_>, selection: &Selection, lists: usize) -> Result<(), Rejection> {
    let inner = match selection {
        Selection::Field(field) => return lists_of_schema(reader, &field.node, lists),
        Selection::InlineFragment(fragment) => &fragment.node.selection_set,
        Selection::FragmentSpread(spread) => match reader.fragments.get(&spread.node.fragment_name.node) {
            Some(fragment) => &fragment.node.selection_set,
            None => return Ok(()),
        },
    };
    inner.node.items.iter().try_for_each(|selection| within_schema(reader, &selection.node, lists))
}

impl<'d> Measure<'d> {
    /// What these selections of an object come to. `rows` is how many were asked for of its lists.
    fn selections(
        &mut self,
        object: &str,
        rows: Option<u64>,
        selections: &'d SelectionSet,
    ) -> Result<Sum, Rejection> {
        let mut sum = Sum::default();
        for selection in &selections.items {
            sum = sum.and(match &selection.node {
                Selection::Field(field) => self.field(object, rows, &field.node)?,
                Selection::InlineFragment(fragment) => {
                    let of = fragment.node.type_condition.as_ref();
                    let of = of.map_or(object, |condition| condition.node.on.node.as_str());
                    let inner = self.selections(of, rows, &fragment.node.selection_set.node)?;
                    Sum {
                        directives: inner.directives.saturating_add(fragment.node.directives.len()),
                        ..inner
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let inner = self.fragment(spread.node.fragment_name.node.as_str())?;
                    Sum { directives: inner.directives.saturating_add(spread.node.directives.len()), ..inner }
                }
            });
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &'d str) -> Result<Sum, Rejection> {
        match self.known.get(name) {
            Some(Some(sum)) => return Ok(*sum),
            Some(None) => return Err(invalid("fragment-cycle", "A fragment uses itself")),
            None => {}
        }
        let Some(fragment) = self.reader.fragments.get(name) else {
            return Err(invalid("fragment-unknown", "A fragment is used that is not there"));
        };
        self.known.insert(name, None);
        self.go_down()?;
        let of = fragment.node.type_condition.node.on.node.as_str();
        let sum = self.selections(of, None, &fragment.node.selection_set.node)?;
        self.down -= 1;
        self.known.insert(name, Some(sum));
        Ok(sum)
    }

    fn go_down(&mut self) -> Result<(), Rejection> {
        self.down += 1;
        if self.down > DOWN_MAX {
            return Err(too_much("query-too-deep", format!("Fields lie more than {DEPTH_MAX} deep")));
        }
        Ok(())
    }

    fn field(&mut self, object: &str, rows: Option<u64>, field: &'d Field) -> Result<Sum, Rejection> {
        let name = field.name.node.as_str();
        let known = self.shape.objects.get(object).and_then(|object| object.fields.get(name));
        let arguments = self.reader.arguments(field);
        let count = arguments.get("count").and_then(Value::as_u64);
        let (to, size, own) = match known {
            Some(known) => {
                let size = u64::try_from(known.size).unwrap_or(u64::MAX);
                let size = if known.kind.is_list { rows.map_or(size, |rows| rows.min(ROWS_MAX)) } else { 1 };
                let is_work = !matches!(known.source, Source::Id | Source::View(_) | Source::Link(_));
                (known.kind.name.as_str(), size, if is_work { READ_COST } else { 1 })
            }
            None => ("", representations(name, &arguments)?, 1),
        };
        self.go_down()?;
        let below = self.selections(to, count, &field.selection_set.node)?;
        self.down -= 1;
        Ok(Sum {
            fields: below.fields.saturating_add(1),
            aliases: below.aliases.saturating_add(usize::from(field.alias.is_some())),
            directives: below.directives.saturating_add(field.directives.len()),
            depth: below.depth.saturating_add(1),
            cost: own.saturating_add(size.saturating_mul(below.cost)),
        })
    }
}

/// How many entities a gateway asks for.
fn representations(name: &str, arguments: &serde_json::Map<String, Value>) -> Result<u64, Rejection> {
    let all = arguments.get("representations").and_then(Value::as_array).map_or(1, Vec::len);
    if name == "_entities" && all > REPRESENTATIONS_MAX {
        let message = format!("More than {REPRESENTATIONS_MAX} entities are asked for at once");
        return Err(too_much("too-many-representations", message));
    }
    Ok(u64::try_from(all).unwrap_or(u64::MAX).max(1))
}
