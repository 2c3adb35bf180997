//! One value against the rule of its element.

use std::cmp::Ordering;

use super::pattern::{matches, shown};
use super::read::{own_type, type_name};
use super::rule::{Bound, Rule, TypeRule};
use crate::definitions::{Kind, Strength};
use crate::fhirpath::{Item, Node, is_a, order, type_named};
use crate::issue::{IssueCode, Severity};
use crate::reference::ParsedReference;
use crate::validate::conformance::{Membership, membership};
use crate::validate::place::Place;
use crate::validate::structure::Validator;

impl<'j> Validator<'j, '_> {
    pub(super) fn value_of(&mut self, rule: &Rule, node: Node<'j>, by: &str, place: &Place<'_>) {
        if !self.may_check(place) {
            return;
        }
        self.typed(rule, node, by, place);
        if let Some(value) = node.value {
            if let Some(fixed) = rule.fixed.as_ref().filter(|fixed| !fixed.same_as(value)) {
                let message = format!("must be exactly {} (profile {by})", shown(fixed));
                self.report(IssueCode::Value, place, message);
            }
            if let Some(pattern) = rule.pattern.as_ref().filter(|pattern| !matches(pattern, value)) {
                let message = format!("must hold {} (profile {by})", shown(pattern));
                self.report(IssueCode::Value, place, message);
            }
            let length = value.as_str().map_or(0, |text| text.chars().count());
            if let Some(max) = rule.max_length.filter(|max| length > *max) {
                let message = format!("at most {max} characters allowed, found {length} (profile {by})");
                self.report(IssueCode::TooLong, place, message);
            }
        } else if rule.fixed.is_some() || rule.pattern.is_some() {
            self.report(IssueCode::Value, place, format!("must have a value (profile {by})"));
        }
        self.within_bounds(rule, node, by, place);
        if let Some(bound) = &rule.binding {
            self.coded(bound, node, by, place);
        }
        for constraint in &rule.constraints {
            let severity = if constraint.error { Severity::Error } else { Severity::Warning };
            let met = self.test(&constraint.expression, node);
            self.judge(met, (&constraint.key, &constraint.human, severity), place);
        }
        self.children(rule, node, by, place);
    }

    fn typed(&mut self, rule: &Rule, node: Node<'j>, by: &str, place: &Place<'_>) {
        if rule.types.is_empty() {
            return;
        }
        let fitting: Vec<&TypeRule> = rule.types.iter().filter(|one| fits(node.kind, &one.code)).collect();
        if fitting.is_empty() {
            let names: Vec<&str> = rule.types.iter().map(|one| one.code.as_str()).collect();
            let message = format!("must be {}, not {} (profile {by})", names.join(" or "), node.type_name());
            return self.report(IssueCode::Structure, place, message);
        }
        let profiles: Vec<&String> = fitting.iter().flat_map(|one| &one.profiles).collect();
        // Where one type needs no profile, none is needed.
        if fitting.iter().all(|one| !one.profiles.is_empty()) {
            match profiles.as_slice() {
                [one] => self.profiled(one, node, place),
                several => {
                    let met = several.iter().any(|one| self.is_quiet(|this| this.profiled(one, node, place)));
                    if !met {
                        let names: Vec<&str> = several.iter().map(|one| one.as_str()).collect();
                        let message = format!("meets none of {} (profile {by})", names.join(", "));
                        self.report(IssueCode::Structure, place, message);
                    }
                }
            }
        }
        let targets: Vec<String> = fitting.iter().flat_map(|one| one.targets.clone()).collect();
        if !targets.is_empty() {
            self.targeted(&targets, node, by, place);
        }
    }

    /// Whether a reference points to a type that one of these profiles is of.
    fn targeted(&mut self, targets: &[String], node: Node<'j>, by: &str, place: &Place<'_>) {
        let Some(literal) = node.value.and_then(|value| value.str("reference")) else { return };
        let pointed = ParsedReference::parse(literal).and_then(|parsed| match parsed {
            ParsedReference::Contained(id) => self.contained_type(id),
            other => other.resource_type(),
        });
        let Some(pointed) = pointed.map(|one| Kind::Structure(one.number())) else { return };
        if self.is_target(targets, pointed) == Some(false) {
            let named: Vec<&str> = targets.iter().map(|url| url.rsplit('/').next().unwrap_or(url)).collect();
            let message =
                format!("may point to {}, not to {} (profile {by})", named.join(", "), type_name(pointed));
            self.report(IssueCode::Value, &place.member("reference"), message);
        }
    }

    /// Whether a type is one that these profiles are of; `None` where one of them is not known.
    pub(super) fn is_target(&mut self, targets: &[String], pointed: Kind) -> Option<bool> {
        for target in targets {
            let kind = match own_type(target) {
                Some(kind) => kind,
                None => self.profile(target).ok()?.kind,
            };
            if is_a(pointed, kind) {
                return Some(true);
            }
        }
        Some(false)
    }

    fn within_bounds(&mut self, rule: &Rule, node: Node<'j>, by: &str, place: &Place<'_>) {
        for (bound, wrong, word) in
            [(&rule.min_value, Ordering::Less, "least"), (&rule.max_value, Ordering::Greater, "most")]
        {
            let Some((kind, json)) = bound else { continue };
            let end = Item::Node(Node { value: Some(json), twin: None, kind: *kind });
            if order(&Item::Node(node), &end) == Some(wrong) {
                let message = format!("must be at {word} {} (profile {by})", shown(json));
                self.report(IssueCode::Value, place, message);
            }
        }
    }

    fn coded(&mut self, bound: &Bound, node: Node<'j>, by: &str, place: &Place<'_>) {
        let message = match membership(self.conformance, &bound.value_set, node) {
            Membership::In => return,
            Membership::Unknown => {
                if self.says_all() {
                    let message = format!(
                        "the value set {} is not known here, so its codes were not checked",
                        bound.value_set
                    );
                    self.tell(Severity::Information, IssueCode::NotSupported, place, message);
                }
                return;
            }
            Membership::Out => format!("no code of the value set {} (profile {by})", bound.value_set),
        };
        if bound.strength == Strength::Required {
            self.report(IssueCode::CodeInvalid, place, message);
        } else {
            self.tell(Severity::Warning, IssueCode::CodeInvalid, place, message);
        }
    }
}

/// Whether a type is that of this name, or a specialization of it. A name that is not R4's says nothing.
pub(super) fn fits(kind: Kind, code: &str) -> bool {
    type_named(code).is_none_or(|wanted| is_a(kind, wanted))
}
