//! The code systems, value sets and concept maps that come with R4, compiled by `xtask terminology-pack`; each is read when
//! it is first asked for.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use serde::{Deserialize, Serialize};

use super::{CodeSystem, ConceptMap, Source, ValueSet};
use crate::json::{self, Json};

/// Most bytes the pack may unfold to; it is ours, so this only catches a broken file.
const PACK_BYTES_MAX: usize = 32 << 20;

static PACKED: &[u8] = include_bytes!("../../generated/terminology.pack");

/// What a packed resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each variant is the resource type of the same name")]
pub enum Kind {
    CodeSystem,
    ValueSet,
    ConceptMap,
}

/// A packed resource.
#[derive(Debug, Serialize, Deserialize)]
pub struct Packed<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its canonical url.
    pub url: &'a str,
    /// Its JSON, without narrative and publication details.
    pub json: &'a str,
}

enum Read {
    CodeSystem(Arc<CodeSystem>),
    ValueSet(Arc<ValueSet>),
    ConceptMap(Arc<ConceptMap>),
}

struct Entry {
    json: &'static str,
    read: OnceLock<Option<Read>>,
}

type Entries = HashMap<Kind, HashMap<&'static str, Entry>>;

static ENTRIES: LazyLock<Entries> = LazyLock::new(|| unpack().unwrap_or_default());

fn unpack() -> Option<Entries> {
    let bytes: &'static [u8] = zstd::bulk::decompress(PACKED, PACK_BYTES_MAX).ok()?.leak();
    let all: Vec<Packed<'static>> = postcard::from_bytes(bytes).ok()?;
    let mut entries = Entries::new();
    for Packed { kind, url, json } in all {
        entries.entry(kind).or_default().insert(url, Entry { json, read: OnceLock::new() });
    }
    Some(entries)
}

fn read(kind: Kind, url: &str) -> Option<&'static Read> {
    let entry = ENTRIES.get(&kind)?.get(url)?;
    let parsed = entry.read.get_or_init(|| {
        let json = json::parse(entry.json.as_bytes()).ok()?;
        Some(match kind {
            Kind::CodeSystem => Read::CodeSystem(Arc::new(CodeSystem::from_json(&json)?)),
            Kind::ValueSet => Read::ValueSet(Arc::new(ValueSet::from_json(&json))),
            Kind::ConceptMap => Read::ConceptMap(Arc::new(ConceptMap::from_json(&json))),
        })
    });
    parsed.as_ref()
}

/// What comes with R4.
#[derive(Debug, Clone, Copy, Default)]
pub struct Definitions;

impl Source for Definitions {
    fn code_system(&self, url: &str, version: Option<&str>) -> Option<Arc<CodeSystem>> {
        match read(Kind::CodeSystem, url)? {
            Read::CodeSystem(system) => Some(Arc::clone(system)).filter(|one| one.is_version(version)),
            _ => None,
        }
    }

    fn value_set(&self, url: &str, version: Option<&str>) -> Option<Arc<ValueSet>> {
        match read(Kind::ValueSet, url)? {
            Read::ValueSet(set) => Some(Arc::clone(set)).filter(|one| one.is_version(version)),
            _ => None,
        }
    }
}

/// The concept map of this url.
pub fn concept_map(url: &str) -> Option<Arc<ConceptMap>> {
    match read(Kind::ConceptMap, url)? {
        Read::ConceptMap(map) => Some(Arc::clone(map)),
        _ => None,
    }
}

/// Every packed concept map.
pub fn concept_maps() -> Vec<Arc<ConceptMap>> {
    let mut urls: Vec<&str> =
        ENTRIES.get(&Kind::ConceptMap).into_iter().flatten().map(|(url, _)| *url).collect();
    urls.sort_unstable();
    urls.into_iter().filter_map(concept_map).collect()
}

/// A packed resource as JSON.
pub fn resource(kind: Kind, url: &str) -> Option<Json> {
    json::parse(ENTRIES.get(&kind)?.get(url)?.json.as_bytes()).ok()
}

/// How many resources of a kind are packed.
pub fn count(kind: Kind) -> usize {
    ENTRIES.get(&kind).map_or(0, HashMap::len)
}
