//! Why an expression could not be read or run, and where in its text.

use std::fmt;

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is no expression.
    Syntax,
    /// It names a function, type, variable or element that there is not, or gives wrong arguments.
    Semantic,
    /// It met values that it cannot work on.
    Execution,
    /// It took more steps or memory than one expression may.
    TooCostly,
}

/// A fault of an expression. The message quotes the expression, never the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FhirPathError {
    /// What kind.
    pub kind: ErrorKind,
    /// What is wrong, for people.
    pub message: String,
    /// Byte of the expression's text where it is.
    pub at: usize,
}

impl FhirPathError {
    pub(super) fn new(kind: ErrorKind, at: u32, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), at: usize::try_from(at).unwrap_or(usize::MAX) }
    }
}

impl fmt::Display for FhirPathError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (at character {} of the expression)", self.message, self.at + 1)
    }
}

impl std::error::Error for FhirPathError {}
