//! FHIRPath: the normative specification (<https://hl7.org/fhirpath/N1/>), the functions added since that R4's test cases use,
//! and FHIR's own additions (<https://hl7.org/fhir/R4/fhirpath.html>).
//!
//! An [`Expression`] is parsed once and run many times, from many threads. It runs over the JSON of a resource as it
//! lies, typed by the definitions, and yields references into it; [`locate`] tells where they are. Time, terminology and other
//! resources come in through the [`Environment`]. Every evaluation ends: it has a budget of steps, and its texts and collections
//! have limits.
//!
//! ```
//! use galen_fhir::fhirpath::{Environment, Expression};
//! let patient = galen_fhir::json::parse(br#"{"resourceType":"Patient","name":[{"given":["Ada","Mary"]}]}"#).unwrap();
//! let given = Expression::parse("Patient.name.given.first()").unwrap();
//! let found = given.evaluate(&patient, &Environment::bare()).unwrap();
//! assert_eq!(found.first().and_then(|item| item.as_text()), Some("Ada"));
//! ```

mod arithmetic;
mod ast;
mod check;
mod compare;
mod environment;
mod error;
mod eval;
mod function;
mod functions;
mod item;
mod lexer;
mod locate;
mod moment;
mod navigate;
mod operators;
mod parser;
#[cfg(test)]
mod tests;
mod types;
mod units;
mod variables;

use std::fmt;
use std::sync::Arc;

pub use check::Order;
pub use environment::{Environment, Lookup, Nothing, Resolved};
pub use error::{ErrorKind, FhirPathError};
pub use eval::{COLLECTION_MAX, STEPS_MAX};
pub use item::{Collection, Item, Node, Quantity, Reflection, Unit};
pub use lexer::EXPRESSION_BYTES_MAX;
pub use locate::{Step, locate};
pub use moment::{Amount, CalendarUnit, Moment, MomentKind, Part};
pub use parser::HEIGHT_MAX;

pub(crate) use check::Yields;
pub(crate) use types::{SystemType, TypeName, fhir as type_named, is_a};
pub(crate) use variables::is_of_fhir as is_own_variable;

use crate::json::Json;

/// What is below an item at this name.
pub(crate) fn children_named<'a>(item: &Item<'a>, name: &str) -> Collection<'a> {
    let mut out = Collection::new();
    navigate::member(item, name, None, &mut out);
    out
}

/// The order of two values, where they have one and it can be told.
pub(crate) fn order(left: &Item<'_>, right: &Item<'_>) -> Option<std::cmp::Ordering> {
    match compare::order(left, right) {
        compare::Ordered::Known(order) => Some(order),
        _ => None,
    }
}

/// A parsed expression; cheap to clone.
#[derive(Debug, Clone)]
pub struct Expression(Arc<ast::Expr>);

impl Expression {
    /// Reads an expression. Unknown functions and types, and wrong numbers of arguments, are found here.
    ///
    /// # Errors
    /// What is wrong, and where in the text.
    pub fn parse(text: &str) -> Result<Self, FhirPathError> {
        parser::parse(text).map(|expr| Self(Arc::new(expr)))
    }

    /// Checks the expression against the definitions: every element it names must exist for a context of this type
    /// (`Patient`, `HumanName`). What runs without this check finds nothing where a name does not exist.
    ///
    /// # Errors
    /// The first name that does not exist, or a condition that is no condition.
    pub fn check(&self, context: &str, order: Order) -> Result<(), FhirPathError> {
        check::check(&self.0, context, order)
    }

    /// Runs it with a resource as context.
    ///
    /// # Errors
    /// Values the expression cannot work on, or one that takes too long.
    pub fn evaluate<'a>(
        &'a self,
        resource: &'a Json,
        environment: &Environment<'a, '_>,
    ) -> Result<Collection<'a>, FhirPathError> {
        self.evaluate_on(Item::Node(Node::resource(resource)), environment)
    }

    /// Runs it with any value as context. `%resource` is then the environment's.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn evaluate_on<'a>(
        &'a self,
        context: Item<'a>,
        environment: &Environment<'a, '_>,
    ) -> Result<Collection<'a>, FhirPathError> {
        eval::Evaluator::new(context, environment).run(&self.0)
    }

    /// Runs it with any value as context out of a budget of steps that several expressions share.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub(crate) fn evaluate_within<'a>(
        &'a self,
        context: Item<'a>,
        environment: &Environment<'a, '_>,
        steps: &mut u32,
    ) -> Result<Collection<'a>, FhirPathError> {
        let mut evaluator = eval::Evaluator::new(context, environment).with_steps(*steps);
        let found = evaluator.run(&self.0);
        *steps = evaluator.steps();
        found
    }

    /// What it may yield with such a value as context.
    ///
    /// # Errors
    /// The first name that does not exist.
    pub(crate) fn yields(&self, context: &Yields) -> Result<Yields, FhirPathError> {
        check::yields(&self.0, context)
    }

    /// The first variable that neither FHIR nor the expression itself defines, nor `known`.
    pub(crate) fn unknown_variable(&self, known: &dyn Fn(&str) -> bool) -> Option<FhirPathError> {
        variables::unknown(&self.0, known)
    }

    /// Whether it is this variable and nothing else.
    pub(crate) fn is_variable(&self, name: &str) -> bool {
        matches!(&self.0.part, ast::Part::Variable(own) if **own == *name)
    }

    /// Whether it is met: `None` where it yields nothing, true for a single value that is no boolean.
    ///
    /// # Errors
    /// As [`Expression::evaluate`], or more than one value.
    pub fn test<'a>(
        &'a self,
        context: Item<'a>,
        environment: &Environment<'a, '_>,
    ) -> Result<Option<bool>, FhirPathError> {
        let mut evaluator = eval::Evaluator::new(context, environment);
        let found = evaluator.run(&self.0)?;
        eval::Evaluator::truth(&found, 0)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}
