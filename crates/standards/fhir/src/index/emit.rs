//! From an element found to index terms, by the parameter's kind and the element's type
//! (<https://hl7.org/fhir/R4/search.html#ptypes>).

use super::IndexTerm;
use crate::decimal::Decimal;
use crate::definitions::wire::{NONE, Path};
use crate::definitions::{Kind, Leaf, ParamKind, Primitive, definitions};
use crate::fold::fold;
use crate::json::Json;
use crate::reference::ParsedReference;
use crate::resource_type::ResourceType;
use crate::temporal::{self, Interval};
use crate::ucum;

/// Longest text that becomes a term; markdown may be a megabyte, and nobody searches by its tail.
pub(super) const TERM_CHARS_MAX: usize = 1024;
/// The system of `Money.currency`.
const CURRENCIES: &str = "urn:iso:std:iso:4217";

pub(super) fn emit(kind: ParamKind, path: &Path<'_>, value: &Json, out: &mut dyn FnMut(IndexTerm)) {
    let Leaf::Kind(leaf) = path.leaf else { return };
    let type_name = match leaf {
        Kind::Primitive(primitive) => primitive.name(),
        Kind::Structure(number) => definitions().structure(number).map_or("", |structure| structure.name),
        Kind::AnyResource => return,
    };
    match kind {
        ParamKind::Token => token(leaf, type_name, path.binding, value, out),
        ParamKind::String => text(type_name, value, out),
        ParamKind::Reference => reference(type_name, path.resolves_to, value, out),
        ParamKind::Uri => out_uri(value, out),
        ParamKind::Date => {
            if let Some(Interval { low, high }) = interval(type_name, value) {
                out(IndexTerm::Date { low, high });
            }
        }
        ParamKind::Number => number(type_name, value, out),
        ParamKind::Quantity => quantity(type_name, value, out),
        ParamKind::Composite | ParamKind::Special => {}
    }
}

fn boxed(value: &Json, name: &str) -> Option<Box<str>> {
    value.str(name).map(Box::from)
}

fn token(leaf: Kind, type_name: &str, binding: u16, value: &Json, out: &mut dyn FnMut(IndexTerm)) {
    let mut bare = |system: Option<Box<str>>, code: Option<&str>, text: Option<Box<str>>| {
        if let Some(code) = code {
            out(IndexTerm::Token { system, code: code.into(), text, types: Vec::new() });
        }
    };
    match (type_name, value) {
        ("CodeableConcept", _) => {
            for coding in value.list("coding") {
                let display = boxed(coding, "display");
                let code = coding.str("code").or_else(|| display.as_ref().map(|_| ""));
                bare(boxed(coding, "system"), code, display);
            }
            // Its own words are searched beside the displays; without a code, they make it one that is not missing.
            let displays = || value.list("coding").filter_map(|coding| coding.str("display"));
            let text = value.str("text").filter(|text| displays().all(|display| display != *text));
            bare(None, text.map(|_| ""), text.map(Box::from));
        }
        ("Coding", _) => bare(boxed(value, "system"), value.str("code"), boxed(value, "display")),
        ("Identifier", _) => identifier(value, out),
        // R4 names `use` as a contact's system, most clients its `system`: either is found, and neither is needed.
        ("ContactPoint", _) => {
            bare(None, value.str("value"), None);
            for system in ["use", "system"].iter().filter_map(|name| boxed(value, name)) {
                bare(Some(system), value.str("value"), None);
            }
        }
        (_, Json::Bool(flag)) => bare(None, Some(if *flag { "true" } else { "false" }), None),
        (_, Json::String(code)) => {
            let set =
                matches!(leaf, Kind::Primitive(Primitive::Code)).then_some(binding).filter(|&at| at != NONE);
            let system = set.and_then(|at| definitions().value_set(at)).and_then(|set| set.system_of(code));
            bare(system.map(Box::from), Some(code), None);
        }
        (_, Json::Number(number)) => bare(None, Some(number), None),
        _ => {}
    }
}

fn identifier(value: &Json, out: &mut dyn FnMut(IndexTerm)) {
    let Some(code) = value.str("value") else { return };
    let coding = |coding: &Json| Some((boxed(coding, "system"), boxed(coding, "code")?));
    let types: Vec<_> = value.get("type").into_iter().flat_map(|one| one.list("coding")).collect();
    let text = value.str_at(&["type", "text"]);
    let text = text.or_else(|| types.iter().find_map(|one| one.str("display"))).map(Box::from);
    let types = types.into_iter().filter_map(coding).collect();
    out(IndexTerm::Token { system: boxed(value, "system"), code: code.into(), text, types });
}

