//! FHIR's additions (<https://hl7.org/fhir/R4/fhirpath.html#functions>), and the keys of SQL-on-FHIR.

use super::F;
use crate::fhirpath::ast::{Expr, Part};
use crate::fhirpath::environment::Resolved;
use crate::fhirpath::eval::{Evaluated, Evaluator, one};
use crate::fhirpath::item::{Collection, Item, Node};
use crate::fhirpath::{navigate, types};
use crate::json::Json;
use crate::reference::ParsedReference;
use crate::resource_type::ResourceType;

/// Where the canonicals of FHIR's own types begin.
const BASE_PROFILES: &str = "http://hl7.org/fhir/StructureDefinition/";

impl<'a> Evaluator<'_, 'a, '_> {
    pub(super) fn extension(
        &mut self,
        input: &[Item<'a>],
        url: &[Item<'a>],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let Some(url) = Self::text_of(url, at)? else { return Ok(Collection::new()) };
        let mut all = Collection::new();
        for item in input {
            navigate::member(item, "extension", None, &mut all);
        }
        self.spend(all.len(), at)?;
        let has_url = |item: &Item<'a>| {
            item.node().and_then(|node| node.value).and_then(|value| value.str("url")) == Some(url.as_str())
        };
        Ok(all.into_iter().filter(has_url).collect())
    }

    /// References and canonicals to what they lead to; contained resources and entries of the same Bundle first.
    pub(super) fn resolve(&mut self, input: &[Item<'a>], at: u32) -> Evaluated<Collection<'a>> {
        let mut out = Collection::new();
        for item in input {
            let literal = match item {
                Item::String(text) => Some(&**text),
                Item::Node(node) => {
                    node.text().or_else(|| node.value.and_then(|value| value.str("reference")))
                }
                _ => None,
            };
            if let Some(literal) = literal {
                self.spend(1, at)?;
                out.extend(self.resolved(literal).map(Item::Node));
            }
        }
        Ok(out)
    }

    fn resolved(&self, literal: &str) -> Option<Node<'a>> {
        let parsed = ParsedReference::parse(literal);
        if let Some(ParsedReference::Contained(id)) = &parsed {
            let container = self.root()?.value?;
            if id.is_empty() {
                return Some(Node::resource(container));
            }
            return container.list("contained").find(|one| one.str("id") == Some(id)).map(Node::resource);
        }
        match self.environment.lookup.resolve(literal) {
            Resolved::Found(json) => Some(Node::resource(json)),
            Resolved::Missing => None,
            Resolved::Typed => parsed?.resource_type().and_then(|known| Self::typed_stub(known.name())),
        }
    }

    pub(super) fn looked_up(
        &mut self,
        function: F,
        item: &Item<'a>,
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let [argument] = self.arguments(arguments)?;
        let Item::Node(node) = item else {
            return Self::fail(at, format!("{}() is of elements", function.name()));
        };
        let answer = match function {
            F::HtmlChecks => {
                let text = node.text().or_else(|| node.value.and_then(|value| value.str("div")));
                Some(text.is_none_or(|text| crate::validate::narrative_fault(text).is_none()))
            }
            F::Subsumes | F::SubsumedBy => {
                let other = Self::single(argument, at)?;
                let Some(other) = other.as_ref().and_then(Item::node) else { return Ok(Collection::new()) };
                let (above, below) = if function == F::Subsumes { (node, other) } else { (other, node) };
                self.subsumed(above, below)
            }
            F::MemberOf => match Self::text_of(&argument, at)? {
                Some(url) => self.environment.lookup.member_of(node, &url),
                None => None,
            },
            _ => match Self::text_of(&argument, at)? {
                Some(url) => Some(self.conforms(node, &url, at)?),
                None => None,
            },
        };
        Ok(one(answer.map(Item::Boolean)))
    }

    fn conforms(&self, node: &Node<'a>, url: &str, at: u32) -> Evaluated<bool> {
        let base = url.strip_prefix(BASE_PROFILES).and_then(types::fhir);
        if let Some(wanted) = base
            && !types::is_a(node.kind, wanted)
        {
            return Ok(false);
        }
        match self.environment.lookup.conforms_to(node, url) {
            Some(answer) => Ok(answer),
            None if base.is_some() => Ok(true),
            None => Self::fail(at, "conformsTo() names a profile that is not known here"),
        }
    }

    fn subsumed(&self, above: &Node<'a>, below: &Node<'a>) -> Option<bool> {
        let mut known = Some(false);
        for upper in codings(above) {
            for lower in codings(below) {
                let same = upper == lower;
                match if same { Some(true) } else { self.environment.lookup.subsumes(upper, lower) } {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => known = None,
                }
            }
        }
        known
    }

    /// `getResourceKey()` and `getReferenceKey([type])`: `Patient/1` from either side, so that tables can be joined.
    pub(super) fn key(
        function: F,
        input: &[Item<'a>],
        arguments: &'a [Expr],
        at: u32,
    ) -> Evaluated<Collection<'a>> {
        let wanted = match arguments.first().map(|argument| &argument.part) {
            None => None,
            Some(Part::Member(None, name, _) | Part::Text(name, _)) => match ResourceType::parse(name) {
                Some(wanted) => Some(wanted),
                None => return Self::fail(at, "getReferenceKey() takes the name of a resource type"),
            },
            Some(_) => return Self::fail(at, "getReferenceKey() takes the name of a resource type"),
        };
        let mut out = Collection::new();
        for value in input.iter().filter_map(Item::node).filter_map(|node| node.value) {
            if function == F::GetResourceKey {
                if let (Some(name), Some(id)) = (value.str("resourceType"), value.str("id")) {
                    out.push(Item::text(format!("{name}/{id}")));
                }
                continue;
            }
            if let Some(
                ParsedReference::Local { resource_type, id, .. }
                | ParsedReference::Absolute { resource_type, id, .. },
            ) = value.str("reference").and_then(ParsedReference::parse)
                && wanted.is_none_or(|wanted| wanted == resource_type)
            {
                out.push(Item::text(format!("{resource_type}/{id}")));
            }
        }
        Ok(out)
    }
}

/// The (system, code) pairs of a Coding or CodeableConcept.
fn codings<'a>(node: &Node<'a>) -> Vec<(&'a str, &'a str)> {
    let pair = |coding: &'a Json| Some((coding.str("system").unwrap_or(""), coding.str("code")?));
    match node.value {
        Some(value) if value.get("coding").is_some() => value.list("coding").filter_map(pair).collect(),
        Some(value) => pair(value).into_iter().collect(),
        None => Vec::new(),
    }
}
