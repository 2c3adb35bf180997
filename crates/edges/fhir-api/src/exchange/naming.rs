//! Whose a resource is, and under which id it lies here. Pure.

use data_encoding::HEXLOWER;
use galen_fhir::{Json, ParsedReference, Resource, ResourceType};
use std::collections::HashMap;

/// How ids of what came from elsewhere begin.
const MARK: &str = "from-";
/// Bytes of the hash that tells which partner.
const PARTNER_BYTES: usize = 4;
/// Bytes of the hash that tells which of its resources.
const RESOURCE_BYTES: usize = 20;
const _: () = assert!(MARK.len() + 2 * PARTNER_BYTES + 1 + 2 * RESOURCE_BYTES <= 64);
/// The system of the tag that names the partner.
pub(super) const TAG_SYSTEM: &str = "https://galen.health/CodeSystem/exchange-partner";

/// References of one side and what they are on the other, both as `Type/id`.
pub(super) type Known = HashMap<String, String>;

/// The names that a partner's resources have here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Naming {
    base: String,
    prefix: String,
}

impl Naming {
    /// Of the partner at this base, which has no slash at its end.
    pub(super) fn new(base: &str) -> Self {
        let prefix = format!("{MARK}{}-", hash(&[base], PARTNER_BYTES));
        Self { base: base.to_owned(), prefix }
    }

    /// The partner's base.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The id here of what is `Type/id` there: always the same one.
    pub(super) fn local_id(&self, type_name: &str, id: &str) -> String {
        format!("{}{}", self.prefix, hash(&[&self.base, type_name, id], RESOURCE_BYTES))
    }

    /// Whether an id here is that of something which came from this partner, whatever became of it since.
    pub(super) fn is_theirs(&self, local_id: &str) -> bool {
        local_id.starts_with(&self.prefix)
    }

    /// `meta.source` of one version of theirs.
    pub(super) fn source(&self, reference: &str, version: &str) -> String {
        format!("{}/{reference}|{version}", self.base)
    }

    /// What `meta.source` says it is there, and its version.
    pub(super) fn of_source<'s>(&self, source: &'s str) -> Option<(&'s str, &'s str)> {
        source.strip_prefix(&self.base)?.strip_prefix('/')?.split_once('|')
    }

    /// A reference of theirs as it is here: to what is here by its id here, to anything else by its address there. A
    /// condition is theirs to answer, so it becomes an address, too.
    pub(super) fn arriving(&self, text: &str, known: &Known) -> Option<String> {
        match ParsedReference::parse(text)? {
            ParsedReference::Local { resource_type, id, .. } => {
                Some(known_or(known, resource_type, id, || format!("{}/{text}", self.base)))
            }
            ParsedReference::Absolute { base, resource_type, id, .. } if base == self.base => {
                known.get(&format!("{resource_type}/{id}")).cloned()
            }
            ParsedReference::Conditional { .. } => Some(format!("{}/{text}", self.base)),
            _ => None,
        }
    }

    /// `Type/id` of theirs that a reference means, if it means one of theirs.
    pub(super) fn their_reference(&self, text: &str) -> Option<String> {
        own_reference(text, &self.base)
    }
}

/// A reference of ours as a partner is told it.
pub(super) fn departing(text: &str, own_base: &str, known: &Known) -> Option<String> {
    match ParsedReference::parse(text)? {
        ParsedReference::Local { resource_type, id, .. } => {
            Some(known_or(known, resource_type, id, || format!("{own_base}/{text}")))
        }
        ParsedReference::Absolute { base, resource_type, id, .. } if base == own_base => {
            known.get(&format!("{resource_type}/{id}")).cloned()
        }
        _ => None,
    }
}

/// `Type/id` that a reference means on the server at `base`, if it is one of that server.
pub(super) fn own_reference(text: &str, own_base: &str) -> Option<String> {
    match ParsedReference::parse(text)? {
        ParsedReference::Local { resource_type, id, .. } => Some(format!("{resource_type}/{id}")),
        ParsedReference::Absolute { base, resource_type, id, .. } if base == own_base => {
            Some(format!("{resource_type}/{id}"))
        }
        _ => None,
    }
}

fn known_or(known: &Known, resource_type: ResourceType, id: &str, other: impl Fn() -> String) -> String {
    known.get(&format!("{resource_type}/{id}")).cloned().unwrap_or_else(other)
}

/// What a resource refers to, as it is written.
pub(super) fn references(resource: &Resource) -> Vec<String> {
    let found = galen_fhir::index::references(resource);
    found.into_iter().map(|one| one.literal.to_owned()).collect()
}

/// Whether a resource says that it is from the server at `base`: by the identifier that we push under, or its source.
pub(super) fn is_from(resource: &Resource, base: &str) -> bool {
    let is_of = |text: &str| text.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
    resource.json().list("identifier").any(|one| one.str("system") == Some(base))
        || resource.json().str_at(&["meta", "source"]).is_some_and(is_of)
}

/// Sets `meta.source`.
pub(super) fn set_source(resource: &mut Resource, source: &str) {
    if let Some(meta) = resource.json_mut().get_mut("meta").and_then(Json::as_object_mut) {
        meta.insert("source", source);
    }
}

/// The version of a resource as its server counts it; where it does not count, what it holds is its version.
pub(super) fn version_of(resource: &Resource) -> String {
    match resource.version_id().or_else(|| resource.last_updated()) {
        Some(version) => version.to_owned(),
        None => hash_bytes(&resource.to_bytes(), RESOURCE_BYTES),
    }
}

/// The first bytes of the hash of some texts, as hexadecimal.
pub(super) fn hash(parts: &[&str], bytes: usize) -> String {
    hash_bytes(parts.join("\n").as_bytes(), bytes)
}

fn hash_bytes(bytes: &[u8], kept: usize) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    HEXLOWER.encode(hash.as_ref().get(..kept).unwrap_or_default())
}
