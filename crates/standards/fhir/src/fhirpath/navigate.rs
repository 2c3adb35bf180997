//! From an element to those below it, along the definitions (<https://hl7.org/fhirpath/N1/#path-selection>).

use super::ast::Place;
use super::item::{Collection, Item, Node, Quantity};
use crate::definitions::{Element, Kind, Structure, definitions};
use crate::json::{Json, Object};

/// Adds what is at `name` below an item.
pub(super) fn member<'a>(item: &Item<'a>, name: &str, place: Option<&Place>, out: &mut Collection<'a>) {
    match item {
        Item::Node(node) => node_member(node, name, place, out),
        Item::Quantity(quantity) => match name {
            "value" => out.push(Item::Decimal(quantity.value)),
            "unit" => out.push(Item::text(quantity.unit.code().to_owned())),
            _ => {}
        },
        Item::Type(info) => match name {
            "namespace" => out.push(Item::text(info.namespace)),
            "name" => out.push(Item::text(info.name)),
            _ => {}
        },
        _ => {}
    }
}

fn node_member<'a>(node: &Node<'a>, name: &str, place: Option<&Place>, out: &mut Collection<'a>) {
    match node.kind {
        Kind::Primitive(_) => match name {
            "value" => out.extend(node.system()),
            _ => {
                let Some(structure) = definitions().element_structure() else { return };
                let Some(twin) = node.twin.and_then(Json::as_object) else { return };
                if let Some(element) = structure.element(name) {
                    push(twin, element, out);
                }
            }
        },
        Kind::Structure(number) => {
            let Some(object) = node.value.and_then(Json::as_object) else { return };
            let Some(structure) = definitions().structure(number) else { return };
            let known = place.and_then(|place| place.within(number));
            let found = match known {
                Some(at) => structure.elements.get(usize::from(at)),
                None => structure.element(name),
            };
            match found.filter(|element| element.choice.is_empty() && element.name == name) {
                Some(element) => {
                    if let (None, Some(place)) = (known, place)
                        && let Some(at) = structure.position(name).and_then(|at| u16::try_from(at).ok())
                    {
                        place.keep(number, at);
                    }
                    push(object, element, out);
                }
                None => choice(structure, object, name, out),
            }
        }
        Kind::AnyResource => {}
    }
}

/// The arm of `name[x]` that is given.
fn choice<'a>(structure: &'static Structure, object: &'a Object, name: &str, out: &mut Collection<'a>) {
    for (given, _) in object.iter() {
        let bare = given.strip_prefix('_').unwrap_or(given);
        if bare.len() > name.len()
            && bare.starts_with(name)
            && let Some(element) = structure.element(bare)
            && element.choice == name
        {
            return push(object, element, out);
        }
    }
}

/// The `_name` twin.
fn twin<'a>(object: &'a Object, name: &str) -> Option<&'a Json> {
    object.iter().find(|(given, _)| given.strip_prefix('_') == Some(name)).map(|(_, value)| value)
}

/// Adds what an object has of an element: items of an array one by one, primitives with their twins.
fn push<'a>(object: &'a Object, element: &Element, out: &mut Collection<'a>) {
    let value = object.get(element.name);
    if !matches!(element.kind, Kind::Primitive(_)) {
        match value {
            Some(Json::Array(items)) => {
                out.extend(
                    items.iter().map(|item| Item::Node(Node::element(Some(item), None, element.kind))),
                );
            }
            Some(Json::Null) | None => {}
            Some(value) => out.push(Item::Node(Node::element(Some(value), None, element.kind))),
        }
        return;
    }
    let twin = twin(object, element.name);
    if value.and_then(Json::as_array).is_none() && twin.and_then(Json::as_array).is_none() {
        let value = value.filter(|value| !value.is_null());
        if value.is_some() || twin.is_some() {
            out.push(Item::Node(Node { value, twin, kind: element.kind }));
        }
        return;
    }
    let (values, twins) = (value.map_or(&[][..], as_items), twin.map_or(&[][..], as_items));
    for at in 0..values.len().max(twins.len()) {
        let value = values.get(at).filter(|value| !value.is_null());
        let twin = twins.get(at).filter(|twin| !twin.is_null());
        if value.is_some() || twin.is_some() {
            out.push(Item::Node(Node { value, twin, kind: element.kind }));
        }
    }
}

fn as_items(value: &Json) -> &[Json] {
    value.as_array().unwrap_or(&[])
}

/// Adds every child of an item, in the order of its JSON.
pub(super) fn children<'a>(item: &Item<'a>, out: &mut Collection<'a>) {
    let Item::Node(node) = item else { return };
    match node.kind {
        Kind::Primitive(_) => {
            if let (Some(structure), Some(twin)) =
                (definitions().element_structure(), node.twin.and_then(Json::as_object))
            {
                all(structure, twin, out);
            }
        }
        Kind::Structure(number) => {
            if let (Some(structure), Some(object)) =
                (definitions().structure(number), node.value.and_then(Json::as_object))
            {
                all(structure, object, out);
            }
        }
        Kind::AnyResource => {}
    }
}

fn all<'a>(structure: &'static Structure, object: &'a Object, out: &mut Collection<'a>) {
    let mut hint = 0;
    for (name, _) in object.iter() {
        let bare = name.strip_prefix('_');
        // A twin beside its value comes with the value.
        if bare.is_some_and(|bare| object.has(bare)) {
            continue;
        }
        if let Some(element) = structure.element_near(bare.unwrap_or(name), &mut hint) {
            push(object, element, out);
        }
    }
}

/// Whether an element has a value: any complex one that is there does, a primitive must not be extensions alone.
pub(super) fn has_value(item: &Item<'_>) -> bool {
    match item {
        Item::Node(Node { kind: Kind::Primitive(_), value, .. }) => value.is_some(),
        Item::Node(_) => false,
        _ => true,
    }
}

/// A quantity, from FHIR's or FHIRPath's own, or a number without unit.
pub(super) fn quantity(item: &Item<'_>) -> Option<Quantity> {
    match item {
        Item::Quantity(quantity) => Some((**quantity).clone()),
        Item::Integer(value) => Some(Quantity::new(super::arithmetic::integer(*value), "1")),
        Item::Decimal(value) => Some(Quantity::new(*value, "1")),
        Item::Node(node) => match node.system()? {
            Item::Quantity(quantity) => Some(*quantity),
            Item::Integer(value) => Some(Quantity::new(super::arithmetic::integer(value), "1")),
            Item::Decimal(value) => Some(Quantity::new(value, "1")),
            _ => None,
        },
        _ => None,
    }
}