fn text(type_name: &str, value: &Json, out: &mut dyn FnMut(IndexTerm)) {
    let mut row = |part: &str| {
        let end = part.char_indices().nth(TERM_CHARS_MAX).map_or(part.len(), |(end, _)| end);
        let original = part.get(..end).unwrap_or(part);
        let folded = fold(original);
        if !folded.is_empty() {
            out(IndexTerm::String { folded: folded.into(), original: original.into() });
        }
    };
    let parts: &[&str] = match type_name {
        "HumanName" => &["text", "family", "given", "prefix", "suffix"],
        "Address" => &["text", "line", "city", "district", "state", "postalCode", "country"],
        "CodeableConcept" | "Annotation" => &["text"],
        _ => return value.as_str().into_iter().for_each(row),
    };
    for part in parts.iter().filter_map(|name| value.get(name)) {
        part.as_str().into_iter().for_each(&mut row);
        part.items().filter_map(Json::as_str).for_each(&mut row);
    }
}

fn reference(type_name: &str, resolves_to: u16, value: &Json, out: &mut dyn FnMut(IndexTerm)) {
    if let Some(canonical) = value.as_str() {
        let target = if type_name == "canonical" {
            Some(ParsedReference::canonical(canonical))
        } else {
            ParsedReference::parse(canonical)
        };
        if let Some(target) = target {
            out(IndexTerm::Reference { target: Some(target.into_owned()), identifier: None });
        }
        return;
    }
    let literal = value.str("reference").and_then(ParsedReference::parse);
    let literal = literal.filter(|parsed| !matches!(parsed, ParsedReference::Contained(_)));
    if let Some(wanted) = ResourceType::from_number(resolves_to) {
        let pointed = literal.as_ref().and_then(ParsedReference::resource_type);
        let pointed = pointed.or_else(|| value.str("type").and_then(ResourceType::parse));
        if pointed != Some(wanted) {
            return;
        }
    }
    let identifier = value.get("identifier").and_then(|id| Some((boxed(id, "system"), boxed(id, "value")?)));
    if literal.is_some() || identifier.is_some() {
        out(IndexTerm::Reference { target: literal.map(ParsedReference::into_owned), identifier });
    }
}

fn out_uri(value: &Json, out: &mut dyn FnMut(IndexTerm)) {
    if let Some(uri) = value.as_str() {
        out(IndexTerm::Uri(uri.into()));
    }
}

fn interval(type_name: &str, value: &Json) -> Option<Interval> {
    match type_name {
        "Period" => {
            let (start, end) = (value.str("start"), value.str("end"));
            if start.is_none() && end.is_none() {
                return None;
            }
            let low = start.and_then(temporal::parse).map_or(i64::MIN, |start| start.low);
            let high = end.and_then(temporal::parse).map_or(i64::MAX, |end| end.high);
            Some(Interval { low, high })
        }
        "Timing" => {
            let events = value.list("event").filter_map(Json::as_str).filter_map(temporal::parse);
            let bounds = value.at(&["repeat", "boundsPeriod"]).and_then(|bounds| interval("Period", bounds));
            events.chain(bounds).reduce(Interval::hull)
        }
        _ => value.as_str().and_then(temporal::parse),
    }
}

fn decimal(value: Option<&Json>) -> Option<Decimal> {
    value.and_then(Json::as_number).and_then(Decimal::parse)
}

fn number(type_name: &str, value: &Json, out: &mut dyn FnMut(IndexTerm)) {
    if type_name == "Range" {
        for end in ["low", "high"] {
            decimal(value.at(&[end, "value"])).map(IndexTerm::Number).into_iter().for_each(&mut *out);
        }
    } else if let Some(number) = decimal(Some(value)) {
        out(IndexTerm::Number(number));
    }
}

fn quantity(type_name: &str, value: &Json, out: &mut dyn FnMut(IndexTerm)) {
    let ends: &[&str] = match type_name {
        "Range" => &["low", "high"],
        "SampledData" => &["origin"],
        "Money" => {
            if let Some(amount) = decimal(value.get("value")) {
                let code = boxed(value, "currency");
                let system = code.as_ref().map(|_| CURRENCIES.into());
                out(IndexTerm::Quantity { value: amount, system, code, unit: None, canonical: None });
            }
            return;
        }
        _ => {
            if let Some(amount) = decimal(value.get("value")) {
                let (system, code, unit) =
                    (boxed(value, "system"), boxed(value, "code"), boxed(value, "unit"));
                let canonical = match (system.as_deref(), code.as_deref().and_then(ucum::unit)) {
                    (Some(ucum::SYSTEM), Some(unit)) => {
                        unit.to_canonical(&amount).map(|value| (value, unit.canonical()))
                    }
                    _ => None,
                };
                out(IndexTerm::Quantity { value: amount, system, code, unit, canonical });
            }
            return;
        }
    };
    for end in ends.iter().filter_map(|end| value.get(end)) {
        quantity("Quantity", end, out);
    }
}
