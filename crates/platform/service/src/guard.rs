//! A domain's rules for resources of its types that come in by FHIR: they run the same decisions as its REST routes.

use crate::house::House;
use crate::observe::Draft;
use crate::refusal::Refusal;
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_fhir::Resource;
use galen_records::Change;

/// A resource on its way in.
pub struct Proposal<'p> {
    /// As it would be stored (its id is set); `None` for a delete.
    pub resource: Option<Resource>,
    /// As it is stored; `None` for a create.
    pub current: Option<Resource>,
    /// Chance, for numbers the domain gives out.
    pub chance: [u8; 32],
    /// What the same transaction changes before it.
    pub earlier: &'p Change,
}

/// What a guard lets through.
pub struct Passed {
    /// The resource, with what the domain adds.
    pub resource: Option<Resource>,
    /// What the caller should hear although the write is done.
    pub warnings: Vec<String>,
}

/// Something that a description may be of.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// Its id.
    pub id: String,
    /// How alike, 0 to 1.
    pub likeness: f64,
    /// Whether it can be no other: an identifier is the same.
    pub is_certain: bool,
}

/// What a description may be of, most likely first; the domain looks at everything, the caller shows what it may.
pub type Matching<'g> = BoxFuture<'g, Result<Vec<Likely>, Refusal>>;

/// An operation that somebody asks for by FHIR: the edge has read it, the domain knows what it means.
pub struct Asked<'a> {
    /// Its code, without the sign.
    pub code: &'static str,
    /// Its parameters that are texts or references.
    pub texts: Vec<(String, String)>,
    /// Its parameter that is a resource.
    pub resource: Option<&'a Resource>,
}

impl Asked<'_> {
    /// The text of a parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str())
    }
}

/// What an operation came to.
pub struct Performed {
    /// What it answers.
    pub resources: Vec<Resource>,
    /// Whether it committed something, and its audit entry with that; otherwise the edge writes the entry.
    pub is_committed: bool,
}

/// An operation on its way.
pub type Operating<'g> = BoxFuture<'g, Result<Performed, Refusal>>;

/// Resources that are computed when they are asked for.
pub type Computed<'g> = BoxFuture<'g, Result<Vec<Resource>, Refusal>>;

/// Rules of one resource type.
pub trait Guard: Send + Sync {
    /// The type.
    fn resource_type(&self) -> &'static str;

    /// Lets the write through (possibly with claims and events added to `change`), or refuses it.
    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal<'g>,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>>;

    /// Performs an operation of the type's domain; `None` for types that have none. What the audit is to say is put into the
    /// draft; a refusal is recorded by the caller.
    fn operate<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        draft: &'g mut Draft,
        asked: Asked<'g>,
    ) -> Option<Operating<'g>> {
        let _ = (house, context, draft, asked);
        None
    }

    /// Resources that are not stored but computed, for a search by these names and values; `None` where what is asked for
    /// is stored. Whether the caller may see the type was asked before.
    fn computed<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        pairs: &'g [(String, String)],
    ) -> Option<Computed<'g>> {
        let _ = (house, context, pairs);
        None
    }

    /// Finds what `description` may be of (`$match`), from this likeness on; `None` for types that nobody matches.
    fn matches<'g>(
        &'g self,
        house: &'g House,
        description: &'g Resource,
        likeness_min: f64,
    ) -> Option<Matching<'g>> {
        let _ = (house, description, likeness_min);
        None
    }
}
