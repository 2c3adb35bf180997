//! Where the walk stands: a chain on the stack that becomes text only when there is an issue to report.

use std::fmt::Write;

#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    up: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Name(&'p str),
    Index(usize),
}

impl<'p> Place<'p> {
    pub(super) fn root(name: &'p str) -> Self {
        Self { up: None, step: Step::Name(name) }
    }

    pub(super) fn member(&'p self, name: &'p str) -> Self {
        Self { up: Some(self), step: Step::Name(name) }
    }

    pub(super) fn item(&'p self, at: usize) -> Self {
        Self { up: Some(self), step: Step::Index(at) }
    }

    pub(super) fn text(&self) -> String {
        let mut out = self.up.map(Place::text).unwrap_or_default();
        let _ = match self.step {
            Step::Name(name) if out.is_empty() => write!(out, "{name}"),
            Step::Name(name) => write!(out, ".{name}"),
            Step::Index(at) => write!(out, "[{at}]"),
        };
        out
    }
}
