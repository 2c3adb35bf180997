//! Which slice a value belongs to, by the discriminators of its slicing
//! (<https://hl7.org/fhir/R4/profiling.html#discriminator>).

use super::pattern::matches;
use super::rule::{Bound, By, Discriminator, Openness, Rule, Slicing};
use super::value::fits;
use crate::definitions::{Kind, Strength};
use crate::fhirpath::{Item, Node, children_named};
use crate::json::Json;
use crate::reference::ParsedReference;
use crate::terminology::parts;
use crate::validate::conformance::{Membership, membership};
use crate::validate::place::Place;
use crate::validate::structure::Validator;

/// What a slice wants of the value at a path.
enum Wanted<'r> {
    Fixed(&'r Json),
    Pattern(&'r Json),
    Bound(&'r Bound),
    /// The url of an extension whose definition this is.
    Url(&'r str),
}

impl Slicing {
    /// How extensions are sliced when a profile does not say.
    pub(super) fn by_url() -> Self {
        Self {
            discriminators: vec![Discriminator::new(By::Value, "url")],
            ordered: false,
            openness: Openness::Open,
        }
    }
}

impl<'j> Validator<'j, '_> {
    /// Whether a value is of the slice that this rule is for.
    pub(super) fn belongs(
        &mut self,
        slicing: &Slicing,
        rule: &Rule,
        node: Node<'j>,
        place: &Place<'_>,
    ) -> bool {
        if slicing.discriminators.is_empty() {
            return self.is_quiet(|this| this.value_of(rule, node, "", place));
        }
        let mut told = false;
        for discriminator in &slicing.discriminators {
            match self.discriminated(discriminator, rule, node, place) {
                Some(true) => told = true,
                Some(false) => return false,
                None => {}
            }
        }
        told
    }

    /// What one discriminator says; nothing where the slice wants nothing at its path.
    fn discriminated(
        &mut self,
        discriminator: &Discriminator,
        rule: &Rule,
        node: Node<'j>,
        place: &Place<'_>,
    ) -> Option<bool> {
        let steps: Vec<&str> = discriminator.steps.iter().map(String::as_str).collect();
        if discriminator.by == By::Value {
            let (wanted, depth) = wanted(rule, &steps, 0)?;
            let values = self.follow(node, steps.get(..depth).unwrap_or(&[]));
            return Some(values.iter().any(|value| self.is_wanted(&wanted, *value)));
        }
        let values = self.follow(node, &steps);
        if let Some((&"resolve()", before)) = steps.split_last() {
            let targets: Vec<String> =
                at(rule, before)?.types.iter().flat_map(|one| one.targets.clone()).collect();
            if targets.is_empty() {
                return None;
            }
            return Some(values.iter().any(|value| self.is_target(&targets, value.kind).unwrap_or(true)));
        }
        let ruled = at(rule, &steps)?;
        match discriminator.by {
            By::Exists if ruled.max == Some(0) => Some(values.is_empty()),
            By::Exists => Some(!values.is_empty()),
            By::Type if ruled.types.is_empty() => None,
            By::Type => {
                let of = |value: &Node<'_>| ruled.types.iter().any(|one| fits(value.kind, &one.code));
                Some(values.iter().any(of))
            }
            _ => {
                let profiles: Vec<&String> = ruled.types.iter().flat_map(|one| &one.profiles).collect();
                if profiles.is_empty() {
                    return None;
                }
                let met = values.iter().any(|value| {
                    profiles.iter().any(|one| self.is_quiet(|this| this.profiled(one, *value, place)))
                });
                Some(met)
            }
        }
    }

    /// The values these steps lead to. A reference leads into the same resource, or to no more than its type.
    fn follow(&mut self, node: Node<'j>, steps: &[&str]) -> Vec<Node<'j>> {
        let mut nodes = vec![node];
        for step in steps {
            let mut next = Vec::new();
            for node in nodes {
                if let Some(url) = argument(step, "extension") {
                    let all = children_named(&Item::Node(node), "extension");
                    let all = all.iter().filter_map(Item::node).copied();
                    next.extend(all.filter(|one| one.value.and_then(|value| value.str("url")) == Some(url)));
                } else if let Some(name) = argument(step, "ofType") {
                    next.extend(Some(node).filter(|node| fits(node.kind, name)));
                } else if *step == "resolve()" {
                    next.extend(self.resolved(node));
                } else {
                    let found = children_named(&Item::Node(node), step);
                    next.extend(found.iter().filter_map(Item::node).copied());
                }
            }
            nodes = next;
        }
        nodes
    }

    fn resolved(&mut self, node: Node<'j>) -> Option<Node<'j>> {
        let literal = node.text().or_else(|| node.value.and_then(|value| value.str("reference")))?;
        match ParsedReference::parse(literal)? {
            ParsedReference::Contained(id) => {
                let within = self.container?.list("contained");
                within.into_iter().find(|one| one.str("id") == Some(id)).map(Node::resource)
            }
            other => {
                let kind = Kind::Structure(other.resource_type()?.number());
                Some(Node { value: None, twin: None, kind })
            }
        }
    }

    fn is_wanted(&self, wanted: &Wanted<'_>, node: Node<'j>) -> bool {
        match (wanted, node.value) {
            (Wanted::Fixed(fixed), Some(value)) => fixed.same_as(value),
            (Wanted::Pattern(pattern), Some(value)) => matches(pattern, value),
            (Wanted::Url(url), Some(value)) => value.as_str() == Some(url),
            (Wanted::Bound(bound), Some(_)) => {
                membership(self.conformance, &bound.value_set, node) == Membership::In
            }
            (_, None) => false,
        }
    }
}

/// The argument of a step that is a call of this function.
fn argument<'s>(step: &'s str, function: &str) -> Option<&'s str> {
    let inner = step.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')?;
    Some(inner.trim_matches(['\'', '"', ' ']))
}

/// The rule a step leads to: an element's, or for `extension('url')` that of the extension.
fn step<'r>(rule: &'r Rule, step: &str) -> Option<&'r Rule> {
    if let Some(url) = argument(step, "extension") {
        let slices = &rule.child("extension")?.slices;
        return slices.iter().map(|slice| &slice.rule).find(|slice| extension_url(slice) == Some(url));
    }
    if let Some(name) = argument(step, "ofType") {
        let of = |slice: &&Rule| slice.types.iter().any(|one| one.code == name);
        return rule.slices.iter().map(|slice| &slice.rule).find(of).or(Some(rule));
    }
    rule.child(step)
}

