//! Invariants: the rules of R4 and of profiles that are written in FHIRPath.

use super::Depth;
use super::conformance::{Conformance, Membership, membership};
use super::place::Place;
use super::structure::Validator;
use crate::definitions::Constraint;
use crate::fhirpath::{Environment, ErrorKind, Expression, FhirPathError, Item, Lookup, Node, Resolved};
use crate::issue::{Issue, IssueCode, Severity};

impl<'j> Validator<'j, '_> {
    /// Runs the rules of an element. What yields nothing counts as met: a rule about values says nothing of absent ones.
    pub(super) fn invariants(
        &mut self,
        rules: &'static [&'static Constraint],
        node: Node<'j>,
        place: &Place<'_>,
    ) {
        if rules.is_empty() || self.depth == Depth::Structure {
            return;
        }
        let all = self.depth == Depth::Full;
        for rule in rules.iter().filter(|rule| rule.error || all) {
            let Some(expression) = rule.expression() else { continue };
            let severity = if rule.error { Severity::Error } else { Severity::Warning };
            let met = self.test(expression, node);
            self.judge(met, (rule.key, rule.human, severity), place);
        }
    }

    /// Whether a rule is met by an element of the resource the walk is in.
    pub(super) fn test<'e>(
        &self,
        expression: &'e Expression,
        node: Node<'e>,
    ) -> Result<Option<bool>, FhirPathError>
    where
        'j: 'e,
    {
        let known = Known(self.conformance);
        let environment = Environment {
            resource: self.resource.map(Node::resource),
            root_resource: self.container.map(Node::resource),
            now: self.now,
            lookup: &known,
            variables: Vec::new(),
        };
        expression.test(Item::Node(node), &environment)
    }

    /// Reports a rule that is not met, or, where all is told, one that could not be run to its end.
    pub(super) fn judge(
        &mut self,
        met: Result<Option<bool>, FhirPathError>,
        (key, human, severity): (&str, &str, Severity),
        place: &Place<'_>,
    ) {
        match met {
            Ok(Some(false)) => {
                self.tell(severity, IssueCode::Invariant, place, format!("{key}: {human}"));
            }
            Err(fault) if self.depth == Depth::Full => {
                let code = match fault.kind {
                    ErrorKind::TooCostly => IssueCode::TooCostly,
                    _ => IssueCode::Processing,
                };
                let message = format!("{key} could not be checked: {fault}");
                self.tell(Severity::Warning, code, place, message);
            }
            _ => {}
        }
    }

    pub(super) fn tell(&mut self, severity: Severity, code: IssueCode, place: &Place<'_>, message: String) {
        let list = if severity >= Severity::Error { &mut self.issues } else { &mut self.notes };
        if list.len() < super::ISSUES_MAX {
            list.push(Issue { severity, code, location: place.text(), message });
        }
    }

    /// Whether warnings and notes are wanted.
    pub(super) fn says_all(&self) -> bool {
        self.depth == Depth::Full
    }
}

/// What is known of the world while invariants run: value sets, and the types that references name.
struct Known<'c>(&'c dyn Conformance);

impl<'a> Lookup<'a> for Known<'_> {
    fn resolve(&self, _: &str) -> Resolved<'a> {
        Resolved::Typed
    }

    fn member_of(&self, value: &Node<'a>, value_set: &str) -> Option<bool> {
        match membership(self.0, value_set, *value) {
            Membership::In => Some(true),
            Membership::Out => Some(false),
            Membership::Unknown => None,
        }
    }
}
