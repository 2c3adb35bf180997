//! Invariants: the rules of R4 and of profiles that are written in FHIRPath.

use super::Depth;
use super::place::Place;
use super::structure::Validator;
use crate::definitions::Constraint;
use crate::fhirpath::{Environment, ErrorKind, Item, Node};
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
            let met = expression.test(Item::Node(node), &self.surroundings());
            self.judge(met, (rule.key, rule.human, severity), place);
        }
    }

    pub(super) fn surroundings(&self) -> Environment<'j, '_> {
        let resource = |json| Node::resource(json);
        Environment {
            resource: self.resource.map(resource),
            root_resource: self.container.map(resource),
            lookup: self.lookup,
            now: self.now,
            ..Environment::bare()
        }
    }

    /// Reports a rule that is not met, or, where all is told, one that could not be run to its end.
    pub(super) fn judge(
        &mut self,
        met: Result<Option<bool>, crate::fhirpath::FhirPathError>,
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
        if self.issues.len() < super::ISSUES_MAX {
            self.issues.push(Issue { severity, code, location: place.text(), message });
        }
    }
}
