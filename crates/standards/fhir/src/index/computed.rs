//! Index terms of what an expression finds: for the parameters that were defined here.

use super::IndexTerm;
use super::emit::emit;
use crate::definitions::wire::{NONE, Path};
use crate::definitions::{Kind, Leaf, ParamKind, Primitive};
use crate::fhirpath::{Environment, Expression, Item, Lookup, Resolved};
use crate::json::Json;

/// Most values of one parameter that are indexed.
const VALUES_MAX: usize = 1_000;

/// Tells a reference's type by its text: enough for `resolve() is Patient`, and all that can be known while indexing.
struct ByText;

impl Lookup<'_> for ByText {
    fn resolve(&self, _: &str) -> Resolved<'static> {
        Resolved::Typed
    }
}

/// Calls `out` with every term. An expression that cannot work on the resource finds nothing: the resource is right, and
/// must be stored.
pub(super) fn terms(kind: ParamKind, expression: &Expression, json: &Json, out: &mut dyn FnMut(IndexTerm)) {
    let environment = Environment { lookup: &ByText, ..Environment::bare() };
    let Ok(found) = expression.evaluate(json, &environment) else { return };
    for item in found.iter().take(VALUES_MAX) {
        match item {
            Item::Node(node) => {
                if let Some(value) = node.value {
                    emit(kind, &ends_on(node.kind), value, out);
                }
            }
            item => computed(kind, item, out),
        }
    }
}

fn ends_on(kind: Kind) -> Path<'static> {
    Path { steps: Vec::new(), leaf: Leaf::Kind(kind), binding: NONE, resolves_to: NONE }
}

/// A value that the expression made, as the primitive that it would be in a resource.
fn computed(kind: ParamKind, item: &Item<'_>, out: &mut dyn FnMut(IndexTerm)) {
    let Some(text) = item.to_text() else { return };
    let (primitive, value) = match item {
        Item::Boolean(value) => (Primitive::Boolean, Json::Bool(*value)),
        Item::Integer(_) => (Primitive::Integer, Json::Number(text.as_ref().into())),
        Item::Decimal(_) => (Primitive::Decimal, Json::Number(text.as_ref().into())),
        Item::Moment(_) => (Primitive::DateTime, Json::String(text.as_ref().into())),
        _ => (Primitive::String, Json::String(text.as_ref().into())),
    };
    emit(kind, &ends_on(Kind::Primitive(primitive)), &value, out);
}
