//! A domain's rules for resources of its types that come in by FHIR: they run the same decisions as its REST routes.

use crate::house::House;
use crate::refusal::Refusal;
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_fhir::Resource;
use galen_records::Change;

/// A resource on its way in.
pub struct Proposal {
    /// As it would be stored (its id is set); `None` for a delete.
    pub resource: Option<Resource>,
    /// As it is stored; `None` for a create.
    pub current: Option<Resource>,
    /// Chance, for numbers the domain gives out.
    pub chance: [u8; 32],
}

/// What a guard lets through.
pub struct Passed {
    /// The resource, with what the domain adds.
    pub resource: Option<Resource>,
    /// What the caller should hear although the write is done.
    pub warnings: Vec<String>,
}

/// Rules of one resource type.
pub trait Guard: Send + Sync {
    /// The type.
    fn resource_type(&self) -> &'static str;

    /// Lets the write through (possibly with claims and events added to `change`), or refuses it.
    fn pass<'g>(
        &'g self,
        house: &'g House,
        context: &'g Context,
        proposal: Proposal,
        change: &'g mut Change,
    ) -> BoxFuture<'g, Result<Passed, Refusal>>;
}
