//! The fields that a selection asks of an object: fragments written out, conditions decided, same keys joined.

use crate::shape::Shape;
use async_graphql::parser::types::{Directive, Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned, Value as Constant};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::convert::Infallible;

/// A field under the name that the answer gives it.
pub struct Asked<'d> {
    /// The name in the answer.
    pub key: &'d str,
    /// The first mention; others of this key ask for the same with more below it.
    pub field: &'d Field,
    /// Where it is.
    pub place: Pos,
    /// What is asked below it, by each mention.
    pub below: Vec<&'d SelectionSet>,
}

/// What a document's selections are read with.
pub struct Reader<'d> {
    /// The document's fragments.
    pub fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    /// Values of the variables, defaults included.
    pub variables: &'d Map<String, Value>,
}

impl<'d> Reader<'d> {
    /// The fields that these selections ask of an object of this type.
    pub fn asked(&self, object: &str, selections: &[&'d SelectionSet]) -> Vec<Asked<'d>> {
        let mut all = Vec::new();
        for selection in selections {
            self.collect(object, selection, &mut all);
        }
        all
    }

    fn collect(&self, object: &str, selections: &'d SelectionSet, all: &mut Vec<Asked<'d>>) {
        for selection in &selections.items {
            match &selection.node {
                Selection::Field(field) => {
                    if self.is_wanted(&field.node.directives) {
                        join(all, &field.node, selection.pos);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments.get(&spread.node.fragment_name.node);
                    let Some(fragment) = fragment else { continue };
                    let is_of = fragment.node.type_condition.node.on.node == object;
                    if is_of && self.is_wanted(&spread.node.directives) {
                        self.collect(object, &fragment.node.selection_set.node, all);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let is_of = condition.is_none_or(|condition| condition.node.on.node == object);
                    if is_of && self.is_wanted(&fragment.node.directives) {
                        self.collect(object, &fragment.node.selection_set.node, all);
                    }
                }
            }
        }
    }

    fn is_wanted(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.node.get_argument("if").map(|value| {
                let Ok(value) =
                    value.node.clone().into_const_with(|name| Ok::<_, Infallible>(self.variable(&name)));
                value == Constant::Boolean(true)
            });
            match (directive.node.name.node.as_str(), condition) {
                ("skip", Some(condition)) => !condition,
                ("include", Some(condition)) => condition,
                _ => true,
            }
        })
    }

    /// A field's arguments as they are written; those that are null, or variables that nobody gave, are not there.
    pub fn arguments(&self, field: &Field) -> Map<String, Value> {
        let mut all = Map::new();
        for (name, value) in &field.arguments {
            let Ok(value) =
                value.node.clone().into_const_with(|name| Ok::<_, Infallible>(self.variable(&name)));
            match value.into_json() {
                Ok(value) if !value.is_null() => _ = all.insert(name.node.to_string(), value),
                _ => {}
            }
        }
        all
    }

    fn variable(&self, name: &Name) -> Constant {
        let value = self.variables.get(name.as_str());
        value.and_then(|value| Constant::from_json(value.clone()).ok()).unwrap_or_default()
    }

    /// Whether one of these selections asks for more of an object than its id and what is asked for with it.
    pub fn needs_view(&self, shape: &Shape, object: &str, selections: &[&'d SelectionSet]) -> bool {
        use crate::shape::Source::{Link, View};
        let fields = shape.objects.get(object).map(|object| &object.fields);
        self.asked(object, selections).iter().any(|asked| {
            let field = fields.and_then(|fields| fields.get(asked.field.name.node.as_str()));
            field.is_some_and(|field| matches!(field.source, View(_) | Link(_)))
        })
    }
}

fn join<'d>(all: &mut Vec<Asked<'d>>, field: &'d Field, place: Pos) {
    let key = field.response_key().node.as_str();
    let below = &field.selection_set.node;
    match all.iter_mut().find(|one| one.key == key) {
        Some(one) => one.below.push(below),
        None => all.push(Asked { key, field, place, below: vec![below] }),
    }
}