/// The canonical of the extension that a rule is for.
fn extension_url(rule: &Rule) -> Option<&str> {
    let profile =
        rule.types.iter().filter(|one| one.code == "Extension").flat_map(|one| &one.profiles).next();
    profile.map(|url| parts(url).0)
}

fn at<'r>(rule: &'r Rule, steps: &[&str]) -> Option<&'r Rule> {
    steps.iter().try_fold(rule, |rule, name| step(rule, name))
}

/// The first rule on the way along these steps that wants a value, and how many steps lead there. What the slices of an element want
/// counts, as in `code.coding:loinc.code`.
fn wanted<'r>(rule: &'r Rule, steps: &[&str], depth: usize) -> Option<(Wanted<'r>, usize)> {
    if let Some(fixed) = &rule.fixed {
        return Some((Wanted::Fixed(fixed), depth));
    }
    if let Some(pattern) = &rule.pattern {
        return Some((Wanted::Pattern(pattern), depth));
    }
    let rest = steps.get(depth..).unwrap_or(&[]);
    let Some(next) = rest.first() else {
        let bound = rule.binding.as_ref().filter(|bound| bound.strength == Strength::Required);
        return bound.map(|bound| (Wanted::Bound(bound), depth));
    };
    if let Some(found) = step(rule, next).and_then(|child| wanted(child, steps, depth + 1)) {
        return Some(found);
    }
    if let (["url"], Some(url)) = (rest, extension_url(rule)) {
        return Some((Wanted::Url(url), depth + 1));
    }
    rule.slices.iter().find_map(|slice| wanted(&slice.rule, steps, depth))
}
