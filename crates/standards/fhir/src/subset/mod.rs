//! Parts of resources: `_summary` and `_elements` (<https://hl7.org/fhir/R4/search.html#summary>).
//!
//! What must be there for the rest to be understood always stays: `resourceType`, `id`, `meta`, modifiers, and mandatory
//! elements. What is left out is told by the tag `SUBSETTED`, so that nobody takes a part for the whole and writes it back.

mod write;

use crate::issue::{Issue, IssueCode};
use crate::resource::{Resource, short};
use crate::resource_type::ResourceType;

/// Most names in one `_elements`.
pub const ELEMENTS_MAX: usize = 100;

/// `_summary`, but for `count`, which is no part of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Summary {
    /// Everything.
    #[default]
    False,
    /// The elements marked as such by the definitions.
    True,
    /// The narrative and what is mandatory.
    Text,
    /// All but the narrative.
    Data,
}

impl Summary {
    /// Reads a code; `None` for `count` and for what is none.
    pub fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "false" => Self::False,
            "true" => Self::True,
            "text" => Self::Text,
            "data" => Self::Data,
            _ => return None,
        })
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::False => "false",
            Self::True => "true",
            Self::Text => "text",
            Self::Data => "data",
        }
    }
}

/// One name of `_elements`: `name`, or `Patient.name` for one type only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementName {
    /// The type it is said of; `None` for all.
    pub resource_type: Option<ResourceType>,
    /// A top-level element; a choice by its name without type (`value`).
    pub name: String,
}

impl ElementName {
    fn parse(text: &str) -> Result<Self, Issue> {
        let bad = |message: &str| {
            Issue::error(IssueCode::Invalid, format!("_elements: '{}' {message}", short(text)))
                .at("_elements")
        };
        let (resource_type, name) = match text.split_once('.') {
            Some((name, rest)) => (
                Some(ResourceType::parse(name).ok_or_else(|| bad("does not begin with a resource type"))?),
                rest,
            ),
            None => (None, text),
        };
        let name = name.strip_suffix("[x]").unwrap_or(name);
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(bad("is no top-level element"));
        }
        let known = |one: ResourceType| has_element(one, name);
        if !resource_type.map_or_else(|| ResourceType::all().any(known), known) {
            return Err(bad("is no element of R4"));
        }
        Ok(Self { resource_type, name: name.to_owned() })
    }

    fn names(&self, resource_type: ResourceType, name: &str, choice: &str) -> bool {
        self.resource_type.is_none_or(|own| own == resource_type)
            && (self.name == name || self.name == choice)
    }
}

fn has_element(resource_type: ResourceType, name: &str) -> bool {
    resource_type
        .structure()
        .is_some_and(|one| one.elements.iter().any(|element| element.name == name || element.choice == name))
}

/// What part of each resource is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subset {
    /// `_summary`.
    pub summary: Summary,
    /// `_elements`; empty for all.
    pub elements: Vec<ElementName>,
}

impl Subset {
    /// Whether nothing is left out.
    pub fn is_whole(&self) -> bool {
        self.summary == Summary::False && self.elements.is_empty()
    }

    /// Adds the names of one `_elements` (comma-separated).
    pub fn add_elements(&mut self, list: &str) -> Result<(), Issue> {
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let name = ElementName::parse(name)?;
            if !self.elements.contains(&name) {
                self.elements.push(name);
            }
        }
        if self.elements.len() > ELEMENTS_MAX {
            let message = format!("_elements takes at most {ELEMENTS_MAX} names");
            return Err(Issue::error(IssueCode::TooCostly, message).at("_elements"));
        }
        Ok(())
    }

    /// What is contradictory: a summary and a list of elements are two answers to one question.
    pub fn check(&self) -> Result<(), Issue> {
        if self.summary == Summary::False || self.elements.is_empty() {
            return Ok(());
        }
        let message = "_summary and _elements exclude each other";
        Err(Issue::error(IssueCode::Invalid, message).at("_elements"))
    }
}

/// The wanted part of a resource, as compact bytes.
pub fn subset(resource: &Resource, how: &Subset) -> Vec<u8> {
    if how.is_whole() {
        return resource.to_bytes();
    }
    write::part(resource, how)
}

#[cfg(test)]
mod tests;
