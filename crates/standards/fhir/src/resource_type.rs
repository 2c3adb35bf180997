//! The 146 resource types of R4 as small numbers, so that indexes and tables need not carry names.

use std::fmt;

use crate::definitions::{RESOURCE_TYPES, Structure, definitions};

/// A resource type of R4. The number is its place in the alphabetical list of the 146 types of R4 4.0.1
/// (`Account` is 0); R4 is closed, so numbers on disk stay right for ever.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceType(u16);

impl ResourceType {
    /// The type of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let resources = definitions().structures.get(..RESOURCE_TYPES)?;
        let at = resources.binary_search_by(|probe| probe.name.cmp(name)).ok()?;
        u16::try_from(at).ok().map(Self)
    }

    /// The type of this number.
    pub fn from_number(number: u16) -> Option<Self> {
        (usize::from(number) < RESOURCE_TYPES).then_some(Self(number))
    }

    pub(crate) fn from_number_unchecked(number: u16) -> Self {
        Self(number)
    }

    /// Its stable number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.structure().map_or("", |structure| structure.name)
    }

    /// Every type, alphabetical.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..u16::try_from(RESOURCE_TYPES).unwrap_or(0)).map(Self)
    }

    /// Its elements.
    pub fn structure(self) -> Option<&'static Structure> {
        definitions().structure(self.0)
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
