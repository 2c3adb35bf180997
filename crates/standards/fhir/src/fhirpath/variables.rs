//! The variables that an expression names, known without running it.

use super::ast::{Expr, Part};
use super::error::{ErrorKind, FhirPathError};
use super::function::Function;
use crate::resource::short;

/// Whether FHIR defines it (<https://hl7.org/fhir/R4/fhirpath.html#variables>).
pub(crate) fn is_of_fhir(name: &str) -> bool {
    matches!(name, "context" | "resource" | "rootResource" | "ucum" | "sct" | "loinc")
        || name.starts_with("vs-")
        || name.starts_with("ext-")
}

/// The first variable that nobody defines.
pub(super) fn unknown(expr: &Expr, known: &dyn Fn(&str) -> bool) -> Option<FhirPathError> {
    let mut defined = Vec::new();
    visit(expr, &mut |part| {
        if let Part::Call(_, Function::DefineVariable, arguments) = &part.part
            && let Some(Part::Text(name, _)) = arguments.first().map(|argument| &argument.part)
        {
            defined.push(&**name);
        }
    });
    let is_known = |name: &str| is_of_fhir(name) || known(name) || defined.contains(&name);
    let (name, at) = named(expr).into_iter().find(|(name, _)| !is_known(name))?;
    Some(FhirPathError::new(ErrorKind::Semantic, at, format!("there is no variable %{}", short(name))))
}

/// Every variable, and where it is.
pub(super) fn named(expr: &Expr) -> Vec<(&str, u32)> {
    let mut found = Vec::new();
    visit(expr, &mut |part| {
        if let Part::Variable(name) = &part.part {
            found.push((&**name, part.at));
        }
    });
    found
}

/// Shows every part, in no order that matters. The parser bounds the depth.
fn visit<'e>(expr: &'e Expr, see: &mut dyn FnMut(&'e Expr)) {
    see(expr);
    match &expr.part {
        Part::Member(Some(base), ..) | Part::Typed(Some(base), ..) | Part::Sign(_, base) => visit(base, see),
        Part::Call(base, _, arguments) => {
            if let Some(base) = base {
                visit(base, see);
            }
            for argument in arguments {
                visit(argument, see);
            }
        }
        Part::Indexer(left, right) | Part::Binary(_, left, right) => {
            visit(left, see);
            visit(right, see);
        }
        _ => {}
    }
}
