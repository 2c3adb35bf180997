//! What a profile asks of an element and of those below it.

use crate::definitions::{Kind, Strength};
use crate::fhirpath::Expression;
use crate::json::Json;

/// A profile, ready to check with.
#[derive(Debug)]
pub(in crate::validate) struct Profile {
    pub(super) url: String,
    /// The type it narrows.
    pub(super) kind: Kind,
    pub(super) root: Rule,
}

/// What is asked of an element. Everything adds to what the type itself asks.
#[derive(Debug, Default)]
pub(super) struct Rule {
    /// Its name; of a choice, without `[x]`.
    pub(super) name: Box<str>,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    /// Allowed types; empty for those of the base.
    pub(super) types: Vec<TypeRule>,
    pub(super) fixed: Option<Json>,
    pub(super) pattern: Option<Json>,
    pub(super) binding: Option<Bound>,
    pub(super) constraints: Vec<Invariant>,
    pub(super) max_length: Option<usize>,
    pub(super) min_value: Option<(Kind, Json)>,
    pub(super) max_value: Option<(Kind, Json)>,
    pub(super) slicing: Option<Slicing>,
    pub(super) slices: Vec<Slice>,
    pub(super) children: Vec<Rule>,
}

/// An allowed type.
#[derive(Debug)]
pub(super) struct TypeRule {
    /// `Quantity`.
    pub(super) code: String,
    /// Profiles of which the value must meet one.
    pub(super) profiles: Vec<String>,
    /// Profiles of which a reference's target must meet one.
    pub(super) targets: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Bound {
    pub(super) strength: Strength,
    pub(super) value_set: String,
}

#[derive(Debug)]
pub(super) struct Invariant {
    pub(super) key: String,
    pub(super) error: bool,
    pub(super) human: String,
    pub(super) expression: Expression,
}

/// How values are told apart (<https://hl7.org/fhir/R4/profiling.html#slicing>).
#[derive(Debug)]
pub(super) struct Slicing {
    pub(super) discriminators: Vec<Discriminator>,
    pub(super) ordered: bool,
    pub(super) openness: Openness,
}

/// What may be beside the slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Openness {
    Open,
    OpenAtEnd,
    Closed,
}

#[derive(Debug)]
pub(super) struct Discriminator {
    pub(super) by: By,
    /// The steps of its path, `code` and `coding`; `$this` has none.
    pub(super) steps: Vec<String>,
}

/// By what values are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Value,
    Exists,
    Type,
    Profile,
}

/// Some of an element's values, and what is asked of them.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) name: Box<str>,
    pub(super) rule: Rule,
}

impl Discriminator {
    pub(super) fn new(by: By, path: &str) -> Self {
        let mut steps = Vec::new();
        let (mut start, mut open) = (0, 0u8);
        for (at, byte) in path.bytes().enumerate() {
            match byte {
                b'(' => open = open.saturating_add(1),
                b')' => open = open.saturating_sub(1),
                b'.' if open == 0 => {
                    steps.push(path.get(start..at).unwrap_or("").to_owned());
                    start = at + 1;
                }
                _ => {}
            }
        }
        steps.push(path.get(start..).unwrap_or("").to_owned());
        steps.retain(|step| !matches!(step.as_str(), "$this" | ""));
        Self { by, steps }
    }
}

impl Rule {
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| &*child.name == name)
    }

    /// The rule of the child of this name, made when there is none.
    pub(super) fn child_mut(&mut self, name: &str) -> Option<&mut Self> {
        let at = self.children.iter().position(|child| &*child.name == name).unwrap_or_else(|| {
            self.children.push(Self::named(name));
            self.children.len() - 1
        });
        self.children.get_mut(at)
    }

    /// The rule of the slice of this name, made when there is none.
    pub(super) fn slice_mut(&mut self, name: &str) -> Option<&mut Self> {
        let at = self.slices.iter().position(|slice| &*slice.name == name).unwrap_or_else(|| {
            self.slices.push(Slice { name: name.into(), rule: Self::named(&self.name) });
            self.slices.len() - 1
        });
        self.slices.get_mut(at).map(|slice| &mut slice.rule)
    }
}
